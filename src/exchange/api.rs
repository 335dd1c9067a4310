//! Downloads for programs, and behind the page's own links.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::Scope;
use super::stream::{self, Options};
use super::{Format, Unit};
use crate::coding::Filter;
use crate::error::{Error, OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Path, Query};

/// The routes of this room.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export))
}

/// What an export may be told beside the common filters.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub struct ExportOptions {
    /// `true`: CSV begins with a byte order mark.
    pub bom: Option<String>,
    /// What the rows of a matrix are: `sentence` (when left out), `paragraph` or `document`.
    pub unit: Option<String>,
}

impl ExportOptions {
    /// As values, or which of them cannot be.
    pub fn read(&self) -> Result<Options> {
        let bom = match self.bom.as_deref() {
            None | Some("" | "false" | "0") => false,
            Some("true" | "1" | "on") => true,
            Some(_) => return Err(Error::invalid("bom", "downloads-error-bom")),
        };
        let unit = match self.unit.as_deref() {
            None | Some("") => Unit::default(),
            Some(unit) => {
                Unit::parse(unit).ok_or_else(|| Error::invalid("unit", "downloads-error-unit"))?
            }
        };
        Ok(Options { bom, unit })
    }
}

/// The coded data as a file.
///
/// Formats: `csv`, `xlsx`, `jsonl` (one row per coding), `matrix-csv` (one row per unit and coder), `codebook-csv`. Two
/// exports of the same data are the same bytes. While a round is blind, a coder's export holds only her own codings of
/// its documents.
#[utoipa::path(
    get,
    path = "/projects/{p}/export/{format}",
    tag = "export",
    params(
        ("p" = i64, Path, description = "Project"),
        ("format" = String, Path, description = "csv, xlsx, jsonl, matrix-csv or codebook-csv"),
        Filter,
        ExportOptions
    ),
    responses(
        (status = 200, description = "The file, streamed", content(
            (String = "text/csv"),
            (String = "application/jsonl"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 403, description = "The role may not download codings"),
        (status = 404, description = "No such project or format"),
        (status = 422, description = "A filter that cannot be read"),
    )
)]
async fn export(
    State(state): State<AppState>,
    access: Access,
    Path((_p, format)): Path<(i64, String)>,
    Query(filter): Query<Filter>,
    Query(options): Query<ExportOptions>,
) -> Result<Response> {
    access.require(Permission::ExportCodings)?;
    let format = Format::parse(&format).or_404("thing-format")?;
    let scope = Scope {
        project: access.project.id,
        visibility: access.visibility,
        filter,
    };
    let chunks = stream::start(&state.db, scope, format, options.read()?).await?;
    let disposition = disposition(&access.project.name, format.file_name());
    Ok((
        [
            (header::CONTENT_TYPE, format.media_type().to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        Body::from_stream(chunks),
    )
        .into_response())
}

/// `Content-Disposition` with the project's name in the file's (RFC 6266): for old clients in ASCII, for all others whole.
pub fn disposition(project: &str, file: &str) -> String {
    let clean: String = project
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    let whole = format!(
        "{} {file}",
        clean.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    let whole = whole.trim();
    let encoded = percent(whole);
    format!("attachment; filename=\"{file}\"; filename*=UTF-8''{encoded}")
}

/// Everything but the unreserved characters of an address, percent-encoded.
pub(super) fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn file_names_hold_the_project_whatever_its_script() {
        assert_eq!(
            disposition("ایران / \"x\"\n", "codings.csv"),
            "attachment; filename=\"codings.csv\"; \
             filename*=UTF-8''%D8%A7%DB%8C%D8%B1%D8%A7%D9%86%20x%20codings.csv"
        );
    }
}
