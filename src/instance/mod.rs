//! The running instance: what its administrators see and do, and what it tidies up by itself.

pub mod pages;
pub mod store;

use std::time::Duration;

use crate::accounts;
use crate::error::Result;
use crate::web::{AppState, idempotency};

/// How often the instance tidies up.
const EVERY: Duration = Duration::from_secs(3600);

/// Removes what has run out, at the start and every hour, until the server stops.
pub async fn housekeeping(state: AppState) {
    let mut clock = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(e) = tidy(&state).await {
            tracing::error!("tidying up: {e}");
        }
    }
}

/// Removes ended sessions, old links and failed attempts, and answers kept for repeated requests.
pub async fn tidy(state: &AppState) -> Result<()> {
    idempotency::sweep(state).await?;
    let mut tx = state.db.begin().await?;
    accounts::store::sweep(&mut tx, state.now()).await?;
    tx.commit().await
}

/// Bytes as people say them, in decimal units: `12.3 MB`. The unit is a message of its own.
pub fn size(bytes: i64) -> (String, &'static str) {
    let mut value = bytes.max(0) as f64;
    let mut unit = "instance-bytes";
    for next in [
        "instance-kilobytes",
        "instance-megabytes",
        "instance-gigabytes",
    ] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    let rounded = if unit == "instance-bytes" || value >= 100.0 {
        value.round()
    } else {
        (value * 10.0).round() / 10.0
    };
    (crate::i18n::number(rounded), unit)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_said_in_decimal_units() {
        assert_eq!(size(999), ("999".to_owned(), "instance-bytes"));
        assert_eq!(size(1_250), ("1.3".to_owned(), "instance-kilobytes"));
        assert_eq!(size(12_345_678), ("12.3".to_owned(), "instance-megabytes"));
        assert_eq!(size(456_700_000), ("457".to_owned(), "instance-megabytes"));
        assert_eq!(
            size(3_000_000_000_000),
            ("3000".to_owned(), "instance-gigabytes")
        );
    }
}
