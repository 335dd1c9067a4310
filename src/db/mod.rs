//! The database, SQLite or PostgreSQL, behind one small enum.
//!
//! SQL is written once, in the subset both engines speak (`$1` placeholders, `RETURNING`, `ON CONFLICT`, BIGINT
//! milliseconds), and run by [`Db`] (reads) or [`Tx`] (writes). Which engine runs is decided by the URL; nothing
//! above this folder knows, except where [`Db::dialect`] is asked for the few things that differ.
//!
//! SQLite has one writer, and writes that wait for each other share a commit (see [`writer`]): each is told it is
//! saved only after that commit has reached the disk.

mod sql;
mod writer;

pub use sql::Sql;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments, PgPool, SqlSafeStr, SqlitePool};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::error::{Error, Result};
use writer::{SqliteTx, SqliteWriter};

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// Which engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The bundled SQLite.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// A value bound to a placeholder. A missing value keeps its type, which PostgreSQL insists on.
#[derive(Debug, Clone)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// UUID (PostgreSQL) or 16 bytes (SQLite).
    Uuid(Uuid),
}

/// The values of a statement, in placeholder order; built by [`args!`](crate::args).
pub type Args = Vec<Value>;

macro_rules! value_from {
    ($($t:ty => $variant:ident($conv:expr)),* $(,)?) => {$(
        impl From<$t> for Value {
            fn from(v: $t) -> Self {
                let f: fn($t) -> _ = $conv;
                Value::$variant(Some(f(v)))
            }
        }
        impl From<Option<$t>> for Value {
            fn from(v: Option<$t>) -> Self {
                let f: fn($t) -> _ = $conv;
                Value::$variant(v.map(f))
            }
        }
    )*};
}
value_from! {
    i64 => Int(|v| v),
    i32 => Int(i64::from),
    u32 => Int(i64::from),
    u16 => Int(i64::from),
    u8 => Int(i64::from),
    String => Text(|v| v),
    &str => Text(|v| v.to_owned()),
    &String => Text(|v| v.clone()),
    f64 => Real(|v| v),
    bool => Bool(|v| v),
}
impl From<Uuid> for Value {
    fn from(v: Uuid) -> Self {
        Value::Uuid(v)
    }
}
impl From<&Option<String>> for Value {
    fn from(v: &Option<String>) -> Self {
        Value::Text(v.clone())
    }
}

/// `args![a, b]`: the values for `$1`, `$2` …
#[macro_export]
macro_rules! args {
    ($($v:expr),* $(,)?) => { vec![$($crate::db::Value::from($v)),*] };
}

/// A row type that can be read from either engine; `#[derive(sqlx::FromRow)]` and tuples give it.
pub trait Row:
    for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin + 'static
{
}
impl<T> Row for T where
    T: for<'r> sqlx::FromRow<'r, SqliteRow>
        + for<'r> sqlx::FromRow<'r, PgRow>
        + Send
        + Unpin
        + 'static
{
}

fn sqlite_args(args: Args) -> Result<SqliteArguments> {
    let mut out = SqliteArguments::default();
    for value in args {
        match value {
            Value::Int(v) => out.add(v),
            Value::Text(v) => out.add(v),
            Value::Real(v) => out.add(v),
            Value::Bool(v) => out.add(v),
            Value::Uuid(v) => out.add(v),
        }
        .map_err(|e| Error::Internal(anyhow::anyhow!("cannot bind a value: {e}")))?;
    }
    Ok(out)
}

fn postgres_args(args: Args) -> Result<PgArguments> {
    let mut out = PgArguments::default();
    for value in args {
        match value {
            Value::Int(v) => out.add(v),
            Value::Text(v) => out.add(v),
            Value::Real(v) => out.add(v),
            Value::Bool(v) => out.add(v),
            Value::Uuid(v) => out.add(v),
        }
        .map_err(|e| Error::Internal(anyhow::anyhow!("cannot bind a value: {e}")))?;
    }
    Ok(out)
}

/// The database as readers see it. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    changes: broadcast::Sender<i64>,
    access_epoch: Arc<AtomicU64>,
}

/// Tables that decide who may do and see what. A write to one of them ends what [`Db::access_epoch`] vouches for.
const ACCESS_TABLES: [&str; 8] = [
    "users",
    "sessions",
    "api_tokens",
    "projects",
    "members",
    "rounds",
    "round_documents",
    "round_coders",
];

