//! `concord export`: the coded data as a file, for whoever has the data directory in hand.

use std::path::PathBuf;

use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use super::{Place, failed};
use crate::coding::Filter;
use crate::error::{Error, Result};
use crate::exchange::api::ExportOptions;
use crate::exchange::store::Scope;
use crate::exchange::{Format, stream};
use crate::projects::{Visibility, store as projects};

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// Id of the project
    #[arg(long)]
    project: i64,
    /// csv, xlsx, jsonl, matrix-csv or codebook-csv
    #[arg(long)]
    format: String,
    /// The file to write; an older one of that name is replaced only when the new one is whole
    #[arg(long)]
    out: PathBuf,
    /// CSV begins with a byte order mark
    #[arg(long)]
    bom: bool,
    /// Rows of a matrix: sentence, paragraph or document
    #[arg(long)]
    unit: Option<String>,
    /// Only these documents (ids)
    #[arg(long)]
    document: Option<String>,
    /// Only documents of these types
    #[arg(long = "type")]
    doc_type: Option<String>,
    /// Only documents of these cases
    #[arg(long)]
    case: Option<String>,
    /// Only documents in these languages
    #[arg(long)]
    language: Option<String>,
    /// Only documents not before this day, month or year
    #[arg(long, alias = "date_from")]
    date_from: Option<String>,
    /// Only documents not after this day, month or year
    #[arg(long, alias = "date_to")]
    date_to: Option<String>,
    /// Only these codes (ids) and those below them
    #[arg(long)]
    code: Option<String>,
    /// Only these coders (ids)
    #[arg(long)]
    coder: Option<String>,
    /// coder or consensus
    #[arg(long)]
    layer: Option<String>,
    /// Only these rounds (ids)
    #[arg(long)]
    round: Option<String>,
}

/// Writes it.
pub async fn run(place: &Place, export: Export) -> Result<()> {
    let format = Format::parse(&export.format).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.into_iter().map(Format::as_str).collect();
        Error::usage(format!(
            "{:?} is no format; there are {}",
            export.format,
            names.join(", ")
        ))
    })?;
    let db = place.existing_database().await?;
    projects::project(&db, export.project)
        .await?
        .ok_or_else(|| failed(format!("there is no project {}", export.project)))?;
    let options = ExportOptions {
        bom: export.bom.then(|| "true".to_owned()),
        unit: export.unit,
    };
    let scope = Scope {
        project: export.project,
        visibility: Visibility::operator(),
        filter: Filter {
            document: export.document,
            doc_type: export.doc_type,
            case: export.case,
            language: export.language,
            date_from: export.date_from,
            date_to: export.date_to,
            code: export.code,
            coder: export.coder,
            layer: export.layer,
            round: export.round,
        },
    };
    let mut chunks = Box::pin(stream::start(&db, scope, format, options.read()?).await?);
    // Beside the goal, so that a failure leaves what was there.
    let mut part = export.out.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = async {
        let mut file = tokio::fs::File::create(&part)
            .await
            .map_err(|e| failed(format!("cannot write {}: {e}", part.display())))?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|e| failed(format!("the export broke off: {e}")))?;
            file.write_all(&chunk).await?;
        }
        file.sync_all().await?;
        tokio::fs::rename(&part, &export.out).await?;
        Ok(())
    }
    .await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&part).await;
    }
    db.close().await;
    written
}
