//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use concord::config::ServerFlags;
use concord::error::{Error, Result};
use concord::i18n::Locale;

use concord::commands::{Place, project, serve, token, user};

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
    /// Print the OpenAPI document of the JSON API
    Openapi,
    /// Read one file for the server, in a process of its own
    #[command(name = concord::documents::extract::isolate::SUBCOMMAND, hide = true)]
    ExtractChild,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
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
    let outcome = runtime.block_on(run(cli));
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

async fn run(cli: Cli) -> Result<()> {
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
