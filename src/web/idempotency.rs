//! `Idempotency-Key`: the same key by the same user gives the first answer again.
//!
//! A browser that lost its connection does not know whether its write arrived; it sends it again under the same key.
//! The answer is kept for a day. Two requests under one key at once wait for each other. Answers of 5xx are not kept,
//! so that the write can be tried again.
//!
//! A handler on the hot path may keep its answer inside its own transaction with [`keep`] and mark the response with
//! [`Kept`]; everybody else's answer is kept here, after the handler.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::AppState;
use super::viewer::Viewer;
use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};

/// How long an answer is kept, in milliseconds.
const KEPT_FOR: i64 = 24 * 3600 * 1000;

/// Largest body that is looked at under a key; uploads of files go without.
const LARGEST: usize = 16 * 1024 * 1024;

/// Keys whose first request is still running.
#[derive(Default)]
pub struct InFlight(Mutex<HashMap<UserKey, Arc<tokio::sync::Mutex<()>>>>);

/// A user and the key she sent.
type UserKey = (i64, String);

/// The key of the running request, for a handler that keeps its answer by itself.
#[derive(Clone, Debug)]
pub struct Key {
    user: i64,
    key: String,
    request_hash: String,
}

/// Marks a response whose answer the handler has kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept;

/// Keeps an answer in the transaction of the write itself.
pub async fn keep(tx: &mut Tx, key: &Key, status: u16, body: &str, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO idempotency_keys (user_id, key, request_hash, status, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        args![
            key.user,
            &key.key,
            &key.request_hash,
            i64::from(status),
            body,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Keeps an answer in the write's own transaction, commits, and gives the answer: the end of a write on the hot path. An empty
/// body is an answer without one.
pub async fn finish(
    mut tx: Tx,
    key: Option<axum::Extension<Key>>,
    status: StatusCode,
    body: String,
    now: i64,
) -> Result<Response> {
    let kept = key.is_some();
    if let Some(axum::Extension(key)) = key {
        keep(&mut tx, &key, status.as_u16(), &body, now).await?;
    }
    tx.commit().await?;
    let mut response = answer(status, body);
    if kept {
        response.extensions_mut().insert(Kept);
    }
    Ok(response)
}

/// Forgets answers older than a day.
pub async fn sweep(state: &AppState) -> Result<()> {
    let mut tx = state.db.begin().await?;
    tx.execute(
        "DELETE FROM idempotency_keys WHERE created_at < $1",
        args![state.now() - KEPT_FOR],
    )
    .await?;
    tx.commit().await
}

/// The layer, around the API's routes.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let writes = matches!(
        *request.method(),
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE
    );
    let key = request
        .headers()
        .get("idempotency-key")
        .and_then(|v| v.to_str().ok())
        .map(ToOwned::to_owned);
    let user = Viewer::of(&request).user.map(|u| u.id);
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|t| t.as_bytes().starts_with(b"application/json"));
    match (key, user) {
        (Some(key), Some(user)) if writes && is_json => {
            if key.is_empty() || key.len() > 200 {
                return Error::BadRequest("Idempotency-Key must be 1 to 200 characters".to_owned())
                    .into_response();
            }
            match run(&state, user, key, request, next).await {
                Ok(response) => response,
                Err(e) => e.into_response(),
            }
        }
        _ => next.run(request).await,
    }
}

async fn run(
    state: &AppState,
    user: i64,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response> {
    let lock = {
        let mut flights = state
            .in_flight
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        flights.entry((user, key.clone())).or_default().clone()
    };
    let guard = lock.lock().await;
    let outcome = run_alone(state, user, key.clone(), request, next).await;
    drop(guard);
    let mut flights = state
        .in_flight
        .0
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    // Ours and the map's: nobody else waits.
    if Arc::strong_count(&lock) <= 2 {
        flights.remove(&(user, key));
    }
    outcome
}

async fn run_alone(
    state: &AppState,
    user: i64,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST)
        .await
        .map_err(|_| Error::TooLarge("error-body-too-large".into()))?;
    let mut hasher = Sha256::new();
    hasher.update(parts.method.as_str());
    hasher.update([0]);
    hasher.update(parts.uri.to_string());
    hasher.update([0]);
    hasher.update(&bytes);
    let request_hash = crate::secrets::hex(&hasher.finalize());
    let kept: Option<(String, i64, String)> = state
        .db
        .optional(
            "SELECT request_hash, status, body FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND created_at > $3",
            args![user, &key, state.now() - KEPT_FOR],
        )
        .await?;
    if let Some((hash, status, body)) = kept {
        if hash != request_hash {
            return Err(Error::Conflict {
                slug: "idempotency-key-reused",
                message: "error-idempotency-reused".into(),
                current: serde_json::Value::Null,
            });
        }
        let status = u16::try_from(status)
            .ok()
            .and_then(|s| StatusCode::from_u16(s).ok())
            .unwrap_or(StatusCode::OK);
        return Ok(answer(status, body));
    }
    let key = Key {
        user,
        key,
        request_hash,
    };
    let mut request = Request::from_parts(parts, Body::from(bytes));
    request.extensions_mut().insert(key.clone());
    let response = next.run(request).await;
    if response.status().is_server_error()
        || response.extensions().get::<Kept>().is_some()
        || response.extensions().get::<Arc<Error>>().is_some()
    {
        // A refused write left nothing behind, so asking again may ask again.
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST)
        .await
        .map_err(|e| Error::Internal(anyhow::anyhow!("reading an answer: {e}")))?;
    let mut tx = state.db.begin().await?;
    keep(
        &mut tx,
        &key,
        parts.status.as_u16(),
        &String::from_utf8_lossy(&bytes),
        state.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// An answer from its stored parts.
fn answer(status: StatusCode, body: String) -> Response {
    if body.is_empty() {
        return status.into_response();
    }
    let mut response = (status, body).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
