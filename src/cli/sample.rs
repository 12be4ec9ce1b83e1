//! `misfit sample`: built-in data as CSV on standard output.

use std::io::{self, BufWriter};
use std::process::ExitCode;

use clap::Args;

use crate::data::samples::Sample;
use crate::error::{Error, Result};

#[derive(Args)]
pub struct SampleArgs {
    /// Which one: spectra (1,000 rows × 1,602 columns) or sensors (5,000 × 24)
    #[arg(default_value = "spectra")]
    name: Sample,
}

impl SampleArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        self.name
            .write_csv(output)
            .map_err(Error::io("write to standard output"))?;
        Ok(ExitCode::SUCCESS)
    }
}
