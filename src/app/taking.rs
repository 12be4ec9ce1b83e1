//! What the user takes along: asked of the worker, and what it answers. A file that is there already is asked about with the
//! very line that would replace it.

use std::path::PathBuf;

use super::App;
use super::action::Panel;
use super::context::Effects;
use super::pages::PageKind;
use super::prompt::{Prompt, Purpose};
use super::typed::taking::{MARKED, proposed};
use crate::message::{Command, Copied, Copy, Export, Exported, Publish, Rows};

/// A file that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Writing {
    file: String,
    /// The line that writes it whatever is there.
    again: String,
}

impl App {
    /// Whether there are ranked rows, and a worker to write them.
    fn can_take_along(&self) -> bool {
        self.session.ranking.is_some() && self.session.is_open()
    }

    /// Begins a line that exports, with a name proposed.
    pub(super) fn begin_export(&mut self, effects: &mut Effects) {
        let Some(ranking) = &self.session.ranking else {
            return effects.say("there is nothing to export yet");
        };
        let rows = if !self.session.arrangement.marked.is_empty() {
            MARKED
        } else if ranking.flag.count > 0 {
            "flagged"
        } else {
            "top:20"
        };
        let file = proposed(&self.session.source, "outliers.csv");
        self.prompt = Some(Prompt::with(
            Purpose::Command,
            format!("export {file} {rows}"),
        ));
    }

    /// Asks for rows in a file.
    pub(super) fn export(
        &mut self,
        file: String,
        rows: Rows,
        overwrite: bool,
        effects: &mut Effects,
    ) {
        if !self.can_take_along() {
            return effects.say("there is nothing to export yet");
        }
        let which = match &rows {
            Rows::Flagged => "flagged".to_owned(),
            Rows::All => "all".to_owned(),
            Rows::Top(count) => format!("top:{count}"),
            // Only marked rows are told one by one.
            Rows::These(_) => MARKED.to_owned(),
        };
        let again = format!("export! {file} {which}");
        let path = PathBuf::from(&file);
        self.begin_writing(file, again, effects);
        effects.send(Command::Export(Export {
            path,
            rows,
            formulas: self.formulas,
            overwrite,
        }));
    }

    /// Asks for a page about the run.
    pub(super) fn publish(&mut self, file: String, overwrite: bool, effects: &mut Effects) {
        if !self.can_take_along() {
            return effects.say("there is nothing to report yet");
        }
        let path = PathBuf::from(&file);
        let again = format!("report! {file}");
        self.begin_writing(file, again, effects);
        effects.send(Command::Publish(Box::new(Publish {
            path,
            overwrite,
            story: self.session.story(),
        })));
    }

    fn begin_writing(&mut self, file: String, again: String, effects: &mut Effects) {
        effects.say(format!("writing {file} …"));
        self.writing = Some(Writing { file, again });
    }

    /// Asks for rows on the clipboard; none are the selected one.
    pub(super) fn copy(&mut self, rows: Option<Rows>, effects: &mut Effects) {
        // On the table it is its own line.
        let here = self.page().and_then(|page| page.behaviour().row());
        let selected = || {
            let row = here.or_else(|| self.selected_row());
            row.map(|row| Rows::These(vec![row]))
        };
        match rows.or_else(selected) {
            Some(rows) if self.can_take_along() => effects.send(Command::Copy(Copy {
                rows,
                formulas: self.formulas,
            })),
            _ => effects.say("there is no row to copy yet"),
        }
    }

    /// The same by a key, which is for where a row is seen to be selected.
    pub(super) fn copy_selected(&mut self, effects: &mut Effects) {
        let elsewhere = self.dashboard.focus != Panel::Outliers;
        if self.page_kind() == PageKind::Dashboard && elsewhere {
            return effects.say("y copies the selected row: 4 goes to the outliers");
        }
        let marked = &self.session.arrangement.marked;
        let on_table = self.page_kind() == PageKind::Table && !marked.is_empty();
        let rows = on_table.then(|| Rows::These(marked.iter().copied().collect()));
        self.copy(rows, effects);
    }

    /// Takes how the writing goes.
    pub(super) fn take_exported(&mut self, exported: &Exported) {
        let file = self.writing.as_ref().map_or("", |writing| &writing.file);
        self.answer = Some(match exported {
            Exported::Percent(percent) => format!("writing {file}: {percent} %"),
            Exported::Done(sentence) => {
                self.session.saved.retain(|saved| saved != sentence);
                self.session.saved.push(sentence.clone());
                sentence.clone()
            }
            Exported::Failed(why) => why.clone(),
            Exported::Exists => {
                if let (Some(writing), None) = (&self.writing, &self.prompt) {
                    let note = "there is such a file: enter replaces it, esc keeps it";
                    let prompt = Prompt::with(Purpose::Command, writing.again.clone());
                    self.prompt = Some(prompt.noted(note.into()));
                }
                format!("nothing was written: there is a file {file}")
            }
        });
        if !matches!(exported, Exported::Percent(_)) {
            self.writing = None;
        }
    }

    /// Takes what the clipboard should hold.
    pub(super) fn take_copied(&mut self, copied: &Copied) {
        self.clipboard = Some(copied.text.clone()).filter(|text| !text.is_empty());
        self.answer = Some(copied.sentence.clone());
    }

    /// What the terminal's clipboard should hold, once.
    pub fn take_clipboard(&mut self) -> Option<String> {
        self.clipboard.take()
    }
}
