//! `concord agreement FILE.json`: the statistics alone, on a file; needs no database.

use std::path::PathBuf;

use super::failed;
use crate::error::Result;

/// What to compute.
#[derive(Debug, clap::Args)]
pub struct Agreement {
    /// Codings, a reliability matrix or sets, as docs/agreement.md describes
    file: PathBuf,
    /// Where the bootstrap's random numbers start; wins over the file's own
    #[arg(long)]
    seed: Option<u64>,
}

/// Prints the answer as JSON.
pub fn run(command: &Agreement) -> Result<()> {
    let text = std::fs::read_to_string(&command.file)
        .map_err(|e| failed(format!("{}: {e}", command.file.display())))?;
    let answer = crate::agreement::run_json(&text, command.seed)
        .map_err(|e| failed(format!("{}: {e}", command.file.display())))?;
    println!("{answer}");
    Ok(())
}
