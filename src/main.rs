//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use concord::clock::Clock;
use concord::config::{Config, ServerFlags};
use concord::error::{Error, Result};
use concord::web::AppState;
use concord::web::router::router;

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
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Usage(why)) => {
            eprintln!("concord: {why}");
            ExitCode::from(2)
        }
        Err(e) => {
            eprintln!("concord: {e}");
            ExitCode::FAILURE
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

async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Serve { flags } => serve(Config::load(&cli.data, flags)?).await,
        // Needs no runtime and is gone already.
        Command::ExtractChild => Ok(()),
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

/// Serves until SIGTERM or SIGINT, then lets running requests end and closes the database.
async fn serve(config: Config) -> Result<()> {
    let state = AppState::open(config, Clock::System).await?;
    let listener = tokio::net::TcpListener::bind(state.config.listen)
        .await
        .map_err(|e| Error::usage(format!("cannot listen on {}: {e}", state.config.listen)))?;
    let address = listener.local_addr()?;
    let app = router(&state).into_make_service_with_connect_info::<SocketAddr>();
    println!("Concord is ready at http://{address}");
    let stopping = state.stopping.clone();
    tokio::spawn(async move {
        stopped().await;
        stopping.cancel();
    });
    let stopping = state.stopping.clone();
    axum::serve(listener, app)
        .with_graceful_shutdown(async move { stopping.cancelled().await })
        .await?;
    state.db.close().await;
    Ok(())
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
