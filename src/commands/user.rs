//! `concord user …`: people, for whoever has the data directory in hand.

use crate::accounts::{parse_email, parse_name, passwords, store};
use crate::clock::rfc3339;
use crate::db::Db;
use crate::error::Result;
use clap::Subcommand;
use serde_json::json;

use super::{Place, account, failed, now, password_from_stdin, print_json};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a user; without --password-stdin, print a one-time link that sets the password
    Add {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// Full name
        #[arg(long)]
        name: String,
        /// Make an administrator of this instance
        #[arg(long)]
        admin: bool,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set a password from standard input, or print a one-time link that sets it
    Passwd {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List everybody
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Shut a user out: no sign-in, no session, no token; the work stays
    Disable {
        /// E-mail address
        #[arg(long)]
        email: String,
    },
}

/// Runs it.
pub async fn run(place: &Place, command: User) -> Result<()> {
    let db = place.database().await?;
    let done = act(place, &db, command).await;
    db.close().await;
    done
}

async fn act(place: &Place, db: &Db, command: User) -> Result<()> {
    match command {
        User::Add {
            email,
            name,
            admin,
            password_stdin,
            json,
        } => {
            let email = parse_email(&email)?;
            let name = parse_name(&name)?;
            let hash = if password_stdin {
                Some(passwords::hash_password_now(&password_from_stdin()?)?)
            } else {
                None
            };
            let mut tx = db.begin().await?;
            let id = store::add_user(&mut tx, &email, &name, hash, admin, now()).await?;
            let link = if password_stdin {
                None
            } else {
                Some(link(place, &mut tx, id).await?)
            };
            tx.commit().await?;
            tell(json, id, &email, link.as_deref())
        }
        User::Passwd {
            email,
            password_stdin,
            json,
        } => {
            let user = account(db, &email).await?;
            if user.disabled_at.is_some() {
                return Err(failed(format!("the account {} is disabled", user.email)));
            }
            let mut tx;
            let mut made = None;
            if password_stdin {
                let hash = passwords::hash_password_now(&password_from_stdin()?)?;
                tx = db.begin().await?;
                store::set_password(&mut tx, user.id, hash, now()).await?;
            } else {
                tx = db.begin().await?;
                made = Some(link(place, &mut tx, user.id).await?);
            }
            tx.commit().await?;
            tell(json, user.id, &user.email, made.as_deref())
        }
        User::List { json } => {
            let users = store::users(db).await?;
            if json {
                return print_json(&users);
            }
            for user in users {
                let mut marks = Vec::new();
                if user.is_admin {
                    marks.push("administrator".to_owned());
                }
                if let Some(at) = user.disabled_at {
                    marks.push(format!("disabled {}", rfc3339(at)));
                }
                println!("{}\t{}\t{}", user.email, user.name, marks.join(", "));
            }
            Ok(())
        }
        User::Disable { email } => {
            let user = account(db, &email).await?;
            let mut tx = db.begin().await?;
            store::disable(&mut tx, user.id, now()).await?;
            tx.commit().await
        }
    }
}

/// A new one-time link, whole.
async fn link(place: &Place, tx: &mut crate::db::Tx, user: i64) -> Result<String> {
    let secret = store::add_password_link(tx, user, store::LINK_HOURS, now()).await?;
    Ok(format!("{}/password/{secret}", place.config()?.public_url))
}

fn tell(as_json: bool, id: i64, email: &str, link: Option<&str>) -> Result<()> {
    if as_json {
        return print_json(&json!({"id": id, "email": email, "link": link}));
    }
    if let Some(link) = link {
        println!("{link}");
    }
    Ok(())
}
