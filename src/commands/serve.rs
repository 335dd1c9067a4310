//! `concord serve`: opens the data, listens, and ends gracefully.

use std::net::SocketAddr;
use std::time::Duration;

use crate::accounts::store;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::web::AppState;
use crate::web::router::router;

/// How long running requests may take to end after the signal to stop.
const PATIENCE: Duration = Duration::from_secs(4);

/// Serves until SIGTERM or SIGINT, then lets running requests end and closes the database.
pub async fn run(mut config: Config) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .map_err(|e| super::failed(format!("cannot listen on {}: {e}", config.listen)))?;
    let address = listener.local_addr()?;
    // Port 0 is chosen by the system: links must hold the one it chose.
    if config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{address}");
    }
    config.listen = address;
    let state = AppState::open(config, Clock::System).await?;
    if let Some(code) = &state.setup_code
        && store::is_empty(&state.db).await?
    {
        eprintln!("Concord: nobody has an account yet. The first page asks for this code: {code}");
    }
    let app = router(&state).into_make_service_with_connect_info::<SocketAddr>();
    println!("Concord is ready at {}", state.config.public_url);
    let stopping = state.stopping.clone();
    tokio::spawn(async move {
        stopped().await;
        stopping.cancel();
    });
    tokio::spawn(crate::instance::housekeeping(state.clone()));
    let stopping = state.stopping.clone();
    let server = axum::serve(listener, app)
        .with_graceful_shutdown(async move { stopping.cancelled().await });
    let stopping = state.stopping.clone();
    tokio::select! {
        served = server => served?,
        () = async {
            stopping.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        } => tracing::warn!("some requests had not ended and were cut off"),
    }
    // What was told to be saved is on the disk already; this only tidies up.
    let _ = tokio::time::timeout(Duration::from_secs(2), state.db.close()).await;
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
