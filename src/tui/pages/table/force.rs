//! Beside the table, where there is room: which order and which filters are in force, and which rows are set apart.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::App;
use crate::app::action::Action;
use crate::app::pages::Hint;
use crate::app::pages::table::Table;
use crate::app::pages::table::showing::Showing;
use crate::app::session::Session;
use crate::format::group;
use crate::message::{Order, Subject};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::draw_lines;

/// Cells of it on a screen of this width.
pub fn width(screen: u16) -> u16 {
    if screen >= 110 { 30 } else { 0 }
}

/// Draws it.
pub fn draw(app: &App, page: &Table, theme: Theme, area: Rect, buffer: &mut Buffer) {
    for y in area.y..area.bottom() {
        buffer.set_string(area.x, y, "│", theme.quiet());
    }
    let area = Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(2),
        ..area
    };
    draw_lines(
        lines(app, page, theme, usize::from(area.width)),
        area,
        buffer,
    );
}

fn lines(app: &App, page: &Table, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let session = &app.session;
    let arrangement = &session.arrangement;
    let heading = |text: &'static str| Line::styled(text, theme.strong());
    let keyed = |key: &'static str, text: String| {
        Line::from(vec![
            Span::styled(format!(" {key} "), theme.accent()),
            Span::raw(cells::cut(&text, width.saturating_sub(key.len() + 2))),
        ])
    };
    let order = order(session);
    let mut lines = vec![
        heading("order"),
        Line::raw(format!(" {}", cells::cut(&order, width - 1))),
        keyed("s", "by this column".into()),
        keyed("o", "by rank or as in the file".into()),
        keyed("v", "the other way round".into()),
        Line::default(),
        heading("filters, all must hold"),
    ];
    if arrangement.filters.is_empty() {
        lines.push(Line::styled(" none", theme.quiet()));
    }
    for filter in &arrangement.filters {
        let text = cells::middle(&filter.typed, width.saturating_sub(3));
        lines.push(Line::styled(format!(" · {text}"), theme.warn()));
    }
    lines.extend([
        keyed("&", "temp > 40, label = 1, text".into()),
        keyed("=", "like this cell".into()),
    ]);
    if !arrangement.filters.is_empty() {
        lines.push(keyed("backspace", "the last one away".into()));
    }
    let rows = match session.shown_whole() {
        Some(whole) => whole.kept + whole.besides,
        None => session.loaded.as_ref().map_or(0, |loaded| loaded.rows),
    };
    let (marked, ordinary) = (arrangement.marked.len(), session.ordinary.len());
    let hidden = match (ordinary, session.shows_ordinary) {
        (0, _) => "",
        (_, true) => ", shown",
        (_, false) => ", left out",
    };
    lines.extend([
        Line::default(),
        heading("rows"),
        Line::raw(format!(" {} of {} here", group(page.total()), group(rows))),
    ]);
    match app.hint(Action::Fetch) {
        Hint::Hidden => {}
        Hint::Word(word) => lines.push(keyed("a", word.into())),
        Hint::AsListed => lines.push(keyed("a", "the next ranks of the file".into())),
    }
    lines.extend([
        keyed("m", format!("{} marked ◆", group(marked))),
        keyed("x", format!("{} called ordinary{hidden}", group(ordinary))),
    ]);
    for (key, subject) in [
        ("u", Subject::Marked),
        ("F", Subject::Flagged),
        ("L", Subject::Label),
    ] {
        if subject == Subject::Label && !session.has_label() {
            continue;
        }
        let showing = Showing::of(subject, session);
        let style = if showing == Showing::Shown {
            theme.quiet()
        } else {
            theme.warn()
        };
        let name = match subject {
            Subject::Label => "● labelled",
            Subject::Flagged => "! flagged",
            _ => "◆ marked",
        };
        lines.push(Line::from(vec![
            Span::styled(format!(" {key} "), theme.accent()),
            Span::raw(format!("{name}: ")),
            Span::styled(showing.word(), style),
        ]));
    }
    if !session.pinned.is_empty() {
        lines.extend([Line::default(), heading("columns that stand still ◂")]);
        for column in &session.pinned {
            let info = session.columns().get(*column);
            let name = info.map_or("", |info| &info.name);
            lines.push(keyed("p", cells::middle(name, width.saturating_sub(3))));
        }
    }
    lines
}

/// What the rows are ordered by.
fn order(session: &Session) -> String {
    let arrangement = &session.arrangement;
    match (arrangement.order, arrangement.reversed) {
        (Order::Rank, false) => "the strangest first".to_owned(),
        (Order::Rank, true) => "the most ordinary first".into(),
        (Order::File, false) => "as in the file".into(),
        (Order::File, true) => "from the file's end".into(),
        (Order::Column(column), reversed) => {
            let name = session
                .columns()
                .get(column)
                .map_or("", |column| &column.name);
            let way = if reversed { "descending" } else { "ascending" };
            format!("{}, {way}", cells::middle(name, 14))
        }
    }
}
