//! SQL of users, sessions, tokens, links and failed sign-ins.

use uuid::Uuid;

use super::User;
use crate::args;
use crate::db::{Db, Dialect, Tx};
use crate::error::{Error, Result, is_unique_violation};
use crate::web::AppState;

const HOUR: i64 = 3_600_000;

/// Hours that a link which sets a password can be used.
pub const LINK_HOURS: i64 = 72;

/// Whether nobody has an account yet.
pub async fn is_empty(db: &Db) -> Result<bool> {
    Ok(db
        .optional::<(i64,)>("SELECT id FROM users LIMIT 1", args![])
        .await?
        .is_none())
}

/// The user with this id, disabled or not.
pub async fn user(db: &Db, id: i64) -> Result<Option<User>> {
    db.optional(
        "SELECT id, email, name, is_admin, language FROM users WHERE id = $1",
        args![id],
    )
    .await
}

/// The user with this address who may sign in.
pub async fn user_by_email(db: &Db, email: &str) -> Result<Option<User>> {
    db.optional(
        "SELECT id, email, name, is_admin, language FROM users WHERE email = $1 AND disabled_at IS NULL",
        args![email],
    )
    .await
}

/// One line of the list of users.
#[derive(Debug, sqlx::FromRow, serde::Serialize)]
pub struct UserRow {
    /// Id.
    pub id: i64,
    /// E-mail address.
    pub email: String,
    /// Full name.
    pub name: String,
    /// Administrator of the instance.
    pub is_admin: bool,
    /// When she was shut out, if she was.
    #[serde(serialize_with = "crate::clock::as_rfc3339_opt")]
    pub disabled_at: Option<i64>,
    /// When the account was made.
    #[serde(serialize_with = "crate::clock::as_rfc3339")]
    pub created_at: i64,
}

/// Everybody, by address.
pub async fn users(db: &Db) -> Result<Vec<UserRow>> {
    db.all(
        "SELECT id, email, name, is_admin, disabled_at, created_at FROM users ORDER BY email, id",
        args![],
    )
    .await
}

/// The line of one address, disabled or not.
pub async fn row_by_email(db: &Db, email: &str) -> Result<Option<UserRow>> {
    db.optional(
        "SELECT id, email, name, is_admin, disabled_at, created_at FROM users WHERE email = $1",
        args![email],
    )
    .await
}

/// Claims the right to make the first administrator; false if the instance has somebody already. The unique row makes
/// the second of two who ask at once wait for the first and then fail.
pub async fn claim_setup(tx: &mut Tx, now: i64) -> Result<bool> {
    let claimed = tx
        .execute(
            "INSERT INTO instance_settings (key, value) VALUES ('set-up-at', $1) ON CONFLICT DO NOTHING",
            args![crate::clock::rfc3339(now)],
        )
        .await?;
    Ok(claimed == 1
        && tx
            .optional::<(i64,)>("SELECT id FROM users LIMIT 1", args![])
            .await?
            .is_none())
}

/// Removes what has run out: sessions, links and tokens a month past their end, failed attempts a day old.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE expires_at < $1", args![now])
        .await?;
    tx.execute(
        "DELETE FROM password_links WHERE expires_at < $1",
        args![now - 30 * 24 * HOUR],
    )
    .await?;
    tx.execute(
        "DELETE FROM api_tokens WHERE expires_at < $1",
        args![now - 30 * 24 * HOUR],
    )
    .await?;
    tx.execute(
        "DELETE FROM sign_in_failures WHERE last_at < $1",
        args![now - 24 * HOUR],
    )
    .await?;
    Ok(())
}

/// Adds a user; an address that is taken is a field error.
pub async fn add_user(
    tx: &mut Tx,
    email: &str,
    name: &str,
    password_hash: Option<String>,
    is_admin: bool,
    now: i64,
) -> Result<i64> {
    let inserted: Result<(i64,)> = tx
        .one(
            "INSERT INTO users (guid, email, name, password_hash, is_admin, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id",
            args![Uuid::new_v4(), email, name, password_hash, is_admin, now],
        )
        .await;
    match inserted {
        Ok((id,)) => Ok(id),
        Err(e) if is_unique_violation(&e) => Err(Error::invalid("email", "error-email-taken")),
        Err(e) => Err(e),
    }
}

/// Changes a name and language.
pub async fn update_profile(
    tx: &mut Tx,
    user: i64,
    name: &str,
    language: Option<String>,
    now: i64,
) -> Result<()> {
    tx.execute(
        "UPDATE users SET name = $2, language = $3, updated_at = $4 WHERE id = $1",
        args![user, name, language, now],
    )
    .await?;
    Ok(())
}

