//! Settings: flags win over environment variables, which win over `config.toml` in the data directory.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// What the server needs to know, with nothing left open.
#[derive(Debug, Clone)]
pub struct Config {
    /// Holds `concord.db`, `files/` and `config.toml`.
    pub data: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// What people type to reach the server, without a slash at the end. Links in invitations are made from it, never
    /// from a request's own `Host`.
    pub public_url: String,
    /// Hours after which a session that is not used ends.
    pub session_hours: i64,
    /// `/metrics` answers others than loopback.
    pub metrics_public: bool,
    /// Limits on what is uploaded.
    pub limits: Limits,
    /// This program, which starts itself again to read foreign formats where they can do no harm.
    pub program: PathBuf,
}

/// What an upload may be at most; over it, it is refused with the limit's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Code points of one document's text.
    pub code_points: u64,
    /// Bytes after decompression.
    pub decompressed_bytes: u64,
    /// Seconds of one extraction.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 200_000_000,
            code_points: 20_000_000,
            decompressed_bytes: 1_000_000_000,
            seconds: 60,
        }
    }
}

/// What `config.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// As `--listen`.
    pub listen: Option<String>,
    /// As `--database-url`.
    pub database_url: Option<String>,
    /// As `--public-url`.
    pub public_url: Option<String>,
    /// As `--session-hours`.
    pub session_hours: Option<i64>,
    /// As `--metrics-public`.
    pub metrics_public: Option<bool>,
    /// Upload limits.
    #[serde(default)]
    pub limits: FileLimits,
}

/// The `[limits]` table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLimits {
    /// Largest file, in megabytes.
    pub file_megabytes: Option<u64>,
    /// Longest document, in code points.
    pub code_points: Option<u64>,
    /// Largest decompressed size, in megabytes.
    pub decompressed_megabytes: Option<u64>,
    /// Longest extraction, in seconds.
    pub seconds: Option<u64>,
}

/// Flags and environment, before the file fills the gaps.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ServerFlags {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "CONCORD_LISTEN")]
    pub listen: Option<String>,
    /// PostgreSQL in place of the SQLite file; an option of the whole program, not of `serve` alone
    #[arg(skip)]
    pub database_url: Option<String>,
    /// The address people use, when it is not the one listened on
    #[arg(long, env = "CONCORD_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Hours after which an unused session ends [default: 336]
    #[arg(long, env = "CONCORD_SESSION_HOURS")]
    pub session_hours: Option<i64>,
    /// Answer /metrics to others than this machine
    #[arg(long, env = "CONCORD_METRICS_PUBLIC")]
    pub metrics_public: bool,
}

impl Config {
    /// Puts flags, environment and file together.
    pub fn load(data: &Path, flags: ServerFlags) -> Result<Config> {
        let path = data.join("config.toml");
        let file: File = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|e| Error::usage(format!("{}: {}", path.display(), e.message())))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(e) => return Err(Error::usage(format!("{}: {e}", path.display()))),
        };
        let listen = flags
            .listen
            .or(file.listen)
            .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let listen: SocketAddr = listen.parse().map_err(|_| {
            Error::usage(format!("{listen:?} is not an address like 127.0.0.1:8080"))
        })?;
        let mut limits = Limits::default();
        if let Some(mb) = file.limits.file_megabytes {
            limits.file_bytes = mb * 1_000_000;
        }
        if let Some(n) = file.limits.code_points {
            limits.code_points = n;
        }
        if let Some(mb) = file.limits.decompressed_megabytes {
            limits.decompressed_bytes = mb * 1_000_000;
        }
        if let Some(s) = file.limits.seconds {
            limits.seconds = s;
        }
        Ok(Config {
            database_url: flags
                .database_url
                .or(file.database_url)
                .unwrap_or_else(|| format!("sqlite:{}", data.join("concord.db").display())),
            public_url: flags.public_url.or(file.public_url).map_or_else(
                || format!("http://{listen}"),
                |url| url.trim_end_matches('/').to_owned(),
            ),
            session_hours: flags.session_hours.or(file.session_hours).unwrap_or(336),
            metrics_public: flags.metrics_public || file.metrics_public.unwrap_or(false),
            data: data.to_owned(),
            listen,
            limits,
            program: std::env::current_exe()?,
        })
    }

    /// Cookies are marked `Secure` when people come by https.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
