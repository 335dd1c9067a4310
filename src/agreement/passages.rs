//! The passages behind the figures: every run of text on which coders differ, worst documents first.
//!
//! A figure is for reporting, a passage is for learning: reading what one coder marked and another did not is how a
//! definition gets better.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::api::{Ask, given};
use super::pages::{Rows, Show, encode, pairs, percent_value, worse};
use super::store::{self, Material, Passage, Question};
use super::view::{self, Value};
use super::{Disagreement, DocumentFigures, Interval, Measure, Scope};
use crate::coding::Filter;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::text::Span;
use crate::web::{AppState, Layout, Path, Query, page};

/// Passages on one page.
const ON_A_PAGE: usize = 40;

/// Whom, about which code.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    /// The id of a code, `any` for "coded with anything", or nothing for every code.
    code: Option<String>,
    /// One of two coders.
    a: Option<String>,
    /// The other.
    b: Option<String>,
    /// Page, from 1.
    page: Option<String>,
}

/// What the coders differ about.
#[derive(Clone, Copy, PartialEq)]
enum About {
    Every,
    Any,
    Code(i64),
}

struct Run {
    passage: Passage,
    code: Option<(String, i64)>,
    start: i64,
    length: i64,
    has: Vec<String>,
    lacks: Vec<String>,
    review: String,
    open: String,
}

struct Group {
    title: String,
    language: Option<String>,
    direction: String,
    figures: String,
    alpha: Value,
    runs: Vec<Run>,
}

/// Units by what two coders said of them.
struct Square {
    a: String,
    b: String,
    /// Both, only the first, only the second, neither.
    counts: [i64; 4],
    measures: Vec<(String, Value)>,
}

#[derive(Template)]
#[template(path = "agreement/passages.html")]
struct PassagesPage {
    l: Layout,
    heading: String,
    color: Option<i64>,
    about: String,
    only: String,
    square: Option<Square>,
    comparable: bool,
    groups: Vec<Group>,
    total: i64,
    previous: Option<String>,
    next: Option<String>,
    back: String,
}

type Found = (Option<u32>, Disagreement);

