//! The commands, one file each. Like the router they sit on top of everything: they put rooms together and print.

pub mod agreement;
pub mod backup;
pub mod check;
mod check_store;
pub mod demo;
pub mod export;
pub mod import;
pub mod project;
pub mod serve;
pub mod token;
pub mod user;

use std::io::Read;
use std::path::PathBuf;

use crate::accounts::passwords;
use crate::accounts::store::{self, UserRow};
use crate::accounts::{User, parse_email};
use crate::clock::Clock;
use crate::config::{Config, ServerFlags};
use crate::db::Db;
use crate::error::{Error, Result};

/// Where the data is, as the options before or after any command say it.
#[derive(Debug, Clone)]
pub struct Place {
    /// `--data`.
    pub data: PathBuf,
    /// `--database-url`.
    pub database_url: Option<String>,
}

impl Place {
    /// Settings without the server's own flags.
    pub fn config(&self) -> Result<Config> {
        self.config_with(ServerFlags::default())
    }

    /// Settings with the server's flags.
    pub fn config_with(&self, flags: ServerFlags) -> Result<Config> {
        Config::load(
            &self.data,
            ServerFlags {
                database_url: self.database_url.clone(),
                ..flags
            },
        )
    }

    /// The database, made and brought up to date if need be.
    pub async fn database(&self) -> Result<Db> {
        let config = self.config()?;
        std::fs::create_dir_all(&config.data)?;
        Db::open(&config.database_url).await
    }
}

impl Place {
    /// The database, which must be there already: a mistyped folder is not an empty instance.
    pub async fn existing_database(&self) -> Result<Db> {
        let config = self.config()?;
        let url = &config.database_url;
        let file = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"));
        if file.is_some_and(|file| !std::path::Path::new(file).exists()) {
            return Err(failed(format!(
                "there is no Concord data in {}",
                config.data.display()
            )));
        }
        Db::open(&config.database_url).await
    }
}

/// Now, in milliseconds since the epoch.
pub fn now() -> i64 {
    Clock::System.now()
}

/// The one line of a value as JSON.
pub fn print_json(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// An account by address, or a sentence that there is none.
pub async fn account(db: &Db, email: &str) -> Result<UserRow> {
    let email = parse_email(email)?;
    store::row_by_email(db, &email)
        .await?
        .ok_or_else(|| failed(format!("nobody here has the address {email}")))
}

/// The same for somebody who may act: a disabled account may not.
pub async fn active_account(db: &Db, email: &str) -> Result<User> {
    let row = account(db, email).await?;
    store::user_by_email(db, &row.email)
        .await?
        .ok_or_else(|| failed(format!("the account {} is disabled", row.email)))
}

/// A failure with its own sentence: exit code 1.
pub fn failed(why: String) -> Error {
    Error::BadRequest(why)
}

/// The password on standard input, without the line's end.
pub fn password_from_stdin() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let password = text
        .strip_suffix('\n')
        .map_or(text.as_str(), |t| t.strip_suffix('\r').unwrap_or(t))
        .to_owned();
    passwords::check_password("password", &password)?;
    Ok(password)
}
