//! Trend over time, as lines with the documents of each period beneath.

use std::collections::HashMap;

use super::{Ask, Figure, plain};
use crate::error::Result;
use crate::themes::api::trend_of;
use crate::themes::chart::{Hue, Lines, Period, Point, Series, lines};
use crate::themes::{Code, Corpus, Group, GroupBy, Step, TrendItem, TrendOptions, store};

/// Lines that can still be told apart.
const MOST_LINES: usize = 6;

/// The codes with most passages, in the order of the codebook.
fn busiest(corpus: &Corpus, most: usize) -> Vec<i64> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for coding in &corpus.codings {
        *counts.entry(coding.code).or_default() += 1;
    }
    let mut order: Vec<(usize, i64)> = counts.into_iter().map(|(id, n)| (n, id)).collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    order.truncate(most);
    corpus
        .codes
        .iter()
        .map(|c| c.id)
        .filter(|id| order.iter().any(|(_, o)| o == id))
        .collect()
}

pub(super) async fn trend(ask: &Ask<'_>) -> Result<Figure> {
    let l = ask.l;
    let step = ask.cut.step()?;
    let by_case = ask.cut.group.as_deref() == Some("case");
    let material = store::material(
        ask.state,
        &ask.access.visibility,
        ask.access.project.id,
        ask.filter,
    )
    .await?;
    let chosen: Vec<i64> = ask
        .filter
        .code
        .iter()
        .flat_map(|c| c.split(','))
        .filter_map(|id| id.trim().parse().ok())
        .collect();
    let subtree = !chosen.is_empty() || ask.cut.subtree();
    let mut shown = if chosen.is_empty() {
        busiest(&material.corpus, if by_case { 1 } else { MOST_LINES })
    } else {
        chosen
    };
    shown.truncate(if by_case { 1 } else { MOST_LINES });
    let answer = trend_of(
        ask.state,
        ask.access,
        ask.filter,
        TrendOptions {
            step,
            group: by_case.then_some(GroupBy::Case),
            subtree,
        },
    )
    .await?;
    let codes: HashMap<i64, &Code> = material.corpus.codes.iter().map(|c| (c.id, c)).collect();

    // One line for each code shown, or for each case of the one code.
    let mut series: Vec<(String, Hue, Option<Group>, i64)> = Vec::new();
    for id in &shown {
        let Some(code) = codes.get(id) else { continue };
        if by_case {
            let mut groups: Vec<Group> = Vec::new();
            for item in &answer.answer.items {
                if let Some(group) = &item.group
                    && !groups.contains(group)
                    && !matches!(group, Group::None)
                {
                    groups.push(group.clone());
                }
            }
            for (i, group) in groups.into_iter().take(MOST_LINES).enumerate() {
                let hue = match i {
                    0 => Hue::CaseA,
                    1 => Hue::CaseB,
                    _ => Hue::Ink,
                };
                series.push((ask.group_name(&group), hue, Some(group), *id));
            }
        } else {
            series.push((code.name.clone(), Hue::Code(code.color), None, *id));
        }
    }
    let mut rows = Vec::new();
    let mut drawn: Vec<Series> = series
        .iter()
        .map(|(name, hue, _, _)| Series {
            name: name.clone(),
            hue: *hue,
            points: Vec::new(),
        })
        .collect();
    let mut links: Vec<Vec<Option<String>>> = vec![Vec::new(); series.len()];
    let mut totals: HashMap<&str, u64> = HashMap::new();
    let cells: HashMap<(&str, i64, Option<&Group>), &TrendItem> = answer
        .answer
        .items
        .iter()
        .map(|i| ((i.period.as_str(), i.code, i.group.as_ref()), i))
        .collect();
    for period in &answer.periods {
        for (at, (name, _, group, code)) in series.iter().enumerate() {
            let item = cells.get(&(period.as_str(), *code, group.as_ref()));
            let value = item.and_then(|i| i.per_1000_words());
            let label = value.map(rate).unwrap_or_default();
            let says = match item {
                Some(item) => l.locale.format(
                    "themes-says-trend",
                    &[
                        ("name", name.as_str().into()),
                        ("period", period.as_str().into()),
                        ("documents", item.documents.into()),
                        ("total", item.documents_total.into()),
                        ("passages", item.passages.into()),
                    ],
                ),
                None => l.t2(
                    "themes-says-nothing",
                    "name",
                    name.as_str(),
                    "period",
                    period.as_str(),
                ),
            };
            drawn[at].points.push(Point { value, label, says });
            let code_id = code.to_string();
            let mut more = vec![("code", code_id.as_str()), ("period", period.as_str())];
            if !subtree {
                more.push(("exact", "true"));
            }
            let case = group.as_ref().map(|g| ask.group_name(g));
            if let Some(case) = &case {
                more.push(("case", case));
            }
            links[at].push(
                item.is_some_and(|i| i.passages > 0)
                    .then(|| ask.link(&more)),
            );
        }
    }
    for item in &answer.answer.items {
        if !shown.contains(&item.code) {
            continue;
        }
        // Every group repeats the period's own total only without groups; with them each has its own.
        let total = totals.entry(item.period.as_str()).or_default();
        if by_case {
            *total += item.documents_total;
        } else {
            *total = item.documents_total;
        }
        let mut row = vec![
            item.period.clone(),
            codes
                .get(&item.code)
                .map(|c| c.path.clone())
                .unwrap_or_default(),
        ];
        if by_case {
            row.push(
                item.group
                    .as_ref()
                    .map(|g| ask.group_name(g))
                    .unwrap_or_default(),
            );
        }
        row.extend([
            item.passages.to_string(),
            item.documents.to_string(),
            item.documents_total.to_string(),
            item.words_total.to_string(),
            plain(item.per_1000_words()),
        ]);
        rows.push(row);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let periods: Vec<Period> = answer
        .periods
        .iter()
        .map(|name| {
            let total = totals.get(name.as_str()).copied().unwrap_or(0);
            Period {
                name: name.clone(),
                total: total as f64,
                total_label: total.to_string(),
                says: l.t2(
                    "themes-says-period",
                    "period",
                    name.as_str(),
                    "documents",
                    total,
                ),
            }
        })
        .collect();
    let title = match (by_case, shown.first().and_then(|id| codes.get(id))) {
        (true, Some(code)) => l.t1("themes-trend-title-case", "code", code.path.as_str()),
        _ => l.t("themes-trend-title"),
    };
    let note = l.t("themes-trend-note");
    let (empty, axis, strip) = (
        l.t("themes-empty-dates"),
        l.t("themes-axis-rate"),
        l.t("themes-strip-documents"),
    );
    let frame = ask.frame("trend", &title, &note, &empty, 1280.0);
    let svg = lines(
        &frame,
        &Lines {
            periods: &periods,
            series: &drawn,
            axis: &axis,
            strip: &strip,
            whole: false,
            cycle: usize::try_from(step.per_year()).unwrap_or(1),
            first: answer.first,
        },
        &crate::i18n::number,
        &|line, period| {
            links
                .get(line)
                .and_then(|l| l.get(period).cloned().flatten())
        },
    );
    let mut warnings = Vec::new();
    if answer.undated > 0 {
        let key = match step {
            Step::Year => "themes-undated-year",
            _ => "themes-undated",
        };
        warnings.push(l.t1(key, "documents", answer.undated));
    }
    let mut head = vec![l.t("themes-column-period"), l.t("themes-column-code")];
    if by_case {
        head.push(l.t("themes-column-case"));
    }
    head.extend(
        [
            "themes-column-passages",
            "themes-column-documents",
            "themes-column-documents-total",
            "themes-column-words-total",
            "themes-column-per-1000",
        ]
        .map(|key| l.t(key)),
    );
    Ok(Figure {
        name: "trend",
        title,
        note,
        basis: ask.basis(&answer.answer.totals),
        warnings,
        svg,
        head,
        rows,
    })
}

/// A rate as the figure prints it.
fn rate(value: f64) -> String {
    if value >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
