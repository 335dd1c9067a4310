//! The downloads page: what there is, what of it is wanted, how it begins, and the file.
//!
//! Everything is in the address, so a download can be described in a paper by its link. The preview is read from the export
//! itself, not from a query of its own.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio_stream::StreamExt;

use super::api::{ExportOptions, percent};
use super::store::{self, Reader, Scope};
use super::stream::{self, Options};
use super::{Format, Unit};
use crate::activity::store as activity;
use crate::codebook;
use crate::coding::Filter;
use crate::documents::{self, store as document_store};
use crate::error::{Error, Result};
use crate::projects::{Access, Permission, store as projects};
use crate::web::{AppState, Layout, Path, Query, page};

/// Rows of the preview.
const PREVIEW: usize = 5;

/// Code points of a cell in the preview.
const CELL: usize = 120;

/// Bytes of an export that are read for its preview at most.
const PREVIEW_BYTES: usize = 1 << 20;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new().route("/projects/{p}/downloads", get(downloads))
}

#[derive(Debug, Default, Deserialize)]
struct Chosen {
    format: Option<String>,
}

/// One choice of a select.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// One select of the filters: its parameter, its label, what "no filter" is called, its options.
struct Pick {
    name: &'static str,
    label: String,
    options: Vec<Choice>,
}

/// One format among those offered.
struct Offer {
    value: &'static str,
    name: String,
    note: String,
    chosen: bool,
}

/// The first rows of an export.
struct Preview {
    /// Names of columns; whether they hold numbers.
    head: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
    /// How many rows there are of how many.
    count: String,
    /// What the button says.
    button: String,
    /// Where the rows are from.
    basis: String,
    /// What the format's columns mean.
    about: String,
}

#[derive(Template)]
#[template(path = "exchange/downloads.html")]
struct DownloadsPage {
    l: Layout,
    p: i64,
    format: Format,
    offers: Vec<Offer>,
    layers: Vec<Choice>,
    units: Vec<Choice>,
    bom: bool,
    picks: Vec<Pick>,
    document: String,
    date_from: String,
    date_to: String,
    filtered: bool,
    blind: Vec<String>,
    errors: Vec<(String, String)>,
    preview: Option<Preview>,
    href: String,
    api: String,
    command: String,
}

impl DownloadsPage {
    fn is_codebook(&self) -> bool {
        self.format == Format::Codebook
    }
    fn is_csv(&self) -> bool {
        matches!(self.format, Format::Csv | Format::Matrix | Format::Codebook)
    }
}

async fn downloads(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(chosen): Query<Chosen>,
    Query(mut filter): Query<Filter>,
    Query(options): Query<ExportOptions>,
) -> Result<Response> {
    access.require(Permission::ExportCodings)?;
    let l = access.layout(&state, "downloads").await?;
    let format = chosen
        .format
        .as_deref()
        .and_then(Format::parse)
        .unwrap_or(Format::Csv);
    // Two layers in one table are seldom what somebody wants; she who does says so.
    if filter.layer.as_deref().unwrap_or_default().is_empty() {
        filter.layer = Some("coder".to_owned());
    }
    let scope = Scope {
        project: p,
        visibility: access.visibility,
        filter,
    };
    let checked = options.read().and_then(|read| scope.check().map(|()| read));
    let (read, errors) = match checked {
        Ok(read) => (Some(read), Vec::new()),
        Err(Error::Invalid(fields)) => (
            None,
            fields
                .iter()
                .map(|e| (e.field.clone(), l.msg(&e.message)))
                .collect(),
        ),
        Err(e) => return Err(e),
    };
    let preview = match read {
        Some(read) => Some(preview(&state, &l, &scope, format, read).await?),
        None => None,
    };
    let unit = read.map_or_else(Unit::default, |r| r.unit);
    let query = query(format, &scope.filter, read.unwrap_or_default());
    let (href, api) = address(p, format, &query);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let filter = &scope.filter;
    let body = DownloadsPage {
        p,
        format,
        offers: offers(&l, format),
        layers: layers(&l, format, filter),
        units: [
            (Unit::Sentence, "downloads-unit-sentence"),
            (Unit::Paragraph, "downloads-unit-paragraph"),
            (Unit::Document, "downloads-unit-document"),
        ]
        .map(|(value, key)| Choice {
            value: value.as_str().to_owned(),
            label: l.t(key),
            chosen: value == unit,
        })
        .into(),
        bom: read.is_some_and(|r| r.bom),
        picks: picks(&state, &access, &l, filter).await?,
        document: filter.document.clone().unwrap_or_default(),
        date_from: filter.date_from.clone().unwrap_or_default(),
        date_to: filter.date_to.clone().unwrap_or_default(),
        filtered: query
            .iter()
            .any(|(name, _)| !["layer", "unit", "bom"].contains(&name.as_str())),
        blind: store::blind_rounds(&state.db, &scope).await?,
        errors,
        preview,
        href,
        api,
        command: command(p, format, &query),
        l,
    };
    Ok((status, page(&body)?).into_response())
}

