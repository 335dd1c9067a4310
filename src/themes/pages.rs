//! The Themes page with its figures and files, and the page of quotes that every mark leads to.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::api::{Cut, with_layer};
use super::figure::{self, Ask, Figure, encode};
use super::store::{self, Narrow, QuoteRow};
use crate::coding::Filter;
use crate::coding::unit_store::TextUnit;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission, store as projects};
use crate::text::Span;
use crate::web::{AppState, Layout, Path, Query, page};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/projects/{p}/themes", get(themes))
        .route("/projects/{p}/themes/{file}", get(file))
        .route("/projects/{p}/passages", get(passages))
}

/// One choice of a select.
pub struct Choice {
    /// Sent.
    pub value: String,
    /// Shown.
    pub label: String,
    /// Chosen now.
    pub chosen: bool,
}

/// The filter bar, shared by all figures.
pub struct Bar {
    /// Whose codings.
    pub layers: Vec<Choice>,
    /// Codes, indented by depth.
    pub codes: Vec<Choice>,
    /// Cases.
    pub cases: Vec<Choice>,
    /// Document types.
    pub types: Vec<Choice>,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Coders.
    pub coders: Vec<Choice>,
    /// From this date.
    pub date_from: String,
    /// To this date.
    pub date_to: String,
    /// What is filtered, each with the address without it.
    pub chips: Vec<(String, String, String)>,
    /// Address without any filter.
    pub clear: String,
}

