//! The flags about taking results along.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::error::{Error, Result};
use crate::export;
use crate::export::target::{Target, is_same};
use crate::message::{Export, Formulas, Rows};
use crate::report;

/// What becomes of formulas.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct FormulaArgs {
    /// What becomes of exported cells that a spreadsheet would run as a formula (= + - @ and more at the start, but for plain
    /// numbers): keep them and say how many there are, or quote them as text with an apostrophe
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "keep",
        value_parser = PossibleValuesParser::new(["keep", "quote"]).map(|word| match &*word {
            "quote" => Formulas::Quote,
            _ => Formulas::Keep,
        })
    )]
    pub formulas: Formulas,
}

/// Where a file is or will be, behind any links.
fn place(path: &Path) -> PathBuf {
    let of_new = || {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize()
        .ok()
        .or_else(of_new)
        .unwrap_or_else(|| path.to_owned())
}

/// What is written to files.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct TakingArgs {
    /// Write rows to FILE (.csv or .jsonl) in the order of the ranking: rank, row, id, score, flag and reason, then the cells as
    /// the table has them; an existing FILE is replaced
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Rows that --export writes: flagged, all, or top:N
    #[arg(
        long,
        value_name = "ROWS",
        default_value = "flagged",
        requires = "export"
    )]
    pub rows: Rows,
    /// Write one page of HTML about the run to FILE; an existing FILE is replaced
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write the trained network to FILE as ONNX: the scaling of the columns, the network, and the way back to their units; an
    /// existing FILE is replaced. Of several networks it is the last
    #[arg(long, value_name = "FILE")]
    pub onnx: Option<PathBuf>,
    /// Write the trained network's weights to FILE as safetensors, named and laid out as PyTorch has them; an existing FILE is
    /// replaced. Of several networks it is the last
    #[arg(long, value_name = "FILE")]
    pub safetensors: Option<PathBuf>,
    #[command(flatten)]
    pub formulas: FormulaArgs,
}

impl TakingArgs {
    /// The rows that are asked for.
    pub fn asked(&self) -> Option<Export> {
        let path = self.export.clone()?;
        Some(Export {
            path,
            rows: self.rows.clone(),
            formulas: self.formulas.formulas,
            overwrite: true,
        })
    }

    /// Whether all could be written, so that a wrong path costs no work.
    pub fn check(&self, table: Option<&Path>) -> Result<()> {
        if let Some(asked) = self.asked() {
            let checked = export::check(&asked, table);
            checked.map_err(|refusal| refusal.error(&asked.path))?;
        }
        for path in [&self.onnx, &self.safetensors].into_iter().flatten() {
            let checked = Target::open(path, true, table);
            checked.map_err(|refusal| refusal.error(path))?;
        }
        if let Some(path) = &self.report {
            let checked = report::check(path, true, table);
            checked.map_err(|refusal| refusal.error(path))?;
        }
        Ok(())
    }

    /// The flags that name files to write, and what they name.
    fn written<'a>(
        &'a self,
        [scores, model]: [(&'static str, Option<&'a Path>); 2],
    ) -> [(&'static str, Option<&'a Path>); 6] {
        [
            scores,
            model,
            ("--export", self.export.as_deref()),
            ("--report", self.report.as_deref()),
            ("--onnx", self.onnx.as_deref()),
            ("--safetensors", self.safetensors.as_deref()),
        ]
    }

    /// Refuses to write over the files that are read; each comes with what it is.
    pub fn check_inputs(
        &self,
        others: [(&'static str, Option<&Path>); 2],
        read: impl Iterator<Item = (&'static str, PathBuf)>,
    ) -> Result<()> {
        let written = self.written(others);
        for (what, input) in read {
            let same = |path: &Path| is_same(path, &input);
            let flag = written.iter().find(|(_, path)| path.is_some_and(same));
            if let Some((flag, _)) = flag {
                return Err(Error::Usage(format!(
                    "{flag} would overwrite {what}; name another file"
                )));
            }
        }
        Ok(())
    }

    /// Refuses two flags that name one file, however they spell it: the second would replace what the first has written.
    pub fn check_apart(&self, others: [(&'static str, Option<&Path>); 2]) -> Result<()> {
        let named = self.written(others);
        let named = named.map(|(flag, path)| Some((flag, place(path?))));
        for (index, first) in named.iter().enumerate() {
            for second in &named[index + 1..] {
                if let (Some((flag, place)), Some((other, same))) = (first, second)
                    && place == same
                {
                    return Err(Error::Usage(format!(
                        "{flag} and {other} name the same file; each needs one of its own"
                    )));
                }
            }
        }
        Ok(())
    }
}
