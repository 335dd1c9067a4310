//! `concord project …`: projects, for whoever has the data directory in hand.

use crate::clock::rfc3339;
use crate::error::Result;
use crate::home;
use crate::projects::store;
use clap::Subcommand;
use serde_json::json;

use super::{Place, active_account, now, print_json};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Project {
    /// List all projects
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Create a project and print its id alone
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// E-mail address of its owner
        #[arg(long)]
        owner: String,
    },
}

/// Runs it.
pub async fn run(place: &Place, command: Project) -> Result<()> {
    let db = place.database().await?;
    match command {
        Project::List { json } => {
            let projects = store::all(&db).await?;
            if json {
                let items: Vec<_> = projects
                    .iter()
                    .map(|p| {
                        json!({
                            "id": p.id,
                            "name": p.name,
                            "description": p.description,
                            "created_at": rfc3339(p.created_at),
                            "updated_at": rfc3339(p.updated_at),
                        })
                    })
                    .collect();
                print_json(&items)?;
            } else {
                for p in projects {
                    println!("{}\t{}", p.id, p.name);
                }
            }
        }
        Project::Create { name, owner } => {
            let name = home::parse_project_name(&name)?;
            let owner = active_account(&db, &owner).await?;
            let mut tx = db.begin().await?;
            let id = home::create_project(&mut tx, &owner, &name, "", now()).await?;
            tx.commit().await?;
            println!("{id}");
        }
    }
    db.close().await;
    Ok(())
}
