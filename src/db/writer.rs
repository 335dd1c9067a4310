//! SQLite's one writer, shared so that concurrent writes share a commit.
//!
//! A durable commit costs an fsync; thirty coders who save in the same instant need not pay thirty. Each write runs
//! under a savepoint of its own inside the transaction that is open. When it is done and others already wait, it
//! leaves the commit to one of them and waits; the last in the queue commits for all and wakes them. A write that
//! fails rolls back to its own savepoint and disturbs nobody. One alone begins and commits at once, so nothing waits
//! for company.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::error::{Error, Result};

/// Writes that may share one commit; bounds how long the first of them waits.
const MAX_BATCH: usize = 64;

#[derive(Clone)]
pub(super) struct SqliteWriter {
    shared: Arc<Shared>,
}

struct Shared {
    state: Arc<Mutex<State>>,
    /// How many are waiting for `state` in [`SqliteWriter::begin`].
    waiting: AtomicUsize,
}

struct State {
    /// `None` once closed.
    connection: Option<SqliteConnection>,
    /// A transaction is open on the connection.
    open: bool,
    /// A savepoint was set by a write that ended without commit or rollback.
    stale_savepoint: bool,
    /// Writes whose savepoint is released and that wait for the commit.
    batch: Vec<oneshot::Sender<bool>>,
}

/// Counts a waiter for as long as it waits, also when its future is dropped.
struct Ticket {
    shared: Arc<Shared>,
    served: bool,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.shared.waiting.fetch_sub(1, Ordering::SeqCst);
        if !self.served {
            // Somebody may have left the commit to this one.
            let shared = self.shared.clone();
            tokio::spawn(async move {
                let mut state = shared.state.clone().lock_owned().await;
                let _ = settle(&shared, &mut state).await;
            });
        }
    }
}

impl SqliteWriter {
    pub(super) async fn open(
        options: &SqliteConnectOptions,
        migrations: &sqlx::migrate::Migrator,
    ) -> Result<Self> {
        let mut connection = options.clone().connect().await?;
        migrations.run(&mut connection).await?;
        Ok(SqliteWriter {
            shared: Arc::new(Shared {
                state: Arc::new(Mutex::new(State {
                    connection: Some(connection),
                    open: false,
                    stale_savepoint: false,
                    batch: Vec::new(),
                })),
                waiting: AtomicUsize::new(0),
            }),
        })
    }

    pub(super) async fn begin(&self) -> Result<SqliteTx> {
        self.shared.waiting.fetch_add(1, Ordering::SeqCst);
        let mut ticket = Ticket {
            shared: self.shared.clone(),
            served: false,
        };
        let state = self.shared.state.clone().lock_owned().await;
        ticket.served = true;
        drop(ticket);
        // From here on the guard's drop puts things right, whatever is cancelled.
        let mut tx = SqliteTx {
            shared: self.shared.clone(),
            state: Some(state),
        };
        let state = tx.state()?;
        if state.stale_savepoint {
            run(state, "ROLLBACK TO write").await?;
            run(state, "RELEASE write").await?;
            state.stale_savepoint = false;
        }
        if !state.open {
            run(state, "BEGIN IMMEDIATE").await?;
            state.open = true;
        }
        run(state, "SAVEPOINT write").await?;
        state.stale_savepoint = true;
        Ok(tx)
    }

    pub(super) async fn close(&self) {
        let mut state = self.shared.state.lock().await;
        let _ = settle(&self.shared, &mut state).await;
        if let Some(connection) = state.connection.take() {
            let _ = connection.close().await;
        }
    }
}

/// One write; holds the connection until it is committed or dropped.
pub(super) struct SqliteTx {
    shared: Arc<Shared>,
    state: Option<OwnedMutexGuard<State>>,
}

impl SqliteTx {
    fn state(&mut self) -> Result<&mut State> {
        self.state.as_deref_mut().ok_or_else(closed)
    }

    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.state()?.connection.as_mut().ok_or_else(closed)
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        let shared = self.shared.clone();
        let state = self.state()?;
        run(state, "RELEASE write").await?;
        state.stale_savepoint = false;
        if shared.waiting.load(Ordering::SeqCst) > 0 && state.batch.len() < MAX_BATCH {
            let (sender, receiver) = oneshot::channel();
            state.batch.push(sender);
            self.state = None;
            return match receiver.await {
                Ok(true) => Ok(()),
                _ => Err(Error::Internal(anyhow::anyhow!("the commit failed"))),
            };
        }
        finish(state).await
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        let Some(mut state) = self.state.take() else {
            return;
        };
        if !state.stale_savepoint && !state.open {
            return;
        }
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let _ = settle(&shared, &mut state).await;
        });
    }
}

/// Clears what an abandoned write left, and commits for those who wait if nobody else is coming.
async fn settle(shared: &Shared, state: &mut State) -> Result<()> {
    if state.stale_savepoint {
        run(state, "ROLLBACK TO write").await?;
        run(state, "RELEASE write").await?;
        state.stale_savepoint = false;
    }
    if state.open && shared.waiting.load(Ordering::SeqCst) == 0 {
        finish(state).await?;
    }
    Ok(())
}

/// Commits the open transaction and tells everybody in the batch how it went.
async fn finish(state: &mut State) -> Result<()> {
    let outcome = run(state, "COMMIT").await;
    if outcome.is_err() {
        let _ = run(state, "ROLLBACK").await;
    }
    state.open = false;
    for waiting in state.batch.drain(..) {
        let _ = waiting.send(outcome.is_ok());
    }
    outcome
}

async fn run(state: &mut State, sql: &'static str) -> Result<()> {
    let connection = state.connection.as_mut().ok_or_else(closed)?;
    connection.execute(sqlx::query(sql)).await?;
    Ok(())
}

fn closed() -> Error {
    Error::Internal(anyhow::anyhow!("the database is closed"))
}
