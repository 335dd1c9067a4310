//! The page of agreement: the headline, pairs, codes, documents; the file of its figures.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::api::{Ask, given};
use super::store::{self, Material, Question};
use super::view::{self, Value};
use super::{Coverage, Interval, Measure, Output, Reliability, ResultRow, Scope, Unit};
use crate::coding::Filter;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Layout, Path, Query, layout::initials, page};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/projects/{p}/agreement", get(agreement))
        .route("/projects/{p}/agreement/agreement.csv", get(file))
        .route(
            "/projects/{p}/agreement/disagreements",
            get(super::passages::passages),
        )
}

/// Which measure the page shows first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Show {
    /// `alpha` (default), `kappa` or `percent`.
    pub measure: Option<String>,
}

/// The measure shown: of all coders, of a pair, and the scope that stands for all codes.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Alpha,
    Kappa,
    Percent,
}

impl Shown {
    const ALL: [Shown; 3] = [Shown::Alpha, Shown::Kappa, Shown::Percent];
    fn as_str(self) -> &'static str {
        match self {
            Shown::Alpha => "alpha",
            Shown::Kappa => "kappa",
            Shown::Percent => "percent",
        }
    }
    fn of_all(self) -> Measure {
        match self {
            Shown::Alpha => Measure::KrippendorffAlpha,
            Shown::Kappa => Measure::LightKappa,
            Shown::Percent => Measure::Percent,
        }
    }
    fn of_pair(self) -> Measure {
        match self {
            Shown::Kappa => Measure::CohenKappa,
            other => other.of_all(),
        }
    }
    fn overall(self) -> Scope {
        match self {
            Shown::Alpha => Scope::Pooled,
            _ => Scope::Any,
        }
    }
}

struct Switch {
    label: String,
    href: String,
    current: bool,
}

struct Cell {
    value: Value,
    shade: u8,
    href: String,
    label: String,
}

struct HeatRow {
    name: String,
    color: Option<i64>,
    cells: Vec<Cell>,
}

struct CodeRow {
    name: String,
    path: String,
    color: i64,
    href: String,
    shown: Value,
    bar: String,
    alpha: Value,
    kappa: Value,
    percent: Value,
    coded: String,
    units: i64,
    codings: i64,
}

struct DocumentRow {
    title: String,
    href: String,
    review: Option<String>,
    coders: String,
    units: i64,
    disagreed: i64,
    percent: Value,
    alpha: Value,
}

struct Headline {
    alpha: Value,
    range: String,
    interval: String,
    percent: Value,
    coded: String,
    say: String,
    scale: String,
    lowest: Vec<(String, i64, String, String)>,
}

/// The figures, when there is something to compare.
struct Figures {
    headline: Headline,
    pairs: Vec<(String, String)>,
    heat: Vec<HeatRow>,
    heat_name: String,
    codes: Vec<CodeRow>,
    bar_start: String,
    shown_name: String,
    thresholds: bool,
    documents: Vec<DocumentRow>,
    all_documents: String,
    basis: String,
    units: String,
}

#[derive(Template)]
#[template(path = "agreement/agreement.html")]
struct AgreementPage {
    l: Layout,
    p: i64,
    units: Vec<Switch>,
    coverages: Vec<Switch>,
    measures: Vec<Switch>,
    coders: Vec<Switch>,
    subtree: Switch,
    narrowed: Option<String>,
    explain_unit: (String, String),
    explain_measure: (String, String),
    figures: Option<Figures>,
    marked: Vec<String>,
    finished: i64,
    query: String,
}

/// The parameters of the page as pairs, with one changed.
pub(super) fn pairs(
    ask: &Ask,
    filter: &Filter,
    show: &Show,
    change: (&str, Option<String>),
) -> Vec<(&'static str, String)> {
    let all = [
        ("unit", &ask.unit),
        ("coverage", &ask.coverage),
        ("measure", &show.measure),
        ("codes", &ask.codes),
        ("coders", &ask.coders),
        ("documents", &ask.documents),
        ("subtree", &ask.subtree),
        ("document", &filter.document),
        ("type", &filter.doc_type),
        ("case", &filter.case),
        ("language", &filter.language),
        ("date_from", &filter.date_from),
        ("date_to", &filter.date_to),
        ("code", &filter.code),
        ("coder", &filter.coder),
        ("round", &filter.round),
    ];
    all.into_iter()
        .filter_map(|(name, value)| {
            let value = if name == change.0 {
                change.1.clone()
            } else {
                given(value).map(ToOwned::to_owned)
            };
            value.map(|value| (name, value))
        })
        .collect()
}