/// Whether a statement writes to one of [`ACCESS_TABLES`].
fn changes_access(sql: &str) -> bool {
    let mut words = sql
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty());
    let is = |word: Option<&str>, what: &str| word.is_some_and(|w| w.eq_ignore_ascii_case(what));
    let first = words.next();
    let table = if is(first, "UPDATE") {
        words.next()
    } else if is(first, "INSERT") || is(first, "DELETE") {
        words.next();
        words.next()
    } else if is(first, "SELECT") {
        return false;
    } else {
        // A common table expression may hide a write anywhere.
        return ACCESS_TABLES.iter().any(|t| sql.contains(t));
    };
    table.is_some_and(|t| ACCESS_TABLES.iter().any(|a| a.eq_ignore_ascii_case(t)))
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        read: SqlitePool,
        writer: SqliteWriter,
    },
    Postgres(PgPool),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.dialect())
    }
}

impl Db {
    /// Opens `postgres://…` or `sqlite:PATH`, creating a SQLite file that is not there, and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Db> {
        let (changes, _) = broadcast::channel(4096);
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                .connect(url)
                .await?;
            POSTGRES_MIGRATIONS.run(&pool).await?;
            return Ok(Db {
                pools: Pools::Postgres(pool),
                changes,
                access_epoch: Arc::default(),
            });
        }
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .ok_or_else(|| {
                Error::usage(format!(
                    "the database URL must begin with sqlite: or postgres: (it is {url:?})"
                ))
            })?;
        let options = SqliteConnectOptions::new()
            .filename(Path::new(path))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-4000")
            .statement_cache_capacity(256);
        let writer = SqliteWriter::open(&options, &SQLITE_MIGRATIONS).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(6)
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Db {
            pools: Pools::Sqlite { read, writer },
            changes,
            access_epoch: Arc::default(),
        })
    }

    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        match &self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows.
    pub async fn all<T: Row>(&self, sql: impl SqlSafeStr, args: Args) -> Result<Vec<T>> {
        let sql = sql.into_sql_str();
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => {
                sqlx::query_as_with(sql, sqlite_args(args)?)
                    .fetch_all(read)
                    .await?
            }
            Pools::Postgres(pool) => {
                sqlx::query_as_with(sql, postgres_args(args)?)
                    .fetch_all(pool)
                    .await?
            }
        })
    }

    /// The row, or `None`.
    pub async fn optional<T: Row>(&self, sql: impl SqlSafeStr, args: Args) -> Result<Option<T>> {
        let sql = sql.into_sql_str();
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => {
                sqlx::query_as_with(sql, sqlite_args(args)?)
                    .fetch_optional(read)
                    .await?
            }
            Pools::Postgres(pool) => {
                sqlx::query_as_with(sql, postgres_args(args)?)
                    .fetch_optional(pool)
                    .await?
            }
        })
    }

    /// The one row; its absence is an internal error, so use it only where there must be one (`COUNT`, `MAX` …).
    pub async fn one<T: Row>(&self, sql: impl SqlSafeStr, args: Args) -> Result<T> {
        self.optional(sql, args)
            .await?
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("a row that must be there is not")))
    }

    /// Begins a write. Dropped without [`Tx::commit`], it leaves nothing behind.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => TxInner::Sqlite(writer.begin().await?),
            Pools::Postgres(pool) => TxInner::Postgres(pool.begin().await?),
        };
        Ok(Tx {
            inner,
            touched: Vec::new(),
            changes: self.changes.clone(),
            access_epoch: self.access_epoch.clone(),
            changed_access: false,
        })
    }

    /// Changes whenever this process wrote something that decides who may do or see what: accounts, sessions, tokens,
    /// memberships, projects, rounds. What was read under one epoch may be answered again for as long as it lasts,
    /// briefly (another process may write too). Read it before reading what it is to vouch for.
    pub fn access_epoch(&self) -> u64 {
        self.access_epoch.load(Ordering::SeqCst)
    }

    /// Tells, after each commit that appended events, which project changed. A receiver that lags must look again at
    /// everything, as the events themselves are in the database.
    pub fn changes(&self) -> broadcast::Receiver<i64> {
        self.changes.subscribe()
    }

    /// Wakes those who wait on [`Db::changes`], for changes that another process made.
    pub fn announce(&self, project: i64) {
        let _ = self.changes.send(project);
    }

    /// Writes a consistent copy of a SQLite database to `path`, while others read and write.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { read, .. } => {
                sqlx::query("VACUUM INTO $1")
                    .bind(path.display().to_string())
                    .execute(read)
                    .await?;
                Ok(())
            }
            Pools::Postgres(_) => Err(Error::usage(
                "a PostgreSQL database is backed up with pg_dump".to_owned(),
            )),
        }
    }

    /// Bytes that the database takes.
    pub async fn size(&self) -> Result<i64> {
        let (bytes,): (i64,) = match self.dialect() {
            Dialect::Sqlite => {
                self.one(
                    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
                    Vec::new(),
                )
                .await?
            }
            Dialect::Postgres => {
                self.one("SELECT pg_database_size(current_database())", Vec::new())
                    .await?
            }
        };
        Ok(bytes)
    }

    /// Closes all connections, after the open write has committed.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, writer } => {
                read.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A write in progress. Only handlers and commands begin and commit; stores take `&mut Tx`.