#[derive(Template)]
#[template(path = "themes/themes.html")]
struct ThemesPage {
    l: Layout,
    p: i64,
    bar: Bar,
    tab: &'static str,
    tabs: Vec<(&'static str, String, String)>,
    figure: Figure,
    query: String,
    cuts: Vec<(&'static str, String, Vec<Choice>)>,
    has_codings: bool,
}

fn wanted(value: Option<&String>, candidate: &str) -> bool {
    value.is_some_and(|v| v.split(',').any(|part| part.trim() == candidate))
}

fn pairs(filter: &Filter, cut: &Cut, tab: &str, without: &str) -> Vec<(String, String)> {
    let mut out = vec![("tab".to_owned(), tab.to_owned())];
    if let Ok(serde_json::Value::Object(values)) = serde_json::to_value(filter) {
        for (name, value) in values {
            let text = value.as_str().unwrap_or_default();
            if name != without && !text.is_empty() {
                out.push((name, text.to_owned()));
            }
        }
    }
    for (name, value) in [
        ("by", &cut.by),
        ("subtree", &cut.subtree),
        ("within", &cut.within),
        ("group", &cut.group),
    ] {
        if let Some(value) = value.as_ref().filter(|v| !v.is_empty())
            && name != without
        {
            out.push((name.to_owned(), value.clone()));
        }
    }
    out
}

async fn bar(
    state: &AppState,
    access: &Access,
    l: &Layout,
    filter: &Filter,
    cut: &Cut,
    tab: &str,
) -> Result<Bar> {
    let p = access.project.id;
    let all = Filter {
        layer: filter.layer.clone(),
        ..Filter::default()
    };
    let everything = store::material(state, &access.visibility, p, &all).await?;
    let members = projects::members(&state.db, p).await?;
    let mut cases: Vec<&String> = Vec::new();
    let mut types: Vec<&String> = Vec::new();
    let mut languages: Vec<&String> = Vec::new();
    for document in &everything.corpus.documents {
        for case in &document.cases {
            if !cases.contains(&case) {
                cases.push(case);
            }
        }
        if !types.contains(&&document.doc_type) {
            types.push(&document.doc_type);
        }
        if !document.language.is_empty() && !languages.contains(&&document.language) {
            languages.push(&document.language);
        }
    }
    cases.sort();
    types.sort();
    languages.sort();
    let depth_of: HashMap<i64, usize> = everything
        .corpus
        .codes
        .iter()
        .map(|c| (c.id, c.path.replace("\\>", "").matches(" > ").count()))
        .collect();
    let coders: HashSet<i64> = everything.spans.iter().map(|s| s.coder).collect();
    let choice = |value: String, label: String, field: Option<&String>| Choice {
        chosen: wanted(field, &value),
        value,
        label,
    };
    let base = format!("/projects/{p}/themes?");
    let mut chips = Vec::new();
    let mut chip = |name: &str, label: String, value: String| {
        chips.push((
            label,
            value,
            format!("{base}{}", encode(&pairs(filter, cut, tab, name))),
        ));
    };
    if let Some(v) = filter.case.as_ref().filter(|v| !v.is_empty()) {
        chip("case", l.t("themes-filter-case"), v.replace(',', ", "));
    }
    if let Some(v) = filter.doc_type.as_ref().filter(|v| !v.is_empty()) {
        let names = v
            .split(',')
            .map(|t| type_label(access, l, t.trim()))
            .collect::<Vec<_>>()
            .join(", ");
        chip("type", l.t("themes-filter-type"), names);
    }
    if let Some(v) = filter.language.as_ref().filter(|v| !v.is_empty()) {
        let names = v
            .split(',')
            .map(|t| language_label(l, t.trim()))
            .collect::<Vec<_>>()
            .join(", ");
        chip("language", l.t("themes-filter-language"), names);
    }
    for (name, key, value) in [
        ("date_from", "themes-filter-from", &filter.date_from),
        ("date_to", "themes-filter-to", &filter.date_to),
    ] {
        if let Some(v) = value.as_ref().filter(|v| !v.is_empty()) {
            chip(name, l.t(key), l.date(v));
        }
    }
    if let Some(v) = filter.code.as_ref().filter(|v| !v.is_empty()) {
        let names: Vec<String> = everything
            .corpus
            .codes
            .iter()
            .filter(|c| wanted(Some(v), &c.id.to_string()))
            .map(|c| c.name.clone())
            .collect();
        chip("code", l.t("themes-filter-code"), names.join(", "));
    }
    if let Some(v) = filter.coder.as_ref().filter(|v| !v.is_empty()) {
        let names: Vec<String> = members
            .iter()
            .filter(|m| wanted(Some(v), &m.id.to_string()))
            .map(|m| m.name.clone())
            .collect();
        chip("coder", l.t("themes-filter-coder"), names.join(", "));
    }
    Ok(Bar {
        layers: [
            ("coder", "themes-layer-coder"),
            ("consensus", "themes-layer-consensus"),
        ]
        .map(|(value, key)| choice(value.to_owned(), l.t(key), filter.layer.as_ref()))
        .into(),
        codes: everything
            .corpus
            .codes
            .iter()
            .map(|c| {
                let indent = "\u{2003}".repeat(depth_of.get(&c.id).copied().unwrap_or(0));
                choice(
                    c.id.to_string(),
                    format!("{indent}{}", c.name),
                    filter.code.as_ref(),
                )
            })
            .collect(),
        cases: cases
            .into_iter()
            .map(|c| choice(c.clone(), c.clone(), filter.case.as_ref()))
            .collect(),
        types: types
            .into_iter()
            .map(|t| {
                choice(
                    t.clone(),
                    type_label(access, l, t),
                    filter.doc_type.as_ref(),
                )
            })
            .collect(),
        languages: languages
            .into_iter()
            .map(|t| choice(t.clone(), language_label(l, t), filter.language.as_ref()))
            .collect(),
        coders: members
            .iter()
            .filter(|m| coders.contains(&m.id))
            .map(|m| choice(m.id.to_string(), m.name.clone(), filter.coder.as_ref()))
            .collect(),
        date_from: filter.date_from.clone().unwrap_or_default(),
        date_to: filter.date_to.clone().unwrap_or_default(),
        chips,
        clear: format!("{base}{}", encode(&pairs(&Filter::default(), cut, tab, ""))),
    })
}

fn type_label(access: &Access, l: &Layout, slug: &str) -> String {
    access
        .project
        .settings
        .document_types
        .iter()
        .find(|t| t.slug == slug)
        .map_or_else(|| l.t(&format!("document-type-{slug}")), |t| t.name.clone())
}

fn language_label(l: &Layout, tag: &str) -> String {
    let key = format!("language-{tag}");
    let label = l.t(&key);
    if label == key { tag.to_owned() } else { label }
}

async fn coder_names(state: &AppState, access: &Access) -> Result<HashMap<i64, String>> {
    Ok(projects::members(&state.db, access.project.id)
        .await?
        .into_iter()
        .map(|m| (m.id, m.name))
        .collect())
}

#[derive(Deserialize, Default)]
struct Tab {
    tab: Option<String>,
}

fn tab_name(tab: &Tab) -> &'static str {
    figure::NAMES
        .into_iter()
        .find(|n| Some(*n) == tab.tab.as_deref())
        .unwrap_or("frequency")
}

/// A cut that belongs to another figure must not break this one.
fn cut_for(tab: &str, cut: Cut) -> Cut {
    let steps = ["year", "quarter", "month"];
    let by = cut
        .by
        .filter(|by| (tab == "trend") == steps.contains(&by.as_str()));
    Cut { by, ..cut }
}

/// The choices that belong to one figure: name of the parameter, label, options.
fn cuts(
    tab: &str,
    cut: &Cut,
    l: &Layout,
    attributes: &[String],
) -> Vec<(&'static str, String, Vec<Choice>)> {
    let choices = |current: Option<&String>, options: &[(&str, &str)]| -> Vec<Choice> {
        options
            .iter()
            .enumerate()
            .map(|(i, (value, key))| Choice {
                value: (*value).to_owned(),
                label: l.t(key),
                chosen: current.map_or(i == 0, |c| c == value),
            })
            .collect()
    };
    let groups = |none: bool| {
        let mut options = Vec::new();
        if none {
            options.push(("", "themes-by-none"));
        }
        options.extend([
            ("case", "themes-by-case"),
            ("type", "themes-by-type"),
            ("language", "themes-by-language"),
            ("coder", "themes-by-coder"),
        ]);
        let mut made = choices(cut.by.as_ref(), &options);
        for name in attributes {
            let value = format!("attribute:{name}");
            made.push(Choice {
                chosen: cut.by.as_deref() == Some(&value),
                value,
                label: name.clone(),
            });
        }
        made
    };
    match tab {
        "trend" => vec![
            (
                "by",
                l.t("themes-cut-period"),
                choices(
                    cut.by.as_ref(),
                    &[
                        ("year", "themes-step-year"),
                        ("quarter", "themes-step-quarter"),
                        ("month", "themes-step-month"),
                    ],
                ),
            ),
            (
                "group",
                l.t("themes-cut-lines"),
                choices(
                    cut.group.as_ref(),
                    &[("", "themes-lines-codes"), ("case", "themes-lines-cases")],
                ),
            ),
        ],
        "cases" => vec![("by", l.t("themes-cut-by"), groups(false))],
        "together" => vec![(
            "within",
            l.t("themes-cut-within"),
            choices(
                cut.within.as_ref(),
                &[
                    ("overlap", "themes-within-overlap"),
                    ("sentence", "themes-within-sentence"),
                    ("paragraph", "themes-within-paragraph"),
                    ("document", "themes-within-document"),
                ],
            ),
        )],
        _ => vec![
            ("by", l.t("themes-cut-by"), groups(true)),
            (
                "subtree",
                l.t("themes-cut-subtree"),
                choices(
                    cut.subtree.as_ref(),
                    &[("", "themes-subtree-off"), ("true", "themes-subtree-on")],
                ),
            ),
        ],
    }
}

async fn themes(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
    Query(tab): Query<Tab>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let l = access.layout(&state, "themes").await?;
    let tab = tab_name(&tab);
    let filter = with_layer(filter);
    let cut = cut_for(tab, cut);
    let coders = coder_names(&state, &access).await?;
    let figure = figure::figure(
        tab,
        &Ask {
            state: &state,
            access: &access,
            l: &l,
            filter: &filter,
            cut: &cut,
            coders: &coders,
        },
    )
    .await?;
    let bar = bar(&state, &access, &l, &filter, &cut, tab).await?;
    let material = store::material(&state, &access.visibility, p, &filter).await?;
    let mut attributes: Vec<String> = material
        .corpus
        .documents
        .iter()
        .flat_map(|d| d.attributes.iter().map(|(name, _)| name.clone()))
        .collect();
    attributes.sort();
    attributes.dedup();
    let tabs = figure::NAMES
        .into_iter()
        .map(|name| {
            (
                name,
                l.t(&format!("themes-tab-{name}")),
                format!(
                    "/projects/{p}/themes?{}",
                    encode(&pairs(&filter, &Cut::default(), name, ""))
                ),
            )
        })
        .collect();
    let query = encode(
        &pairs(&filter, &cut, tab, "")
            .into_iter()
            .skip(1)
            .collect::<Vec<_>>(),
    );
    page(&ThemesPage {
        p,
        cuts: cuts(tab, &cut, &l, &attributes),
        has_codings: !material.spans.is_empty(),
        l,
        bar,
        tab,
        tabs,
        figure,
        query,
    })
}

/// `frequency.svg`, `trend.csv` …
async fn file(
    State(state): State<AppState>,
    access: Access,
    Path((_p, file)): Path<(i64, String)>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let (name, ending) = file.rsplit_once('.').ok_or(Error::NotFound("thing-page"))?;
    let l = access.layout(&state, "themes").await?;
    let filter = with_layer(filter);
    let cut = cut_for(name, cut);
    let coders = coder_names(&state, &access).await?;
    let figure = figure::figure(
        name,
        &Ask {
            state: &state,
            access: &access,
            l: &l,
            filter: &filter,
            cut: &cut,
            coders: &coders,
        },
    )
    .await?;
    let disposition = (
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"concord-{}.{ending}\"", figure.name),
    );
    match ending {
        "svg" => Ok((
            [
                (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
                disposition,
            ],
            figure.file(),
        )
            .into_response()),
        "csv" => Ok((
            [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                disposition,
            ],
            figure.csv()?,
        )
            .into_response()),
        _ => Err(Error::NotFound("thing-page")),
    }
}

/// What the page of quotes takes beside the common filters.
#[derive(Debug, Deserialize, Default)]
struct Behind {
    /// Only the code itself.
    exact: Option<String>,
    /// A code that it must meet.
    with: Option<i64>,
    /// Within what.
    within: Option<String>,
    /// `2015`, `2015-Q3` or `2015-09`.
    period: Option<String>,
    /// `NAME=VALUE`.
    attribute: Option<String>,
    /// Page, from 1.
    page: Option<i64>,
}

#[derive(Template)]
#[template(path = "themes/passages.html")]
struct PassagesPage {
    l: Layout,
    p: i64,
    heading: String,
    total: i64,
    first: i64,
    rows: Vec<QuoteRow>,
    previous: Option<String>,
    next: Option<String>,
}

/// Quotes on one page.
const QUOTES: i64 = 50;

async fn passages(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(behind): Query<Behind>,
    axum::extract::RawQuery(raw): axum::extract::RawQuery,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let l = access.layout(&state, "themes").await?;
    let mut filter = with_layer(filter);
    let mut narrow = Narrow::default();
    let code: Option<i64> = filter.code.as_deref().and_then(|c| c.trim().parse().ok());
    if let Some(period) = behind.period.as_deref().filter(|v| !v.is_empty()) {
        let (from, to, precision) = range_of(period)?;
        filter.date_from = Some(from);
        filter.date_to = Some(to);
        narrow.date_precision = precision;
    }
    if let Some((name, value)) = behind.attribute.as_deref().and_then(|a| a.split_once('=')) {
        narrow.attribute = Some((name.to_owned(), value.to_owned()));
    }
    if let (Some(code), Some(with)) = (code, behind.with) {
        let both = Filter {
            code: None,
            ..filter.clone()
        };
        narrow.ids = Some(
            meeting(
                &state,
                &access,
                &both,
                code,
                with,
                behind.within.as_deref().unwrap_or("overlap"),
            )
            .await?,
        );
        filter.code = None;
    } else if behind.exact.as_deref() == Some("true") {
        narrow.exact = code;
        filter.code = None;
    }
    let number = behind.page.unwrap_or(1).max(1);
    let (total, rows) = store::quotes(
        &state.db,
        &access.visibility,
        p,
        &filter,
        &narrow,
        (number - 1) * QUOTES,
        QUOTES,
    )
    .await?;
    let names = store::code_paths(&state.db, p).await?;
    let mut parts: Vec<String> = Vec::new();
    for id in [code, behind.with].into_iter().flatten() {
        if let Some(path) = names.get(&id) {
            parts.push(path.clone());
        }
    }
    parts.extend(filter.case.iter().filter(|v| !v.is_empty()).cloned());
    parts.extend(behind.period.iter().filter(|v| !v.is_empty()).cloned());
    let heading = if parts.is_empty() {
        l.t("passages-all")
    } else {
        parts.join(" · ")
    };
    let query = raw.unwrap_or_default();
    let rest: Vec<&str> = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("page="))
        .collect();
    let address = |n: i64| format!("/projects/{p}/passages?{}&page={n}", rest.join("&"));
    page(&PassagesPage {
        l,
        p,
        heading,
        total,
        first: (number - 1) * QUOTES + 1,
        previous: (number > 1).then(|| address(number - 1)),
        next: (number * QUOTES < total).then(|| address(number + 1)),
        rows,
    })
}

