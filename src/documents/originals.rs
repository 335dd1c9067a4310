//! Originals: the uploaded bytes, kept as they came and handed back only as a download.
//!
//! The file store names them by their hash, inside a folder of their project, so that the same bytes are kept once. No
//! original is ever rendered: it goes out as an attachment, with a policy that lets it run nothing.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};

use super::Original;
use crate::error::{Error, Result};
use crate::web::AppState;

/// SHA-256 of an upload, as it is stored and compared.
pub fn sha256(bytes: &[u8]) -> String {
    crate::secrets::hex(&Sha256::digest(bytes))
}

/// Keeps the bytes, unless they are there already.
pub async fn keep(
    state: &AppState,
    project: i64,
    name: &str,
    media_type: &str,
    sha256: &str,
    bytes: Bytes,
) -> Result<Original> {
    let key = format!("originals/{project}/{}/{sha256}", &sha256[..2]);
    let path = Path::from(key.as_str());
    let size = bytes.len() as u64;
    let there = state
        .files
        .head(&path)
        .await
        .is_ok_and(|meta| meta.size == size);
    if !there {
        state.files.put(&path, PutPayload::from(bytes)).await?;
    }
    Ok(Original {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: sha256.to_owned(),
        size,
        key,
    })
}

/// The bytes of an original, all at once.
pub async fn read(state: &AppState, original: &Original) -> Result<Bytes> {
    let found = state.files.get(&Path::from(original.key.as_str())).await?;
    Ok(found.bytes().await?)
}

/// Streams an original back, byte for byte.
pub async fn download(state: &AppState, original: &Original) -> Result<Response> {
    let found = match state.files.get(&Path::from(original.key.as_str())).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => {
            return Err(Error::Internal(anyhow::anyhow!(
                "the original {} is not in the file store",
                original.key
            )));
        }
        Err(e) => return Err(e.into()),
    };
    let mut headers = HeaderMap::new();
    let media_type = HeaderValue::from_str(&original.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(found.meta.size));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&original.name));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", original.sha256)) {
        headers.insert(header::ETAG, tag);
    }
    Ok((headers, Body::from_stream(found.into_stream())).into_response())
}

fn parking_place(project: i64, sha256: &str) -> Result<Path> {
    let valid = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    if !valid {
        return Err(Error::NotFound("thing-original"));
    }
    Ok(Path::from(format!("pending/{project}/{sha256}")))
}

/// Keeps a table until somebody has said what to do with it; the hash under which it is found again.
pub async fn park(state: &AppState, project: i64, bytes: Bytes) -> Result<String> {
    let sha256 = sha256(&bytes);
    let place = parking_place(project, &sha256)?;
    state.files.put(&place, PutPayload::from(bytes)).await?;
    Ok(sha256)
}

/// A table that was kept by [`park`].
pub async fn parked(state: &AppState, project: i64, sha256: &str) -> Result<Bytes> {
    match state.files.get(&parking_place(project, sha256)?).await {
        Ok(found) => Ok(found.bytes().await?),
        Err(object_store::Error::NotFound { .. }) => Err(Error::NotFound("thing-original")),
        Err(e) => Err(e.into()),
    }
}

/// Lets go of it. That it is gone already does not matter.
pub async fn unpark(state: &AppState, project: i64, sha256: &str) -> Result<()> {
    let _ = state.files.delete(&parking_place(project, sha256)?).await;
    Ok(())
}

/// `Content-Disposition` for a download of that name (RFC 6266): plain letters for old clients, all of it for others.
pub fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' | '(' | ')' => c,
            _ => '_',
        })
        .collect();
    let mut full = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                full.push(char::from(byte));
            }
            _ => full.push_str(&format!("%{byte:02X}")),
        }
    }
    HeaderValue::from_str(&format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    ))
    .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_and_trick_are_safe_in_the_header() {
        assert_eq!(
            attachment("a \"b\"\r\nSet-Cookie: x.pdf"),
            "attachment; filename=\"a _b___Set-Cookie_ x.pdf\"; filename*=UTF-8''a%20%22b%22%0D%0ASet-Cookie%3A%20x.pdf"
        );
        assert_eq!(
            attachment("متن.txt"),
            "attachment; filename=\"___.txt\"; filename*=UTF-8''%D9%85%D8%AA%D9%86.txt"
        );
    }
}