/// The stored password hash.
pub async fn password_hash(db: &Db, user: i64) -> Result<Option<String>> {
    Ok(db
        .optional::<(Option<String>,)>("SELECT password_hash FROM users WHERE id = $1", args![user])
        .await?
        .and_then(|(h,)| h))
}

/// Sets a password and ends every session and every unused link, so that whoever knew the old one is out.
pub async fn set_password(tx: &mut Tx, user: i64, hash: String, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1",
        args![user, hash, now],
    )
    .await?;
    tx.execute(
        "UPDATE password_links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL",
        args![user, now],
    )
    .await?;
    end_sessions(tx, user).await
}

/// Shuts a user out: no sign-in, no session, no token. Her work stays.
pub async fn disable(tx: &mut Tx, user: i64, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE users SET disabled_at = $2, updated_at = $2 WHERE id = $1",
        args![user, now],
    )
    .await?;
    tx.execute("DELETE FROM api_tokens WHERE user_id = $1", args![user])
        .await?;
    end_sessions(tx, user).await
}

/// Lets a user in again.
pub async fn enable(tx: &mut Tx, user: i64, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE users SET disabled_at = NULL, updated_at = $2 WHERE id = $1",
        args![user, now],
    )
    .await?;
    Ok(())
}

/// Begins a session; returns its id, which only the cookie holds.
pub async fn begin_session(
    tx: &mut Tx,
    user: i64,
    user_agent: &str,
    hours: i64,
    now: i64,
) -> Result<String> {
    let id = crate::secrets::token();
    let agent: String = user_agent.chars().take(300).collect();
    tx.execute(
        "INSERT INTO sessions (id_hash, user_id, user_agent, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $4, $5)",
        args![
            crate::secrets::hash(&id),
            user,
            agent,
            now,
            now + hours * HOUR
        ],
    )
    .await?;
    tx.execute("DELETE FROM sessions WHERE expires_at < $1", args![now])
        .await?;
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: i64,
    email: String,
    name: String,
    is_admin: bool,
    language: Option<String>,
    last_seen_at: i64,
}

/// The user whose session this is; keeps the session alive while it is used.
pub async fn user_by_session(state: &AppState, id: &str) -> Result<Option<User>> {
    let now = state.now();
    let hash = crate::secrets::hash(id);
    let row: Option<SessionRow> = state
        .db
        .optional(
            "SELECT u.id, u.email, u.name, u.is_admin, u.language, s.last_seen_at
             FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.id_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL",
            args![&hash, now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    // A write an hour, not one a request.
    if now - row.last_seen_at > HOUR {
        let mut tx = state.db.begin().await?;
        tx.execute(
            "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id_hash = $1",
            args![&hash, now, now + state.config.session_hours * HOUR],
        )
        .await?;
        tx.commit().await?;
    }
    Ok(Some(User {
        id: row.id,
        email: row.email,
        name: row.name,
        is_admin: row.is_admin,
        language: row.language,
    }))
}

/// One open session.
#[derive(Debug, sqlx::FromRow)]
pub struct Session {
    /// Hash of its id.
    pub id_hash: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Begun.
    pub created_at: i64,
    /// Last used, to the hour.
    pub last_seen_at: i64,
}

/// A user's open sessions, newest first.
pub async fn sessions(db: &Db, user: i64, now: i64) -> Result<Vec<Session>> {
    db.all(
        "SELECT id_hash, user_agent, created_at, last_seen_at FROM sessions
         WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id_hash",
        args![user, now],
    )
    .await
}

/// Ends one session.
pub async fn end_session(tx: &mut Tx, id_hash: &str) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE id_hash = $1", args![id_hash])
        .await?;
    Ok(())
}

/// Ends one of a user's own sessions.
pub async fn end_own_session(tx: &mut Tx, user: i64, id_hash: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM sessions WHERE user_id = $1 AND id_hash = $2",
        args![user, id_hash],
    )
    .await?;
    Ok(())
}

/// Ends all of a user's sessions.
pub async fn end_sessions(tx: &mut Tx, user: i64) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE user_id = $1", args![user])
        .await?;
    Ok(())
}

/// Makes an API token; returns it, for it is shown once.
pub async fn add_token(
    tx: &mut Tx,
    user: i64,
    label: &str,
    expires_at: Option<i64>,
    now: i64,
) -> Result<String> {
    let token = format!("concord_{}", crate::secrets::token());
    tx.execute(
        "INSERT INTO api_tokens (user_id, label, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        args![user, label, crate::secrets::hash(&token), now, expires_at],
    )
    .await?;
    Ok(token)
}