pub struct Tx {
    inner: TxInner,
    touched: Vec<i64>,
    changes: broadcast::Sender<i64>,
    access_epoch: Arc<AtomicU64>,
    changed_access: bool,
}

enum TxInner {
    Sqlite(SqliteTx),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        match &self.inner {
            TxInner::Sqlite(_) => Dialect::Sqlite,
            TxInner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows.
    pub async fn all<T: Row>(&mut self, sql: impl SqlSafeStr, args: Args) -> Result<Vec<T>> {
        let sql = sql.into_sql_str();
        self.changed_access |= changes_access(sql.as_str());
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => {
                sqlx::query_as_with(sql, sqlite_args(args)?)
                    .fetch_all(tx.connection()?)
                    .await?
            }
            TxInner::Postgres(tx) => {
                sqlx::query_as_with(sql, postgres_args(args)?)
                    .fetch_all(&mut **tx)
                    .await?
            }
        })
    }

    /// The row, or `None`.
    pub async fn optional<T: Row>(
        &mut self,
        sql: impl SqlSafeStr,
        args: Args,
    ) -> Result<Option<T>> {
        let sql = sql.into_sql_str();
        self.changed_access |= changes_access(sql.as_str());
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => {
                sqlx::query_as_with(sql, sqlite_args(args)?)
                    .fetch_optional(tx.connection()?)
                    .await?
            }
            TxInner::Postgres(tx) => {
                sqlx::query_as_with(sql, postgres_args(args)?)
                    .fetch_optional(&mut **tx)
                    .await?
            }
        })
    }

    /// The one row; for `INSERT … RETURNING` and counts.
    pub async fn one<T: Row>(&mut self, sql: impl SqlSafeStr, args: Args) -> Result<T> {
        self.optional(sql, args)
            .await?
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("a row that must be there is not")))
    }

    /// Runs a statement; the number of rows it changed.
    pub async fn execute(&mut self, sql: impl SqlSafeStr, args: Args) -> Result<u64> {
        let sql = sql.into_sql_str();
        self.changed_access |= changes_access(sql.as_str());
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => sqlx::query_with(sql, sqlite_args(args)?)
                .execute(tx.connection()?)
                .await?
                .rows_affected(),
            TxInner::Postgres(tx) => sqlx::query_with(sql, postgres_args(args)?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Remembers that this project's log grew; whoever waits on [`Db::changes`] is told once it is committed.
    pub fn touch(&mut self, project: i64) {
        if !self.touched.contains(&project) {
            self.touched.push(project);
        }
    }

    /// Makes the write durable. When it returns `Ok`, the change has reached the disk.
    pub async fn commit(self) -> Result<()> {
        if self.changed_access {
            // Not to be cut off between the commit and the word that access changed, should the request be dropped.
            return tokio::spawn(self.finish()).await?;
        }
        self.finish().await
    }

    async fn finish(self) -> Result<()> {
        let outcome = match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx) => tx.commit().await.map_err(Error::from),
        };
        if self.changed_access {
            self.access_epoch.fetch_add(1, Ordering::SeqCst);
        }
        outcome?;
        for project in self.touched {
            let _ = self.changes.send(project);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::changes_access;

    #[test]
    fn writes_that_change_access_are_known_by_their_table() {
        for sql in [
            "UPDATE members SET role = $3",
            "  DELETE FROM sessions WHERE user_id = $1",
            "INSERT INTO rounds (project_id) VALUES ($1)",
            "insert into round_documents values ($1, $2)",
            "WITH gone AS (SELECT 1) DELETE FROM api_tokens",
        ] {
            assert!(changes_access(sql), "{sql}");
        }
        for sql in [
            "INSERT INTO codings (project_id) SELECT id FROM projects",
            "UPDATE documents SET title = $1",
            "SELECT * FROM members",
            "INSERT INTO round_documents_archive VALUES (1)",
        ] {
            assert!(!changes_access(sql), "{sql}");
        }
    }
}
