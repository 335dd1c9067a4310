//! `concord import`: documents, a codebook or codings from files, for whoever has the data directory in hand.

use std::path::PathBuf;

use axum::body::Bytes;
use clap::ValueEnum;

use super::{Place, active_account, failed};
use crate::activity::Batch;
use crate::clock::Clock;
use crate::codebook;
use crate::documents::import::{Defaults, Import as Documents, Status, summary};
use crate::error::Result;
use crate::i18n::Locale;
use crate::projects::{Permission, store as projects};
use crate::web::AppState;
use crate::web::problems::words;

/// What the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Sources; a table holds one a row
    Documents,
    /// A codebook as CSV
    Codebook,
}

/// What to bring in, and as whom.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Id of the project
    #[arg(long)]
    project: i64,
    /// E-mail address of the member who brings them in
    #[arg(long = "as")]
    actor: String,
    /// What a table is
    #[arg(long, value_enum, default_value = "documents")]
    kind: Kind,
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Brings them in, one after the other; one that fails does not stop the others.
pub async fn run(place: &Place, import: Import) -> Result<()> {
    place.existing_database().await?.close().await;
    let state = AppState::open(place.config()?, Clock::System).await?;
    let user = active_account(&state.db, &import.actor).await?;
    let (project, role) = projects::membership(&state.db, import.project, user.id)
        .await?
        .ok_or_else(|| {
            failed(format!(
                "{} is no member of project {}, or there is none",
                user.email, import.project
            ))
        })?;
    let needed = match import.kind {
        Kind::Documents => Permission::EditDocuments,
        Kind::Codebook => Permission::EditCodebook,
    };
    if !role.may(needed) {
        return Err(failed(format!(
            "{} is a {} of this project and may not import",
            user.email,
            role.as_str()
        )));
    }
    let locale = Locale::default();
    let plain = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
    let mut refused = 0;
    for path in &import.files {
        let name = path
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let bytes = match tokio::fs::read(path).await {
            Ok(bytes) => bytes,
            Err(e) => {
                refused += 1;
                println!("failed\t{}\t{e}", path.display());
                continue;
            }
        };
        match import.kind {
            Kind::Documents => {
                let documents = Documents {
                    state: &state,
                    project: &project,
                    actor: user.id,
                    batch: Batch::new(),
                    defaults: Defaults::default(),
                    columns: None,
                };
                for outcome in documents.file(&name, Bytes::from(bytes)).await? {
                    let what = match &outcome.status {
                        Status::Imported(_) => "imported",
                        Status::Duplicate(_) => "duplicate",
                        Status::Refused(_) | Status::Invalid(_) => {
                            refused += 1;
                            "failed"
                        }
                    };
                    let row = outcome
                        .row
                        .map_or_else(String::new, |row| format!(", row {row}"));
                    let said = plain(summary(&outcome.status, &state, &locale));
                    println!("{what}\t{}{row}\t{said}", outcome.file);
                }
            }
            Kind::Codebook => {
                let batch = Batch::new();
                let hand = codebook::store::Hand {
                    project: project.id,
                    actor: user.id,
                    batch: &batch,
                    now: state.now(),
                };
                let applied = async {
                    let sheet = codebook::csv::read(&bytes)?;
                    let mut tx = state.db.begin().await?;
                    let plan = codebook::import::apply(&mut tx, hand, &sheet).await?;
                    tx.commit().await?;
                    Ok::<_, crate::error::Error>(plan)
                }
                .await;
                match applied {
                    Ok(plan) => println!(
                        "imported\t{name}\t{} codes created, {} changed",
                        plan.created(),
                        plan.changed()
                    ),
                    Err(e) => {
                        refused += 1;
                        println!("failed\t{name}\t{}", plain(words(&e, &locale, "").detail));
                    }
                }
            }
        }
    }
    state.db.close().await;
    if refused > 0 {
        return Err(failed(format!(
            "{refused} of what was to be imported failed; the rest is in"
        )));
    }
    Ok(())
}