fn offers(l: &Layout, format: Format) -> Vec<Offer> {
    [
        (Format::Csv, "downloads-csv", "downloads-csv-note"),
        (Format::Xlsx, "downloads-xlsx", "downloads-xlsx-note"),
        (Format::Jsonl, "downloads-jsonl", "downloads-jsonl-note"),
        (Format::Matrix, "downloads-matrix", "downloads-matrix-note"),
        (
            Format::Codebook,
            "downloads-codebook",
            "downloads-codebook-note",
        ),
    ]
    .map(|(value, name, note)| Offer {
        value: value.as_str(),
        name: l.t(name),
        note: l.t(note),
        chosen: value == format,
    })
    .into()
}

fn layers(l: &Layout, format: Format, filter: &Filter) -> Vec<Choice> {
    let mut layers = vec![
        ("coder", "downloads-layer-coder"),
        ("consensus", "downloads-layer-consensus"),
    ];
    if format != Format::Matrix {
        layers.push(("all", "downloads-layer-all"));
    }
    layers
        .into_iter()
        .map(|(value, key)| Choice {
            value: value.to_owned(),
            label: l.t(key),
            chosen: filter.layer.as_deref() == Some(value),
        })
        .collect()
}

async fn picks(
    state: &AppState,
    access: &Access,
    l: &Layout,
    filter: &Filter,
) -> Result<Vec<Pick>> {
    let p = access.project.id;
    let same = |name: String| (name.clone(), name);
    let codes = codebook::store::codes(&state.db, p).await?;
    let cases = document_store::properties::cases(&state.db, p).await?;
    let languages = document_store::list::languages(&state.db, p).await?;
    let members = projects::members(&state.db, p).await?;
    let rounds = store::rounds(&state.db, p).await?;
    let all = [
        (
            "code",
            "downloads-filter-code",
            &filter.code,
            codes
                .into_iter()
                .map(|c| {
                    let indent = "\u{2003}".repeat(c.depth);
                    (c.id.to_string(), format!("{indent}{}", c.name))
                })
                .collect::<Vec<_>>(),
        ),
        (
            "case",
            "downloads-filter-case",
            &filter.case,
            cases.into_iter().map(|c| same(c.name)).collect(),
        ),
        (
            "type",
            "downloads-filter-type",
            &filter.doc_type,
            documents::types(&access.locale, &access.project.settings),
        ),
        (
            "language",
            "downloads-filter-language",
            &filter.language,
            languages
                .into_iter()
                .map(|(tag, _)| {
                    let name = documents::language_name(&access.locale, &tag);
                    (tag, name)
                })
                .collect(),
        ),
        (
            "coder",
            "downloads-filter-coder",
            &filter.coder,
            members
                .into_iter()
                .filter(|m| {
                    crate::projects::Role::parse(&m.role).is_some_and(|r| r.may(Permission::Code))
                })
                .map(|m| (m.id.to_string(), m.name))
                .collect(),
        ),
        (
            "round",
            "downloads-filter-round",
            &filter.round,
            rounds
                .into_iter()
                .map(|(id, name)| (id.to_string(), name))
                .collect(),
        ),
    ];
    Ok(all
        .into_iter()
        .map(|(name, label, current, options)| pick(name, l.t(label), current, options))
        .filter(|pick| !pick.options.is_empty())
        .collect())
}

fn pick(
    name: &'static str,
    label: String,
    current: &Option<String>,
    options: Vec<(String, String)>,
) -> Pick {
    let current = current.as_deref().unwrap_or_default();
    let mut options: Vec<Choice> = options
        .into_iter()
        .map(|(value, label)| Choice {
            chosen: value == current,
            value,
            label,
        })
        .collect();
    // An address may ask for several at once, which a select cannot say but must not forget.
    if !current.is_empty() && !options.iter().any(|o| o.chosen) {
        options.push(Choice {
            value: current.to_owned(),
            label: current.to_owned(),
            chosen: true,
        });
    }
    Pick {
        name,
        label,
        options,
    }
}

