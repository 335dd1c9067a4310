//! `concord token …`: API tokens.

use crate::accounts::{parse_label, store};
use crate::error::Result;
use clap::Subcommand;

use super::{Place, active_account, now};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make an API token and print it alone; it is shown this once
    Create {
        /// Whose token
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long)]
        name: String,
        /// Days until it ends; without it, it does not
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
        expires: Option<u32>,
    },
}

/// Runs it.
pub async fn run(place: &Place, command: Token) -> Result<()> {
    let Token::Create {
        email,
        name,
        expires,
    } = command;
    let label = parse_label(&name)?;
    let db = place.database().await?;
    let user = active_account(&db, &email).await?;
    let expires_at = expires.map(|days| now() + i64::from(days) * 86_400_000);
    let mut tx = db.begin().await?;
    let token = store::add_token(&mut tx, user.id, &label, expires_at, now()).await?;
    tx.commit().await?;
    println!("{token}");
    db.close().await;
    Ok(())
}
