//! What the program holds while it runs; one value, shared.

use std::ops::Deref;
use std::sync::Arc;

use object_store::ObjectStore;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;

/// Room for texts and figures in memory.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// The state every handler can ask for.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// Behind [`AppState`].
pub struct Inner {
    /// The database.
    pub db: Db,
    /// Settings.
    pub config: Config,
    /// Where originals are kept.
    pub files: Arc<dyn ObjectStore>,
    /// Now.
    pub clock: Clock,
    /// Password hashing takes 19 MiB each: no more than two at once.
    pub hashing: Semaphore,
    /// Extractions that may run at once.
    pub extracting: Semaphore,
    /// Guards the creation of the first administrator when the server listens beyond loopback.
    pub setup_code: Option<String>,
    /// Cancelled when the server stops, so that open event streams end.
    pub stopping: CancellationToken,
    /// Answers in the making under an idempotency key.
    pub in_flight: super::idempotency::InFlight,
    /// Texts and figures that need not be made again.
    pub cache: super::cache::Cache,
    /// Who callers are and what they may do, for a second.
    pub brief: super::brief::Brief,
    /// Figures of the running program.
    pub metrics: super::metrics::Metrics,
    /// Who has which document open.
    pub presence: super::presence::Presence,
}

impl Deref for AppState {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl AppState {
    /// Opens the database and the file store.
    pub async fn open(config: Config, clock: Clock) -> Result<AppState> {
        std::fs::create_dir_all(&config.data)?;
        let folder = config.data.join("files");
        std::fs::create_dir_all(&folder)?;
        let files = object_store::local::LocalFileSystem::new_with_prefix(&folder)?
            .with_automatic_cleanup(true);
        let db = Db::open(&config.database_url).await?;
        let setup_code = (!config.listen.ip().is_loopback()).then(crate::secrets::readable_code);
        Ok(AppState(Arc::new(Inner {
            db,
            files: Arc::new(files),
            clock,
            hashing: Semaphore::new(2),
            extracting: Semaphore::new(2),
            setup_code,
            stopping: CancellationToken::new(),
            in_flight: Default::default(),
            cache: super::cache::Cache::new(CACHE_BYTES),
            brief: Default::default(),
            metrics: Default::default(),
            presence: Default::default(),
            config,
        })))
    }

    /// Milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }
}