/// Pairs as a query string.
pub(super) fn encode(pairs: &[(&'static str, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(char::from(byte));
                }
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    out
}

/// Rows of an answer by what they are about.
pub(super) struct Rows<'o>(HashMap<About<'o>, &'o ResultRow>);

/// Measure, scope, code and coders.
type About<'o> = (Measure, Scope, Option<&'o str>, &'o [Arc<str>]);

impl<'o> Rows<'o> {
    pub(super) fn new(output: &'o Output) -> Self {
        Rows(
            output
                .results
                .iter()
                .map(|row| {
                    let key = (
                        row.measure,
                        row.scope,
                        row.code.as_deref(),
                        row.coders.as_slice(),
                    );
                    (key, row)
                })
                .collect(),
        )
    }
    pub(super) fn get(
        &self,
        measure: Measure,
        scope: Scope,
        code: Option<&'o str>,
        coders: &'o [Arc<str>],
    ) -> Option<&'o ResultRow> {
        self.0.get(&(measure, scope, code, coders)).copied()
    }
}

/// The page's own question: its measures, and an interval by leaving out documents.
fn question(ask: &Ask, filter: &Filter) -> Result<Question> {
    let mut question = ask.question(filter)?;
    question.measures = vec![
        Measure::Percent,
        Measure::KrippendorffAlpha,
        Measure::CohenKappa,
        Measure::LightKappa,
        Measure::PositiveAgreement,
        Measure::NegativeAgreement,
    ];
    if given(&ask.interval).is_none() {
        question.interval = Interval::Jackknife;
    }
    Ok(question)
}

async fn file(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(ask): Query<Ask>,
    Query(filter): Query<Filter>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let question = question(&ask, &filter)?;
    let (_, output) = store::figures(&state, &access.visibility, p, &question).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"concord-agreement.csv\"",
            ),
        ],
        view::csv(&output)?,
    )
        .into_response())
}

async fn agreement(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(ask): Query<Ask>,
    Query(filter): Query<Filter>,
    Query(show): Query<Show>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let l = access.layout(&state, "agreement").await?;
    let shown = match given(&show.measure) {
        None => Shown::Alpha,
        Some(word) => Shown::ALL
            .into_iter()
            .find(|s| s.as_str() == word)
            .ok_or_else(|| Error::invalid("measure", "agreement-error-shown"))?,
    };
    let question = question(&ask, &filter)?;
    let (material, output) = store::figures(&state, &access.visibility, p, &question).await?;
    let base = format!("/projects/{p}/agreement?");
    let address = |name: &str, value: Option<String>| {
        format!(
            "{base}{}",
            encode(&pairs(&ask, &filter, &show, (name, value)))
        )
    };
    let figures = if material.input.documents.is_empty() || material.coders.len() < 2 {
        None
    } else {
        let per_document = {
            let material = material.clone();
            store::blocking(move || super::per_document(&material.input, None)).await?
        };
        let query = Links {
            p,
            ask: &ask,
            filter: &filter,
        };
        Some(figures(
            &l,
            &query,
            &material,
            &output,
            shown,
            &per_document,
        ))
    };
    let units = [
        Unit::Character,
        Unit::Sentence,
        Unit::Paragraph,
        Unit::Document,
    ]
    .map(|unit| Switch {
        label: l.t_of("agreement-unit-", unit.as_str()),
        href: {
            // A coverage belongs to its unit.
            let ask = Ask {
                unit: Some(unit.as_str().to_owned()),
                coverage: None,
                ..ask.clone()
            };
            format!("{base}{}", encode(&pairs(&ask, &filter, &show, ("", None))))
        },
        current: unit == question.unit,
    });
    let coverages = if matches!(
        question.unit,
        Unit::Sentence | Unit::Paragraph | Unit::Token
    ) {
        [Coverage::Any, Coverage::Half]
            .map(|coverage| Switch {
                label: l.t_of("agreement-coverage-", coverage.as_str()),
                href: address("coverage", Some(coverage.as_str().to_owned())),
                current: coverage == question.coverage,
            })
            .into()
    } else {
        Vec::new()
    };
    let measures = Shown::ALL.map(|s| Switch {
        label: l.t_of("agreement-measure-", s.as_str()),
        href: address("measure", Some(s.as_str().to_owned())),
        current: s == shown,
    });
    let chosen: BTreeSet<i64> = if question.coders.is_empty() {
        material.finishers.iter().map(|c| c.id).collect()
    } else {
        question.coders.iter().copied().collect()
    };
    let coders = if material.finishers.len() > 2 {
        material
            .finishers
            .iter()
            .map(|coder| {
                let mut others = chosen.clone();
                if !others.remove(&coder.id) {
                    others.insert(coder.id);
                }
                let list: Vec<String> = others.iter().map(ToString::to_string).collect();
                let all = others.len() == material.finishers.len() || others.is_empty();
                Switch {
                    label: coder.name.clone(),
                    href: address("coders", (!all).then(|| list.join(","))),
                    current: chosen.contains(&coder.id),
                }
            })
            .collect()
    } else {
        Vec::new()
    };
    let narrowed = (!question.filter.is_empty() || !question.codes.is_empty()).then(|| {
        let only = Ask {
            unit: ask.unit.clone(),
            coverage: ask.coverage.clone(),
            subtree: ask.subtree.clone(),
            ..Ask::default()
        };
        format!(
            "{base}{}",
            encode(&pairs(&only, &Filter::default(), &show, ("", None)))
        )
    });
    page(&AgreementPage {
        p,
        units: units.into(),
        coverages,
        measures: measures.into(),
        coders,
        subtree: Switch {
            label: l.t("agreement-subtree"),
            href: address("subtree", (!question.subtree).then(|| "true".to_owned())),
            current: question.subtree,
        },
        narrowed,
        explain_unit: (
            l.t_of("agreement-unit-", question.unit.as_str()),
            l.t_of("agreement-explain-unit-", question.unit.as_str()),
        ),
        explain_measure: (
            l.t_of("agreement-measure-", shown.as_str()),
            l.t_of("agreement-explain-measure-", shown.as_str()),
        ),
        figures,
        marked: material.finishers.iter().map(|c| c.name.clone()).collect(),
        finished: i64::try_from(material.finished_documents).unwrap_or(i64::MAX),
        query: encode(&pairs(&ask, &filter, &Show::default(), ("", None))),
        l,
    })
}