pub(super) async fn passages(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(ask): Query<Ask>,
    Query(filter): Query<Filter>,
    Query(which): Query<Which>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let l = access.layout(&state, "agreement").await?;
    let about = match given(&which.code) {
        None => About::Every,
        Some("any") => About::Any,
        Some(id) => About::Code(
            id.parse()
                .map_err(|_| Error::invalid("code", "filter-error-id"))?,
        ),
    };
    let two = coder_pair(&which)?;
    // `code` here is one code alone, not the common filter with all below it.
    let filter = Filter {
        code: None,
        ..filter
    };
    let mut question = ask.question(&filter)?;
    if let About::Code(code) = about {
        question.codes = vec![code];
    }
    if let Some((a, b)) = two {
        question.coders = vec![a.min(b), a.max(b)];
        question.coders.dedup();
    }
    question.measures = vec![
        Measure::Percent,
        Measure::KrippendorffAlpha,
        Measure::CohenKappa,
        Measure::PositiveAgreement,
        Measure::NegativeAgreement,
        Measure::PrevalenceIndex,
        Measure::BiasIndex,
    ];
    question.interval = Interval::None;
    let material = store::material(&state, &access.visibility, p, &question).await?;
    let comparable = !material.input.documents.is_empty();
    let code_at = match about {
        About::Code(id) => material
            .codes
            .iter()
            .position(|c| c.id == id)
            .and_then(|at| u32::try_from(at).ok()),
        _ => None,
    };
    let (found, figures) = if comparable {
        found(material.clone(), about, code_at).await?
    } else {
        (Vec::new(), Vec::new())
    };
    let square = match (two, about) {
        (Some(_), About::Code(_) | About::Any) if comparable => {
            square(&state, &access, &l, p, &question, code_at).await?
        }
        _ => None,
    };

    let number = given(&which.page)
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(1)
        .max(1);
    let from = (number - 1).saturating_mul(ON_A_PAGE);
    let shown: Vec<&Found> = found.iter().skip(from).take(ON_A_PAGE).collect();
    let wanted: Vec<(u32, Span)> = shown.iter().map(|(_, d)| (d.document, d.span)).collect();
    let quotes = store::passages(&state.db, &material, &wanted).await?;
    let groups = groups(&l, p, &material, &figures, &shown, quotes);

    let mut query = pairs(&ask, &filter, &Show::default(), ("", None));
    let back = format!("/projects/{p}/agreement?{}", encode(&query));
    for (name, value) in [("code", &which.code), ("a", &which.a), ("b", &which.b)] {
        if let Some(value) = given(value) {
            query.push((name, value.to_owned()));
        }
    }
    let address = |n: usize| {
        let mut query = query.clone();
        query.push(("page", n.to_string()));
        format!("/projects/{p}/agreement/disagreements?{}", encode(&query))
    };
    let info = code_at.map(|at| &material.codes[at as usize]);
    page(&PassagesPage {
        heading: match (about, info) {
            (About::Any, _) => l.t("agreement-any-code"),
            (_, Some(info)) => info.name.clone(),
            (_, None) => l.t("agreement-passages-title"),
        },
        color: info.map(|info| info.color),
        about: match about {
            About::Any => l.t("agreement-passages-any"),
            About::Code(_) => l.t("agreement-passages-code"),
            About::Every => l.t("agreement-passages-every"),
        },
        only: match material.input.coders.as_slice() {
            [a, b] if two.is_some() => l.t2("agreement-passages-two", "a", &**a, "b", &**b),
            _ => String::new(),
        },
        square,
        comparable,
        groups,
        total: i64::try_from(found.len()).unwrap_or(i64::MAX),
        previous: (number > 1).then(|| address(number - 1)),
        next: (from + ON_A_PAGE < found.len()).then(|| address(number + 1)),
        back,
        l,
    })
}

fn coder_pair(which: &Which) -> Result<Option<(i64, i64)>> {
    let id = |field: &'static str, value: &Option<String>| {
        given(value)
            .map(|text| {
                text.parse::<i64>()
                    .map_err(|_| Error::invalid(field, "filter-error-id"))
            })
            .transpose()
    };
    match (id("a", &which.a)?, id("b", &which.b)?) {
        (None, None) => Ok(None),
        (Some(a), Some(b)) if a != b => Ok(Some((a, b))),
        (_, None) => Err(Error::invalid("b", "agreement-error-pair")),
        _ => Err(Error::invalid("a", "agreement-error-pair")),
    }
}

/// All disagreements, worst document first, and the figures of the documents by their number.
async fn found(
    material: std::sync::Arc<Material>,
    about: About,
    code: Option<u32>,
) -> Result<(Vec<Found>, Vec<DocumentFigures>)> {
    store::blocking(move || {
        let input = &material.input;
        let mut found: Vec<Found> = Vec::new();
        match about {
            About::Every => {
                for code in &input.reported {
                    let of_code = super::disagreements(input, Some(*code))?;
                    found.extend(of_code.into_iter().map(|d| (Some(*code), d)));
                }
            }
            _ => found.extend(
                super::disagreements(input, code)?
                    .into_iter()
                    .map(|d| (code, d)),
            ),
        }
        let mut figures = super::per_document(input, code)?;
        figures.sort_by(worse);
        let rank: HashMap<u32, usize> = figures
            .iter()
            .enumerate()
            .map(|(rank, d)| (d.document, rank))
            .collect();
        found.sort_by_key(|(code, d)| {
            (
                rank.get(&d.document).copied(),
                d.span.start,
                d.span.end,
                *code,
            )
        });
        Ok((found, figures))
    })
    .await
}