/// The parameters of the download, in a fixed order.
fn query(format: Format, filter: &Filter, options: Options) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    if format != Format::Codebook
        && let Ok(serde_json::Value::Object(values)) = serde_json::to_value(filter)
    {
        for (name, value) in values {
            let value = value.as_str().unwrap_or_default();
            if !value.is_empty() {
                pairs.push((name, value.to_owned()));
            }
        }
    }
    if format == Format::Matrix {
        pairs.push(("unit".to_owned(), options.unit.as_str().to_owned()));
    }
    let csv = matches!(format, Format::Csv | Format::Matrix | Format::Codebook);
    if options.bom && csv {
        pairs.push(("bom".to_owned(), "true".to_owned()));
    }
    pairs
}

/// Where the file is, and the same for people to read.
fn address(p: i64, format: Format, query: &[(String, String)]) -> (String, String) {
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    let path = format!("/api/v1/projects/{p}/export/{}", format.as_str());
    let href = if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    };
    let api = format!("GET {href}");
    (href, api)
}

/// The same download on the command line.
fn command(p: i64, format: Format, query: &[(String, String)]) -> String {
    let mut words = format!(
        "concord export --project {p} --format {} --out {}",
        format.as_str(),
        format.file_name()
    );
    for (name, value) in query {
        let flag = name.replace('_', "-");
        if name == "bom" {
            words.push_str(" --bom");
        } else if value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.,".contains(c))
        {
            words.push_str(&format!(" --{flag} {value}"));
        } else {
            words.push_str(&format!(" --{flag} '{}'", value.replace('\'', "'\\''")));
        }
    }
    words
}

async fn preview(
    state: &AppState,
    l: &Layout,
    scope: &Scope,
    format: Format,
    options: Options,
) -> Result<Preview> {
    match format {
        Format::Csv | Format::Xlsx | Format::Jsonl => {
            preview_of_codings(state, l, scope, format).await
        }
        Format::Matrix => preview_of_matrix(state, l, scope, options).await,
        Format::Codebook => {
            let (head, rows) = beginning(state, scope, format, options).await?;
            let codes = codebook::store::codes(&state.db, scope.project).await?;
            let version = codebook::store::latest_version(&state.db, scope.project).await?;
            Ok(Preview {
                head: head.into_iter().map(|h| (h, false)).collect(),
                count: l.t2("downloads-rows", "shown", rows.len(), "count", codes.len()),
                rows,
                button: l.t1("downloads-button-codes", "count", codes.len()),
                basis: if version == 0 {
                    l.t("downloads-basis-unpublished")
                } else {
                    l.t1("downloads-basis-codebook", "version", version)
                },
                about: l.t("downloads-codebook-about"),
            })
        }
    }
}

