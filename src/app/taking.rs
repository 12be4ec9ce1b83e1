//! What the user takes along: asked of the worker, and what it answers. A file that is there already is asked about with the
//! very line that would replace it.

use std::path::PathBuf;

use super::App;
use super::action::Panel;
use super::context::Effects;
use super::pages::PageKind;
use super::prompt::{Edit, Prompt, Purpose};
use super::typed::taking::{MARKED, Wanted, proposed};
use crate::format;
use crate::message::{Command, Copied, Copy, CopyCell, Export, Exported, Publish, Rows, Save};

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
        let rows = self.without_ordinary(rows);
        self.begin_writing(file, again, effects);
        effects.send(Command::Export(Export {
            path,
            rows,
            formulas: self.formulas,
            overwrite,
        }));
    }

    /// Of the first rows those that are not called ordinary, as far as they are listed.
    fn without_ordinary(&self, rows: Rows) -> Rows {
        let session = &self.session;
        let count = match rows {
            Rows::Flagged => session.ranking.as_ref().map_or(0, |list| list.flag.count),
            Rows::Top(count) => count,
            Rows::All | Rows::These(_) => return rows,
        };
        match session.ranked().get(..count) {
            Some(first) if !session.ordinary.is_empty() => {
                Rows::These(first.iter().map(|ranked| ranked.row).collect())
            }
            _ => rows,
        }
    }

    /// Begins a line that writes the model, with a name proposed.
    pub(super) fn begin_save(&mut self, effects: &mut Effects) {
        if !self.can_take_along() {
            return effects.say("there is nothing to write yet");
        }
        let file = proposed(&self.session.source, "model.misfit");
        self.prompt = Some(Prompt::with(Purpose::Command, format!("write {file}")));
    }

    /// Asks for what was learned in a model file.
    pub(super) fn save(&mut self, file: String, overwrite: bool, effects: &mut Effects) {
        if !self.can_take_along() {
            return effects.say("there is nothing to write yet");
        }
        let path = PathBuf::from(&file);
        let again = format!("write! {file}");
        self.begin_writing(file, again, effects);
        effects.send(Command::Save(Save { path, overwrite }));
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

    /// Asks for something on the clipboard.
    pub(super) fn copy(&mut self, wanted: Wanted, effects: &mut Effects) {
        // On the table it is its own line.
        let here = self.page().and_then(|page| page.behaviour().row());
        let rows = match wanted {
            Wanted::Cell => return self.copy_cell(effects),
            Wanted::Row => {
                let row = here.or_else(|| self.selected_row());
                row.map(|row| Rows::These(vec![row]))
            }
            Wanted::Rows(rows) => Some(rows),
        };
        match rows {
            Some(rows) if self.can_take_along() => effects.send(Command::Copy(Copy {
                rows: self.without_ordinary(rows),
                formulas: self.formulas,
            })),
            _ => effects.say("there is no row to copy yet"),
        }
    }

    fn copy_cell(&self, effects: &mut Effects) {
        let cell = self.page().and_then(|page| page.behaviour().cell());
        match cell.filter(|_| self.session.is_open()) {
            Some((row, column)) => effects.send(Command::CopyCell(CopyCell {
                row,
                column,
                formulas: self.formulas,
            })),
            None => effects.say("cells are copied from the table: T opens it"),
        }
    }

    /// The same by a key, which is for where a row is seen to be selected. Where a cell is, the next key says what is copied.
    pub(super) fn begin_copy(&mut self, effects: &mut Effects) {
        let elsewhere = self.dashboard.focus != Panel::Outliers;
        if self.page_kind() == PageKind::Dashboard && elsewhere {
            return effects.say("y copies the selected row: 4 goes to the outliers");
        }
        let cell = self.page().and_then(|page| page.behaviour().cell());
        if cell.is_some() {
            self.prompt = Some(Prompt::new(Purpose::Copy));
        } else {
            self.copy(Wanted::Row, effects);
        }
    }

    /// What can be copied from here: a key, and what it copies.
    pub fn copies(&self) -> Vec<(char, String)> {
        let cell = self.page().and_then(|page| page.behaviour().cell());
        let Some((row, column)) = cell else {
            return Vec::new();
        };
        let session = &self.session;
        let name = session.columns().get(column).map(|column| &*column.name);
        let rows = |count: usize, word: &str| match count {
            1 => format!("1 {word} row"),
            _ => format!("{} {word} rows", format::group(count)),
        };
        let marked = session.arrangement.marked.len();
        let flagged = session
            .ranking
            .as_ref()
            .map_or(0, |ranking| ranking.flag.count);
        let mut copies = vec![
            ('c', format!("this cell, {}", name.unwrap_or_default())),
            ('r', format!("row {}", session.row_name(row))),
        ];
        copies.extend((marked > 0).then(|| ('m', rows(marked, MARKED))));
        copies.extend((flagged > 0).then(|| ('f', rows(flagged, "flagged"))));
        copies
    }

    /// Takes the key that says what is copied; `y` again and enter copy the row.
    pub(super) fn choose_copy(&mut self, edit: &Edit, effects: &mut Effects) {
        let marked = &self.session.arrangement.marked;
        let wanted = match edit {
            Edit::Submit => Wanted::Row,
            Edit::Insert(typed) => match &**typed {
                "c" => Wanted::Cell,
                "r" | "y" => Wanted::Row,
                "m" if marked.is_empty() => {
                    return effects.say("no row is marked; m in the table marks one");
                }
                "m" => Wanted::Rows(Rows::These(marked.iter().copied().collect())),
                "f" => Wanted::Rows(Rows::Flagged),
                _ => return effects.say("nothing was copied: y, then c, r, m or f"),
            },
            _ => return,
        };
        self.copy(wanted, effects);
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