/// The two-by-two table of two coders with the coefficients that come from it.
async fn square(
    state: &AppState,
    access: &Access,
    l: &Layout,
    p: i64,
    question: &Question,
    code: Option<u32>,
) -> Result<Option<Square>> {
    let (material, output) = store::figures(state, &access.visibility, p, question).await?;
    let path = code.map(|at| &*material.input.codes[at as usize]);
    let Some(table) = output
        .tables
        .iter()
        .find(|t| t.code.as_deref() == path && t.table.len() == 2)
    else {
        return Ok(None);
    };
    let count =
        |row: usize, column: usize| i64::try_from(table.table[row][column]).unwrap_or(i64::MAX);
    let rows = Rows::new(&output);
    let scope = if path.is_some() {
        Scope::Code
    } else {
        Scope::Any
    };
    let measures = [
        Measure::KrippendorffAlpha,
        Measure::CohenKappa,
        Measure::Percent,
        Measure::PositiveAgreement,
        Measure::NegativeAgreement,
        Measure::PrevalenceIndex,
        Measure::BiasIndex,
    ]
    .map(|measure| {
        let row = rows.get(measure, scope, path, &table.coders);
        let value = match measure {
            Measure::Percent | Measure::PositiveAgreement | Measure::NegativeAgreement => {
                percent_value(l, row)
            }
            _ => Value::of(l, row),
        };
        (l.t_of("agreement-name-", measure.as_str()), value)
    });
    Ok(Some(Square {
        a: table.coders[0].to_string(),
        b: table.coders[1].to_string(),
        counts: [count(1, 1), count(1, 0), count(0, 1), count(0, 0)],
        measures: measures.into(),
    }))
}

fn groups(
    l: &Layout,
    p: i64,
    material: &Material,
    figures: &[DocumentFigures],
    shown: &[&Found],
    quotes: Vec<Passage>,
) -> Vec<Group> {
    let names = |numbers: &[u32]| -> Vec<String> {
        numbers
            .iter()
            .map(|n| material.input.coders[*n as usize].to_string())
            .collect()
    };
    let mut groups: Vec<(u32, Group)> = Vec::new();
    for ((code, d), passage) in shown.iter().zip(quotes) {
        let info = &material.documents[d.document as usize];
        if groups
            .last()
            .is_none_or(|(document, _)| *document != d.document)
        {
            let of = figures.iter().find(|f| f.document == d.document);
            let group = Group {
                title: info.title.clone(),
                language: info.language.clone(),
                direction: info.direction.clone(),
                figures: of.map_or_else(String::new, |f| {
                    l.t2(
                        &format!(
                            "agreement-disputed-{}",
                            material.input.options.unit.as_str()
                        ),
                        "disagreed",
                        f.n_disagreed,
                        "n",
                        f.n_units,
                    )
                }),
                alpha: Value {
                    text: of.and_then(|f| f.alpha).map(view::two_places),
                    reason: of
                        .and_then(|f| f.reason)
                        .map(|r| l.t_of("agreement-reason-", r.as_str()))
                        .unwrap_or_default(),
                },
                runs: Vec::new(),
            };
            groups.push((d.document, group));
        }
        let coder = |n: Option<&u32>| n.map_or(0, |n| material.coders[*n as usize].id);
        let paragraph = passage.paragraph;
        let run = Run {
            code: code.map(|at| {
                let info = &material.codes[at as usize];
                (info.name.clone(), info.color)
            }),
            start: i64::from(d.span.start),
            length: i64::from(d.span.end - d.span.start),
            has: names(&d.has),
            lacks: names(&d.lacks),
            review: format!(
                "/projects/{p}/review/{}?a={}&b={}#p{paragraph}",
                info.id,
                coder(d.has.first()),
                coder(d.lacks.first()),
            ),
            open: format!(
                "/projects/{p}/documents/{}/code#passage-{}-{}",
                info.id, d.span.start, d.span.end
            ),
            passage,
        };
        if let Some((_, group)) = groups.last_mut() {
            group.runs.push(run);
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}