async fn preview_of_codings(
    state: &AppState,
    l: &Layout,
    scope: &Scope,
    format: Format,
) -> Result<Preview> {
    let counts = store::count(&state.db, scope).await?;
    let mut reader = Reader::open_with(&state.db, scope.clone(), 5).await?;
    let mut rows = Vec::new();
    while rows.len() < PREVIEW
        && let Some(page) = reader.next().await?
    {
        rows.extend(page);
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .take(PREVIEW)
        .map(|row| {
            vec![
                short(&row.document.title),
                row.code.path.clone(),
                row.coder.to_string(),
                row.start.to_string(),
                row.end.to_string(),
                short(&row.quote),
                row.weight.map(|w| w.to_string()).unwrap_or_default(),
            ]
        })
        .collect();
    let head = [
        ("document_title", false),
        ("code_path", false),
        ("coder", false),
        ("start", true),
        ("end", true),
        ("quote", false),
        ("weight", true),
    ];
    let (name, about) = match format {
        Format::Xlsx => ("XLSX", "downloads-xlsx-about"),
        Format::Jsonl => ("JSON Lines", "downloads-jsonl-about"),
        _ => ("CSV", "downloads-csv-about"),
    };
    Ok(Preview {
        head: head.map(|(name, num)| (name.to_owned(), num)).into(),
        count: l.t2(
            "downloads-rows",
            "shown",
            rows.len(),
            "count",
            counts.codings,
        ),
        rows,
        button: l.t2(
            "downloads-button-codings",
            "count",
            counts.codings,
            "format",
            name,
        ),
        basis: l.t2(
            "downloads-basis-codings",
            "documents",
            counts.documents,
            "coders",
            counts.coders,
        ),
        about: l.t(about),
    })
}

async fn preview_of_matrix(
    state: &AppState,
    l: &Layout,
    scope: &Scope,
    options: Options,
) -> Result<Preview> {
    // Counting sentences means finding them, so the count is kept until something changes.
    let seq = activity::latest(&state.db, scope.project).await?;
    let key = (
        "matrix-count",
        scope.project,
        format!(
            "{seq} {} {} {} {}",
            scope.visibility.viewer(),
            scope.visibility.everything(),
            options.unit.as_str(),
            serde_json::to_string(&scope.filter)?
        ),
    );
    let counts = state
        .cache
        .get_or(key, async {
            let counts = stream::count_matrix(&state.db, scope, options.unit).await?;
            Ok((counts, 64))
        })
        .await?;
    let (head, rows) = beginning(state, scope, Format::Matrix, options).await?;
    let numbers = ["document_id", "unit", "start", "end"];
    Ok(Preview {
        head: head
            .into_iter()
            .enumerate()
            .map(|(i, h)| {
                let number = numbers.contains(&h.as_str()) || i >= super::matrix::COLUMNS.len();
                (h, number)
            })
            .collect(),
        count: l.t2("downloads-rows", "shown", rows.len(), "count", counts.rows),
        rows,
        button: l.t1("downloads-button-rows", "count", counts.rows),
        basis: [
            l.t2(
                "downloads-basis-matrix",
                "documents",
                counts.documents,
                "coders",
                counts.coders,
            ),
            l.t1("downloads-basis-codes", "count", counts.codes),
        ]
        .join(" "),
        about: l.t("downloads-matrix-about"),
    })
}

/// Header and first rows of an export that is CSV, read from the export itself.
async fn beginning(
    state: &AppState,
    scope: &Scope,
    format: Format,
    options: Options,
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let options = Options {
        bom: false,
        ..options
    };
    let mut chunks = stream::start(&state.db, scope.clone(), format, options).await?;
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk?);
        // A row more than is shown, as the last one may be cut.
        let rows = ::csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(bytes.as_slice())
            .into_byte_records()
            .take(PREVIEW + 1)
            .count();
        if rows > PREVIEW || bytes.len() > PREVIEW_BYTES {
            break;
        }
    }
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(bytes.as_slice());
    let text = |record: &::csv::ByteRecord| -> Vec<String> {
        record
            .iter()
            .map(|cell| short(&String::from_utf8_lossy(cell)))
            .collect()
    };
    let head = reader.byte_headers().map_err(super::csv::failed)?.clone();
    let rows = reader
        .byte_records()
        .take(PREVIEW)
        .map(|record| record.map(|r| text(&r)).map_err(super::csv::failed))
        .collect::<Result<_>>()?;
    Ok((text(&head), rows))
}

/// The beginning of a text, on one line.
fn short(text: &str) -> String {
    let line: String = text
        .chars()
        .take(CELL)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(CELL).is_some() {
        format!("{line}…")
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_download_as_address_and_as_command() {
        let filter = Filter {
            case: Some("Iran, l'Israël".to_owned()),
            date_from: Some("2015".to_owned()),
            ..Filter::default()
        };
        let options = Options {
            bom: true,
            unit: Unit::Paragraph,
        };
        let query = query(Format::Matrix, &filter, options);
        assert_eq!(
            address(3, Format::Matrix, &query).0,
            "/api/v1/projects/3/export/matrix-csv?case=Iran%2C%20l%27Isra%C3%ABl&date_from=2015&unit=paragraph&bom=true"
        );
        assert_eq!(
            command(3, Format::Matrix, &query),
            "concord export --project 3 --format matrix-csv --out matrix.csv \
             --case 'Iran, l'\\''Israël' --date-from 2015 --unit paragraph --bom"
        );
    }

    #[test]
    fn a_long_cell_is_cut_between_code_points() {
        assert_eq!(short("a\nb"), "a b");
        assert_eq!(short(&"ی".repeat(120)), "ی".repeat(120));
        assert_eq!(short(&"ی".repeat(121)), format!("{}…", "ی".repeat(120)));
    }
}
