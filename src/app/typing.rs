//! The line being typed: edited, submitted, and what it says carried out.

use super::App;
use super::action::Action;
use super::context::{Context, Effects};
use super::pages::dashboard::outliers;
use super::pages::row::{Follows, Row};
use super::prompt::{Edit, Prompt, Purpose};
use super::typed::{self, Typed};
use crate::message::{Command, Fetch, Formulas, Subject};

impl App {
    /// Takes an edit of the line being typed.
    pub fn edit(&mut self, edit: &Edit) -> Vec<Command> {
        self.answer = None;
        let mut effects = Effects::default();
        match (edit, &mut self.prompt) {
            (_, None) => {}
            (Edit::Cancel, _) => self.prompt = None,
            (edit, Some(prompt)) if prompt.purpose == Purpose::Copy => {
                self.prompt = None;
                self.choose_copy(edit, &mut effects);
            }
            (Edit::Submit, prompt) => {
                if let Some(Prompt { purpose, text, .. }) = prompt.take() {
                    self.submit(purpose, text.trim(), &mut effects);
                }
            }
            (Edit::Earlier | Edit::Later, Some(prompt)) => {
                prompt.recall(&self.typed, *edit == Edit::Earlier);
            }
            (Edit::Complete, Some(prompt)) if prompt.purpose == Purpose::Command => {
                prompt.complete(&typed::completions(&prompt.text, &self.session));
            }
            (edit, Some(prompt)) => prompt.edit(edit),
        }
        self.settle(effects)
    }

    fn submit(&mut self, purpose: Purpose, text: &str, effects: &mut Effects) {
        if text.is_empty() && purpose != Purpose::Filter {
            return;
        }
        match purpose {
            // It is chosen by one key and never submitted.
            Purpose::Copy => {}
            Purpose::Filter => {
                self.with_page(effects, |page, context| page.add_filter(text, context));
            }
            Purpose::Find => {
                text.clone_into(&mut self.searched);
                self.find(text, 0, effects);
            }
            Purpose::Command => {
                self.typed.retain(|typed| typed != text);
                self.typed.push(text.to_owned());
                match typed::parse(text, &self.session) {
                    Ok(typed) => self.obey(typed, effects),
                    Err(expected) => effects.say(expected),
                }
            }
        }
    }

    pub(super) fn find(&mut self, text: &str, skip: usize, effects: &mut Effects) {
        if text.is_empty() {
            return effects.say("nothing was searched for yet; / searches");
        }
        self.with_page(effects, |page, context| page.find(text, skip, context));
    }

    /// Carries out what was typed.
    fn obey(&mut self, typed: Typed, effects: &mut Effects) {
        let session = &mut self.session;
        let is_past = matches!(
            typed,
            Typed::Do(_)
                | Typed::Row(_)
                | Typed::Rank(_)
                | Typed::Filter(_)
                | Typed::Snapshot(_)
                | Typed::Log(..)
                | Typed::Export { .. }
                | Typed::Copy(_)
                | Typed::Formulas(_)
        );
        if !is_past {
            session.look_at(None, effects);
        }
        match typed {
            Typed::Do(Action::QuitNow) => self.quit = true,
            Typed::Do(action) => self.act(action, effects),
            Typed::Rate(rate) => session.set_rate(rate, effects),
            Typed::Bias(choice) => session.choose_bias(&choice, effects),
            Typed::SwitchBias(layers, on) => session.switch_biases(&layers, on, effects),
            Typed::Tied(tied) => session.tie(tied, effects),
            Typed::Rank(rank) => {
                let went = self.with_page(effects, |page, context| {
                    page.go_to(Subject::Rank, &rank.to_string(), context)
                });
                if !went {
                    let ranked = self.session.ranked().len();
                    self.selection.rank = rank.saturating_sub(1).min(ranked.saturating_sub(1));
                }
            }
            Typed::Filter(text) => {
                self.with_page(effects, |page, context| page.add_filter(&text, context));
            }
            Typed::Row(name) if session.whole.known.is_some() && !session.is_here(&name) => {
                session.fetch(Fetch::Called(name), effects);
            }
            Typed::Row(name) => {
                let here = self.with_page(effects, |page, context| {
                    page.go_to(Subject::Row, &name, context)
                });
                if here {
                    return;
                }
                let mut context = Context {
                    session: &mut self.session,
                    selection: &mut self.selection,
                    effects,
                    page_length: self.page_length,
                };
                if outliers::find(&name, 0, &mut context) {
                    return;
                }
                // It ranks too low for the list.
                if let Some(row) = context.session.find_row(&name) {
                    effects.answer = None;
                    effects.open(Row::new(row, Follows::Rank));
                }
            }
            Typed::Pace(setting) => {
                self.pace.set(setting);
                effects.say(self.pace_in_words());
            }
            Typed::Score(by) => self.rank_by(|_| by, effects),
            Typed::Window(rows) => session.learn_windows(rows, effects),
            Typed::Flag(rule) => session.flag_by(rule, effects),
            Typed::Snapshot(None) => session.look_at(None, effects),
            Typed::Snapshot(Some(step)) => session.look_at_step(step, effects),
            Typed::Log(panel, on) => self.dashboard.charts.set_log(panel, on),
            Typed::Export {
                file,
                rows,
                overwrite,
            } => self.export(file, rows, overwrite, effects),
            Typed::Report { file, overwrite } => self.publish(file, overwrite, effects),
            Typed::Write { file, overwrite } => self.save(file, overwrite, effects),
            Typed::Copy(wanted) => self.copy(wanted, effects),
            Typed::Formulas(formulas) => {
                self.formulas = formulas;
                effects.say(match formulas {
                    Formulas::Keep => "cells that begin like a formula stay as they are",
                    Formulas::Quote => "cells that begin like a formula get an apostrophe in front",
                });
            }
            Typed::Mouse(on) => self.set_mouse(on, effects),
        }
    }
}