/// Addresses of the passages behind a figure.
struct Links<'a> {
    p: i64,
    ask: &'a Ask,
    filter: &'a Filter,
}

impl Links<'_> {
    /// The passages on which coders differ; of one code, of two coders, of one document.
    fn passages(&self, code: &str, two: Option<(i64, i64)>, document: Option<i64>) -> String {
        let show = Show::default();
        let mut query = pairs(self.ask, self.filter, &show, ("code", None));
        if !code.is_empty() {
            query.push(("code", code.to_owned()));
        }
        if let Some((a, b)) = two {
            query.retain(|(name, _)| !["coders", "coder"].contains(name));
            query.push(("a", a.to_string()));
            query.push(("b", b.to_string()));
        }
        if let Some(document) = document {
            query.retain(|(name, _)| !["documents", "document"].contains(name));
            query.push(("documents", document.to_string()));
        }
        format!(
            "/projects/{}/agreement/disagreements?{}",
            self.p,
            encode(&query)
        )
    }
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn figures(
    l: &Layout,
    links: &Links<'_>,
    material: &Material,
    output: &Output,
    shown: Shown,
    per_document: &[super::DocumentFigures],
) -> Figures {
    let rows = Rows::new(output);
    let everyone = material.input.coders.as_slice();
    let two: Vec<(usize, usize, [Arc<str>; 2])> = (0..everyone.len())
        .flat_map(|a| (a + 1..everyone.len()).map(move |b| (a, b)))
        .map(|(a, b)| (a, b, [everyone[a].clone(), everyone[b].clone()]))
        .collect();
    // Best first, as the table reads from top to bottom; what has no value stands last.
    let mut order: Vec<u32> = material.input.reported.clone();
    let value_of = |code: u32| {
        rows.get(
            shown.of_all(),
            Scope::Code,
            Some(&material.input.codes[code as usize]),
            everyone,
        )
        .and_then(|r| r.value)
    };
    order.sort_by(|a, b| match (value_of(*a), value_of(*b)) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });

    let cells = |name: &str, code: Option<u32>| -> Vec<Cell> {
        two.iter()
            .map(|(a, b, names)| {
                let (scope, path, id) = match code {
                    None => (
                        shown.overall(),
                        None,
                        if shown == Shown::Alpha {
                            String::new()
                        } else {
                            "any".to_owned()
                        },
                    ),
                    Some(code) => (
                        Scope::Code,
                        Some(&*material.input.codes[code as usize]),
                        material.codes[code as usize].id.to_string(),
                    ),
                };
                // Found by names, so the key must live as long as the answer: looked up row by row.
                let row = output.results.iter().find(|r| {
                    r.measure == shown.of_pair()
                        && r.scope == scope
                        && r.code.as_deref() == path
                        && r.coders.as_slice() == names.as_slice()
                });
                let value = Value::of(l, row);
                let label = l.locale.format(
                    "agreement-cell",
                    &[
                        ("code", name.into()),
                        ("a", (&*names[0]).into()),
                        ("b", (&*names[1]).into()),
                        ("value", value.text.clone().unwrap_or_default().into()),
                    ],
                );
                Cell {
                    shade: row.and_then(|r| r.value).map_or(0, view::shade),
                    href: links.passages(
                        &id,
                        Some((material.coders[*a].id, material.coders[*b].id)),
                        None,
                    ),
                    label,
                    value,
                }
            })
            .collect()
    };
    let overall = if shown == Shown::Alpha {
        l.t("agreement-all-codes")
    } else {
        l.t("agreement-any-code")
    };
    let mut heat = vec![HeatRow {
        cells: cells(&overall, None),
        name: overall,
        color: None,
    }];
    heat.extend(order.iter().map(|code| {
        let info = &material.codes[*code as usize];
        HeatRow {
            name: info.name.clone(),
            color: Some(info.color),
            cells: cells(&info.name, Some(*code)),
        }
    }));

    let shown_rows: Vec<Option<&ResultRow>> = order
        .iter()
        .map(|code| {
            rows.get(
                shown.of_all(),
                Scope::Code,
                Some(&material.input.codes[*code as usize]),
                everyone,
            )
        })
        .collect();
    let start = view::scale_start(
        shown_rows
            .iter()
            .flatten()
            .filter_map(|r| Some(r.ci.map_or(r.value?, |ci| ci[0]))),
    );
    let thresholds = shown == Shown::Alpha;
    let codes: Vec<CodeRow> = order
        .iter()
        .zip(&shown_rows)
        .map(|(code, shown_row)| {
            let info = &material.codes[*code as usize];
            let path = &*material.input.codes[*code as usize];
            let of = |measure| rows.get(measure, Scope::Code, Some(path), everyone);
            let percent = of(Measure::Percent);
            CodeRow {
                name: info.name.clone(),
                path: path.to_owned(),
                color: info.color,
                href: links.passages(&info.id.to_string(), None, None),
                shown: Value::of(l, *shown_row),
                bar: shown_row.map_or_else(String::new, |row| view::bar(l, start, row, thresholds)),
                alpha: Value::of(l, of(Measure::KrippendorffAlpha)),
                kappa: Value::of(l, of(Measure::LightKappa)),
                percent: percent_value(l, percent),
                coded: percent
                    .or(*shown_row)
                    .and_then(|r| r.coded_share)
                    .map(view::percentage)
                    .unwrap_or_default(),
                units: whole(percent.map_or(0, |r| r.n_units)),
                codings: whole(material.codings_of[*code as usize]),
            }
        })
        .collect();

    let mut worst: Vec<&super::DocumentFigures> = per_document.iter().collect();
    worst.sort_by(|a, b| worse(a, b));
    let documents = worst
        .iter()
        .map(|d| {
            let info = &material.documents[d.document as usize];
            let who: Vec<i64> = d
                .coders
                .iter()
                .map(|c| material.coders[*c as usize].id)
                .collect();
            DocumentRow {
                title: info.title.clone(),
                href: links.passages("", None, Some(info.id)),
                review: match who.as_slice() {
                    [a, b, ..] => Some(format!(
                        "/projects/{}/review/{}?a={a}&b={b}",
                        links.p, info.id
                    )),
                    _ => None,
                },
                coders: d
                    .coders
                    .iter()
                    .map(|c| &*material.input.coders[*c as usize])
                    .collect::<Vec<_>>()
                    .join(", "),
                units: whole(d.n_units),
                disagreed: whole(d.n_disagreed),
                percent: Value {
                    text: d.percent.map(view::percentage),
                    reason: String::new(),
                },
                alpha: Value {
                    text: d.alpha.map(view::two_places),
                    reason: d
                        .reason
                        .map(|r| l.t_of("agreement-reason-", r.as_str()))
                        .unwrap_or_default(),
                },
            }
        })
        .collect();

    let mut lowest: Vec<&u32> = order
        .iter()
        .filter(|code| {
            rows.get(
                Measure::KrippendorffAlpha,
                Scope::Code,
                Some(&material.input.codes[**code as usize]),
                everyone,
            )
            .and_then(|r| r.value)
            .is_some_and(|v| Reliability::of(v) == Reliability::Insufficient)
        })
        .collect();
    let alpha_of = |code: u32| {
        rows.get(
            Measure::KrippendorffAlpha,
            Scope::Code,
            Some(&material.input.codes[code as usize]),
            everyone,
        )
        .and_then(|r| r.value)
        .unwrap_or(0.0)
    };
    lowest.sort_by(|a, b| alpha_of(**a).total_cmp(&alpha_of(**b)));
    let lowest = lowest
        .into_iter()
        .take(3)
        .map(|code| {
            let info = &material.codes[*code as usize];
            (
                info.name.clone(),
                info.color,
                links.passages(&info.id.to_string(), None, None),
                view::two_places(alpha_of(*code)),
            )
        })
        .collect();
    let headline = headline(
        l,
        rows.get(Measure::KrippendorffAlpha, Scope::Pooled, None, everyone),
        rows.get(Measure::Percent, Scope::Any, None, everyone),
        lowest,
    );
    let units = l.t1(
        &format!(
            "agreement-count-{}",
            output.unit.map_or("character", |u| u.as_str())
        ),
        "n",
        output.n_units,
    );
    Figures {
        headline,
        pairs: two
            .iter()
            .map(|(_, _, names)| {
                (
                    format!("{} · {}", initials(&names[0]), initials(&names[1])),
                    l.t2("agreement-pair", "a", &*names[0], "b", &*names[1]),
                )
            })
            .collect(),
        heat,
        heat_name: l.t_of("agreement-heat-", shown.as_str()),
        codes,
        bar_start: format!("{start}").replace('-', "\u{2212}"),
        shown_name: l.t_of("agreement-measure-", shown.as_str()),
        thresholds,
        documents,
        all_documents: links.passages("", None, None),
        basis: l.t2(
            "agreement-basis",
            "documents",
            output.n_documents.unwrap_or(0),
            "coders",
            everyone.len(),
        ),
        units,
    }
}