/// The codings of two codes that share a unit.
async fn meeting(
    state: &AppState,
    access: &Access,
    filter: &Filter,
    a: i64,
    b: i64,
    within: &str,
) -> Result<Vec<i64>> {
    let material = store::material(state, &access.visibility, access.project.id, filter).await?;
    let units = match within {
        "sentence" => Some(store::units(state, &material, TextUnit::Sentence).await?),
        "paragraph" => Some(store::units(state, &material, TextUnit::Paragraph).await?),
        _ => None,
    };
    let places: HashMap<i64, usize> = material
        .corpus
        .documents
        .iter()
        .enumerate()
        .map(|(i, d)| (d.id, i))
        .collect();
    let mut by_document: HashMap<i64, Vec<&crate::coding::span_store::SpanRow>> = HashMap::new();
    for span in &material.spans {
        if span.code == a || span.code == b {
            by_document.entry(span.document).or_default().push(span);
        }
    }
    let mut found = Vec::new();
    for (document, spans) in by_document {
        let list = units
            .as_ref()
            .zip(places.get(&document))
            .map(|(units, place)| units[*place].as_slice());
        // What each coding reaches: the whole units it touches, or just itself.
        let reach = |start: u32, end: u32| -> (u32, u32) {
            match list {
                None => (start, end),
                Some(units) => units
                    .iter()
                    .filter(|u: &&Span| u.start < end && u.end > start)
                    .fold((start, end), |(s, e), u| (s.min(u.start), e.max(u.end))),
            }
        };
        for one in &spans {
            let (start, end) = reach(one.start, one.end);
            let meets = spans.iter().any(|other| {
                other.code != one.code
                    && (within == "document" || (other.start < end && other.end > start))
            });
            if meets {
                found.push(one.id);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// First and last date of a period, and how precise a document's date must be to lie in it.
fn range_of(period: &str) -> Result<(String, String, i64)> {
    let wrong = || Error::invalid("period", "filter-error-date");
    if let Some((year, quarter)) = period.split_once("-Q") {
        let quarter: u8 = quarter
            .parse()
            .ok()
            .filter(|q| (1..=4).contains(q))
            .ok_or_else(wrong)?;
        return Ok((
            format!("{year}-{:02}", quarter * 3 - 2),
            format!("{year}-{:02}", quarter * 3),
            7,
        ));
    }
    let precision = match period.len() {
        4 => 4,
        7 => 7,
        _ => return Err(wrong()),
    };
    Ok((period.to_owned(), period.to_owned(), precision))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_range_of_dates() {
        assert_eq!(
            range_of("2015-Q3").unwrap(),
            ("2015-07".to_owned(), "2015-09".to_owned(), 7)
        );
        assert_eq!(
            range_of("2015").unwrap(),
            ("2015".to_owned(), "2015".to_owned(), 4)
        );
        assert!(range_of("2015-Q5").is_err());
        assert!(range_of("yesterday").is_err());
    }
}
