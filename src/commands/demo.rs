//! `concord demo`: the example project in a data directory of its own, served at once.

use std::path::PathBuf;

use super::{Place, serve};
use crate::clock::Clock;
use crate::config::ServerFlags;
use crate::demo;
use crate::error::Result;
use crate::web::AppState;

/// Where the demo keeps its data unless `--data` or `CONCORD_DATA` says otherwise.
pub const FOLDER: &str = "./concord-demo";

/// Makes the demo project once, says who can sign in, and serves.
pub async fn run(mut place: Place, own_folder: bool, flags: ServerFlags) -> Result<()> {
    if !own_folder {
        place.data = PathBuf::from(FOLDER);
    }
    let config = place.config_with(flags)?;
    let state = AppState::open(config.clone(), Clock::System).await?;
    let (_, new) = demo::load(&state).await?;
    state.db.close().await;
    println!(
        "Concord demo: \"{}\", {} in {}",
        demo::NAME,
        if new { "made" } else { "found" },
        place.data.display()
    );
    println!(
        "Sign in with any of these addresses; the password is {}",
        demo::PASSWORD
    );
    for person in demo::people()? {
        println!(
            "  {:<28} {} ({})",
            person.email,
            person.name,
            person.role.as_str()
        );
    }
    serve::run(config).await
}