/// One API token, without the secret.
#[derive(Debug, sqlx::FromRow)]
pub struct TokenRow {
    /// Id.
    pub id: i64,
    /// What its owner calls it.
    pub label: String,
    /// Made.
    pub created_at: i64,
    /// Ends, if it does.
    pub expires_at: Option<i64>,
}

/// A user's tokens.
pub async fn tokens(db: &Db, user: i64) -> Result<Vec<TokenRow>> {
    db.all(
        "SELECT id, label, created_at, expires_at FROM api_tokens WHERE user_id = $1 ORDER BY id",
        args![user],
    )
    .await
}

/// Deletes one of a user's own tokens.
pub async fn delete_token(tx: &mut Tx, user: i64, id: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM api_tokens WHERE user_id = $1 AND id = $2",
        args![user, id],
    )
    .await
}

/// The user whose token this is.
pub async fn user_by_token(db: &Db, token: &str, now: i64) -> Result<Option<User>> {
    db.optional(
        "SELECT u.id, u.email, u.name, u.is_admin, u.language
         FROM api_tokens t JOIN users u ON u.id = t.user_id
         WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND u.disabled_at IS NULL",
        args![crate::secrets::hash(token), now],
    )
    .await
}

/// Makes a one-time link that lets a user set a password; returns its secret part.
pub async fn add_password_link(tx: &mut Tx, user: i64, hours: i64, now: i64) -> Result<String> {
    let secret = crate::secrets::token();
    tx.execute(
        "INSERT INTO password_links (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        args![crate::secrets::hash(&secret), user, now, now + hours * HOUR],
    )
    .await?;
    Ok(secret)
}

/// Whose password an unused link would set.
pub async fn password_link_user(db: &Db, secret: &str, now: i64) -> Result<Option<User>> {
    db.optional(
        "SELECT u.id, u.email, u.name, u.is_admin, u.language
         FROM password_links l JOIN users u ON u.id = l.user_id
         WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND u.disabled_at IS NULL",
        args![crate::secrets::hash(secret), now],
    )
    .await
}

/// Uses a link up; false if somebody was quicker.
pub async fn use_password_link(tx: &mut Tx, secret: &str, now: i64) -> Result<bool> {
    Ok(tx
        .execute(
            "UPDATE password_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            args![crate::secrets::hash(secret), now],
        )
        .await?
        == 1)
}

/// Asks for an attempt to prove who one is: 0 if it may be made, else the seconds still to wait.
///
/// The attempt is counted as a failure before its outcome is known, so that a burst of parallel guesses gets no more
/// tries than a patient one; [`sign_in_succeeded`] forgets it. The first `free` failures cost nothing, then the wait
/// doubles from two seconds up to fifteen minutes. Failures older than a day are forgotten.
pub async fn sign_in_attempt(tx: &mut Tx, key: &str, free: i64, now: i64) -> Result<u64> {
    if tx.dialect() == Dialect::Postgres {
        // Attempts take turns; SQLite has one writer anyway.
        tx.optional::<(i64,)>(
            "SELECT 1::BIGINT FROM (SELECT pg_advisory_xact_lock(-1)) AS locked",
            args![],
        )
        .await?;
    }
    tx.execute(
        "DELETE FROM sign_in_failures WHERE last_at < $1",
        args![now - 24 * HOUR],
    )
    .await?;
    let row: Option<(i64, i64)> = tx
        .optional(
            "SELECT failures, last_at FROM sign_in_failures WHERE key = $1",
            args![key],
        )
        .await?;
    let (failures, last_at) = row.unwrap_or((0, 0));
    if failures >= free {
        let wait = (2_i64 << (failures - free).min(10)).min(900) * 1000;
        let left = last_at + wait - now;
        if left > 0 {
            return Ok(u64::try_from((left + 999) / 1000).unwrap_or(0));
        }
    }
    tx.execute(
        "INSERT INTO sign_in_failures (key, failures, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (key) DO UPDATE SET failures = sign_in_failures.failures + 1, last_at = $2",
        args![key, now],
    )
    .await?;
    Ok(0)
}

/// Forgets failures after a success.
pub async fn sign_in_succeeded(tx: &mut Tx, key: &str) -> Result<()> {
    tx.execute("DELETE FROM sign_in_failures WHERE key = $1", args![key])
        .await?;
    Ok(())
}
