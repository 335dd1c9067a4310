//! Passwords: argon2id, away from the threads that serve.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::error::{Error, Result};
use crate::web::AppState;

/// Fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 10;

/// Whether a password may be used at all.
pub fn check_password(field: &'static str, password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Error::invalid(
            field,
            crate::i18n::Msg::new("error-password-short").arg("least", SHORTEST_PASSWORD),
        ));
    }
    if password.len() > 1000 {
        return Err(Error::invalid(field, "error-password-long"));
    }
    Ok(())
}

/// argon2id, away from the threads that serve, two at a time.
pub async fn hash_password(state: &AppState, password: String) -> Result<String> {
    let _permit = state
        .hashing
        .acquire()
        .await
        .map_err(|e| Error::Internal(e.into()))?;
    tokio::task::spawn_blocking(move || hash_password_now(&password)).await?
}

/// The same on this thread, for commands.
pub fn hash_password_now(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|h| h.to_string())
        .map_err(|e| Error::Internal(anyhow::anyhow!("hashing a password: {e}")))
}

/// Whether the password is the one hashed. An account without one costs as much time as a wrong password.
pub async fn verify_password(
    state: &AppState,
    password: String,
    stored: Option<String>,
) -> Result<bool> {
    let _permit = state
        .hashing
        .acquire()
        .await
        .map_err(|e| Error::Internal(e.into()))?;
    tokio::task::spawn_blocking(move || {
        let Some(stored) = stored else {
            hash_password_now(&password)?;
            return Ok(false);
        };
        Ok(Argon2::default()
            .verify_password(password.as_bytes(), stored.as_str())
            .is_ok())
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_argon2id() {
        assert!(
            hash_password_now("correct horse")
                .unwrap()
                .starts_with("$argon2id$")
        );
    }

    #[test]
    fn short_passwords_are_refused() {
        assert!(check_password("password", "123456789").is_err());
        assert!(check_password("password", "1234567890").is_ok());
    }
}