/// Worst first: by alpha, and those without one by how much of them is disputed.
pub(super) fn worse(a: &super::DocumentFigures, b: &super::DocumentFigures) -> std::cmp::Ordering {
    let share = |d: &super::DocumentFigures| d.n_disagreed as f64 / (d.n_units.max(1)) as f64;
    match (a.alpha, b.alpha) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        (x, y) => y.is_some().cmp(&x.is_some()),
    }
    .then(share(b).total_cmp(&share(a)))
    .then(a.document.cmp(&b.document))
}

/// Percent agreement as a percentage.
pub(super) fn percent_value(l: &Layout, row: Option<&ResultRow>) -> Value {
    Value {
        text: row.and_then(|r| r.value).map(view::percentage),
        ..Value::of(l, row)
    }
}

fn headline(
    l: &Layout,
    alpha: Option<&ResultRow>,
    any: Option<&ResultRow>,
    lowest: Vec<(String, i64, String, String)>,
) -> Headline {
    let value = alpha.and_then(|r| r.value);
    let ci = alpha.and_then(|r| r.ci);
    let interval = match (ci, alpha.and_then(|r| r.ci_reason)) {
        (Some(_), _) => l.t1(
            "agreement-interval-jackknife",
            "documents",
            alpha.and_then(|r| r.n_documents).unwrap_or(0),
        ),
        (None, Some("undefined_replicates")) => l.t("agreement-interval-undefined"),
        (None, _) if value.is_some() => l.t("agreement-interval-too-few"),
        _ => String::new(),
    };
    let say = match (value, ci) {
        (None, _) => String::new(),
        (Some(_), Some([low, _])) => {
            let words = match Reliability::of(low) {
                Reliability::Reliable => l.t("agreement-say-reliable"),
                Reliability::Tentative => l.t("agreement-say-tentative"),
                Reliability::Insufficient => l.t("agreement-say-insufficient"),
            };
            format!(
                "{words} {}",
                l.t1("agreement-say-lower-end", "low", view::two_places(low))
            )
        }
        (Some(value), None) => {
            let words = match Reliability::of(value) {
                Reliability::Reliable => l.t("agreement-say-reliable-alone"),
                Reliability::Tentative => l.t("agreement-say-tentative-alone"),
                Reliability::Insufficient => l.t("agreement-say-insufficient"),
            };
            format!("{words} {}", l.t("agreement-say-alone"))
        }
    };
    Headline {
        alpha: Value::of(l, alpha),
        range: ci.map_or_else(String::new, |[low, high]| {
            l.t2(
                "agreement-range",
                "low",
                view::two_places(low),
                "high",
                view::two_places(high),
            )
        }),
        interval,
        percent: percent_value(l, any),
        coded: any
            .and_then(|r| r.coded_share)
            .map(view::percentage)
            .unwrap_or_default(),
        say,
        scale: value.map_or_else(String::new, |value| view::scale(l, value, ci)),
        lowest,
    }
}
