//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use concord::config::ServerFlags;
use concord::error::{Error, Result};
use concord::i18n::Locale;

use concord::commands::{
    self, Place, agreement, backup, check, demo, export, import, project, serve, token, user,
};

#[derive(Parser)]
#[command(
    name = "concord",
    version,
    about = "Collaborative qualitative coding with agreement that can be published",
    propagate_version = true
)]
struct Cli {
    /// Folder that holds the database, the originals and config.toml
    #[arg(
        long,
        env = "CONCORD_DATA",
        default_value = "./concord-data",
        global = true
    )]
    data: PathBuf,
    /// PostgreSQL in place of the SQLite file
    #[arg(
        long,
        env = "CONCORD_DATABASE_URL",
        hide_env_values = true,
        global = true
    )]
    database_url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the web application
    Serve {
        #[command(flatten)]
        flags: ServerFlags,
    },
    /// Add, list and disable users, set passwords
    #[command(subcommand)]
    User(user::User),
    /// Make API tokens
    #[command(subcommand)]
    Token(token::Token),
    /// List and create projects
    #[command(subcommand)]
    Project(project::Project),
    /// Serve an example project, made at the first start, in a folder of its own
    Demo {
        #[command(flatten)]
        flags: ServerFlags,
    },
    /// Bring in documents or a codebook
    Import(import::Import),
    /// Write the coded data to a file
    Export(Box<export::Export>),
    /// Compute agreement from a file; needs no database
    Agreement(agreement::Agreement),
    /// Write everything to one archive, also while the server runs
    Backup {
        /// The archive to write; it must not exist
        #[arg(long)]
        out: PathBuf,
    },
    /// Put a backup into a new data directory (--data)
    Restore {
        /// The archive
        file: PathBuf,
    },
    /// Verify the data; lists what is wrong
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document of the JSON API
    Openapi,
    /// Read one file for the server, in a process of its own
    #[command(name = concord::documents::extract::isolate::SUBCOMMAND, hide = true)]
    ExtractChild,
}

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let own_folder = matches
        .value_source("data")
        .is_some_and(|source| source != ValueSource::DefaultValue);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
    if let Command::ExtractChild = cli.command {
        return extract_child();
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("CONCORD_LOG")
                .unwrap_or_else(|_| "warn,concord=info,sqlx::query=error".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("concord: {e}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(run(cli, own_folder));
    // A task that does not end must not keep the process from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("concord: {}", sentence(&e));
            match e {
                Error::Usage(_) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// The body of the hidden subcommand: a request on standard input, an answer on standard output.
fn extract_child() -> ExitCode {
    match concord::documents::extract::isolate::run_child(std::io::stdin(), std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("concord: {e}");
            ExitCode::FAILURE
        }
    }
}

/// One line for a terminal, which knows no direction marks.
fn sentence(error: &Error) -> String {
    let text = match error {
        Error::Internal(_) | Error::Usage(_) | Error::BadRequest(_) => match error {
            Error::BadRequest(why) => why.clone(),
            other => other.to_string(),
        },
        other => concord::web::problems::words(other, &Locale::default(), "").detail,
    };
    text.replace(['\u{2068}', '\u{2069}'], "")
        .replace('\n', " ")
}

async fn run(cli: Cli, own_folder: bool) -> Result<()> {
    let place = Place {
        data: cli.data,
        database_url: cli.database_url,
    };
    match cli.command {
        Command::Serve { flags } => serve::run(place.config_with(flags)?).await,
        // Needs no runtime and is gone already.
        Command::ExtractChild => Ok(()),
        Command::User(command) => user::run(&place, command).await,
        Command::Token(command) => token::run(&place, command).await,
        Command::Project(command) => project::run(&place, command).await,
        Command::Demo { flags } => demo::run(place, own_folder, flags).await,
        Command::Import(command) => import::run(&place, command).await,
        Command::Export(command) => export::run(&place, *command).await,
        Command::Agreement(command) => agreement::run(&command),
        Command::Backup { out } => {
            let config = place.config()?;
            let db = place.existing_database().await?;
            backup::backup(&db, &config.data, &out, commands::now()).await?;
            println!("{}", out.display());
            Ok(())
        }
        Command::Restore { file } => {
            backup::restore(&file, &place.data)?;
            println!("{}", place.data.display());
            Ok(())
        }
        Command::Check { json } => {
            let config = place.config()?;
            let db = place.existing_database().await?;
            let wrong = check::check(&db, &config.data).await?;
            if json {
                commands::print_json(&wrong)?;
            } else {
                for line in &wrong {
                    println!("{line}");
                }
            }
            match wrong.len() {
                0 => {
                    if !json {
                        println!("nothing is wrong");
                    }
                    Ok(())
                }
                1 => Err(commands::failed("1 thing is wrong".to_owned())),
                n => Err(commands::failed(format!("{n} things are wrong"))),
            }
        }
        Command::Openapi => {
            println!(
                "{}",
                concord::web::router::openapi()
                    .to_pretty_json()
                    .map_err(|e| Error::Internal(e.into()))?
            );
            Ok(())
        }
    }
}
