//! A row's page: the row beside what the networks make of it, where it stands, what the other way of scoring says, and which
//! rows are its like.

use super::Trainer;
use crate::data::windows::Windows;
use crate::message::{Beside, Nearest, Neighbour, Place, RowPage};
use crate::score::codes::{Codes, Near};
use crate::score::disagreement::disagreement;
use crate::score::order::places_of;
use crate::score::ranking::{By, Standing};
use crate::score::view::View;
use crate::train::whole::Whole;

/// Rows that are told as the nearest: as many as a high screen has room for.
const NEAREST: usize = 24;
/// Columns in which they are told.
const COLUMNS: usize = 16;
/// Multiply-adds that the codes of all rows may cost, else those of some are looked at: some hundredths of a second.
const WORK: usize = 4_000_000_000;

impl Trainer {
    /// The page of a row in the ranking that is shown; none before there is one.
    pub fn row_page(&mut self, row: u32) -> Option<RowPage> {
        // One behind the sample is not here while the sample is shown.
        if row as usize >= self.shown_data().matrix.rows() {
            return None;
        }
        self.look_for_codes();
        let reasons = self.reasons()?;
        let mut page = reasons.row_page(row)?;
        let near = self.near(row);
        let rows: Vec<u32> = std::iter::once(row)
            .chain(near.iter().map(|near| near.row))
            .collect();
        let network = self.shown_scores().filter(|_| self.shown_whole().is_none());
        let places = match &network {
            _ if self.shown_whole().is_some() => self.places_in_whole(&rows),
            Some(network) => self.places_shown(network, &rows),
            None => vec![None; rows.len()],
        };
        page.place = places[0];
        page.beside = reasons.beside(row).map(|(by, reasons)| Beside {
            by,
            standing: network.and_then(|network| self.standing_by(by, &network, row)),
            reasons,
        });
        page.nearest = self.codes.as_ref().map(|codes| {
            let mut columns: Vec<u32> = (0..page.cells.len() as u32).collect();
            let share = |column: &u32| page.cells[*column as usize].share;
            columns.sort_by(|a, b| share(b).total_cmp(&share(a)));
            columns.truncate(COLUMNS);
            let told = near.iter().zip(&places[1..]);
            let told = told.map(|(near, place)| Neighbour {
                row: near.row,
                distance: near.distance,
                place: *place,
                cells: reasons.written(near.row, &columns),
            });
            Nearest {
                among: codes.rows(),
                numbers: codes.units(),
                usual: codes.usual_distance(),
                rows: told.collect(),
                own: reasons.written(row, &columns),
                columns,
            }
        });
        Some(page)
    }

    /// Looks where the rows lie in the code of the latest network whose scores are shown, unless that is known.
    fn look_for_codes(&mut self) {
        let Some(reasons) = self.reasons() else {
            return;
        };
        let Some((view, _)) = reasons.views.last() else {
            return;
        };
        if self.codes.as_ref().is_some_and(|codes| codes.are_of(view)) {
            return;
        }
        let encoder = self.spec.layers().take(self.spec.encoder());
        let work: usize = encoder.map(|layer| layer.inputs * layer.outputs).sum();
        self.codes = Codes::new(view, &self.data.examples, WORK / work.max(1));
    }

    /// The rows nearest to a row.
    fn near(&self, row: u32) -> Vec<Near> {
        let reasons = self.reasons();
        let view = reasons.as_ref().and_then(|reasons| reasons.views.last());
        match (&self.codes, view) {
            (Some(codes), Some((view, _))) => match self.data.examples.windows() {
                None => codes.nearest(view, &self.shown_data().examples, row, NEAREST),
                Some(windows) => self.near_in_windows(codes, view, windows, row),
            },
            _ => Vec::new(),
        }
    }

    /// The rows whose stretches are most alike: each stands in its window where this one stands in its own, and none is in
    /// the window of another.
    fn near_in_windows(
        &self,
        codes: &Codes,
        view: &View,
        windows: &Windows,
        row: u32,
    ) -> Vec<Near> {
        /// Windows that are looked through for such that don't overlap.
        const LOOKED: usize = 1_024;
        let holding = windows.holding(row as usize);
        let own = holding.start + holding.len() / 2;
        if !holding.contains(&own) {
            return Vec::new();
        }
        let place = windows.place(row as usize) - windows.start(own);
        let found = codes.nearest(view, &self.data.examples, own as u32, LOOKED);
        let mut starts = vec![windows.start(own)];
        let mut near = Vec::new();
        for found in found {
            let start = windows.start(found.row as usize);
            if near.len() < NEAREST
                && starts
                    .iter()
                    .all(|other| other.abs_diff(start) >= windows.size().rows)
            {
                starts.push(start);
                near.push(Near {
                    row: windows.row(start + place) as u32,
                    ..found
                });
            }
        }
        near
    }

    /// Where some rows stand in the ranking that is shown, of which these are the network's scores.
    fn places_shown(&self, network: &[f32], rows: &[u32]) -> Vec<Option<Place>> {
        let Some(shown) = self.shown() else {
            return vec![None; rows.len()];
        };
        let (scores, _) = self.ranking_scores(network);
        let ranks = if let (By::Disagreement, Some(references)) = (shown.by, &self.references) {
            let apart = disagreement(network, &references.lesinn);
            let apart: Vec<f32> = apart.into_iter().map(f32::abs).collect();
            places_of(&apart, rows)
        } else {
            places_of(&scores, rows)
        };
        let place = |(row, rank): (&u32, u32)| {
            Some(Place {
                rank,
                score: scores[*row as usize],
                flagged: (rank as usize) < shown.flag.count,
                about: false,
            })
        };
        rows.iter().zip(ranks).map(place).collect()
    }

    /// Where some rows stand among all of the file, as far as they are among its first or were read besides.
    fn places_in_whole(&self, rows: &[u32]) -> Vec<Option<Place>> {
        let standing = self.shown_whole().map(Whole::standing);
        let standing = standing.unwrap_or_default();
        let place = |row: &u32| {
            let rank = *standing.ranks.get(*row as usize)?;
            (rank != Standing::UNRANKED).then(|| Place {
                rank,
                score: standing.scores[*row as usize],
                flagged: (rank as usize) < standing.flagged,
                about: rank as usize >= standing.exact,
            })
        };
        rows.iter().map(place).collect()
    }

    /// The rank and the score of a row by the network or by `LeSiNN` alone.
    fn standing_by(&self, by: By, network: &[f32], row: u32) -> Option<(u32, f32)> {
        let scores = match by {
            By::Network => network,
            _ => &self.references.as_ref()?.lesinn,
        };
        let rank = *places_of(scores, &[row]).first()?;
        Some((rank, scores[row as usize]))
    }
}
