//! Themes by case (or another group), as a matrix with residuals.

use std::collections::HashMap;

use super::{Ask, Figure, plain};
use crate::error::Result;
use crate::themes::api::{counted, request};
use crate::themes::chart::{Cell, Head, Legend, Matrix, Ramp, Shape, matrix, residual_step};
use crate::themes::{Code, CrosstabItem, Group, GroupBy, TestWarning, crosstab, store};

pub(super) async fn cases(ask: &Ask<'_>) -> Result<Figure> {
    let l = ask.l;
    let material = store::material(
        ask.state,
        &ask.access.visibility,
        ask.access.project.id,
        ask.filter,
    )
    .await?;
    let by = ask.cut.grouping()?.unwrap_or(GroupBy::Case);
    let asked = request(ask.filter);
    let answer = {
        let (material, by) = (material.clone(), by.clone());
        counted(move || crosstab(&material.corpus, &by, &asked)).await?
    };
    let codes: HashMap<i64, &Code> = material.corpus.codes.iter().map(|c| (c.id, c)).collect();
    let mut order: Vec<i64> = Vec::new();
    let mut cells: HashMap<(i64, &Group), &CrosstabItem> = HashMap::new();
    for item in &answer.answer.items {
        if !order.contains(&item.code) {
            order.push(item.code);
        }
        cells.insert((item.code, &item.group), item);
    }
    // A row without a passage says nothing here; the frequencies list it.
    order.retain(|code| {
        answer
            .groups
            .iter()
            .any(|g| cells.get(&(*code, g)).is_some_and(|i| i.passages > 0))
    });
    let columns: Vec<Head> = answer
        .groups
        .iter()
        .map(|group| {
            let total: u64 = answer
                .answer
                .items
                .iter()
                .filter(|i| i.group == *group)
                .map(|i| i.passages)
                .sum();
            Head {
                name: ask.group_name(group),
                color: None,
                note: l.n(&i64::try_from(total).unwrap_or(i64::MAX)),
            }
        })
        .collect();
    let mut heads = Vec::new();
    let mut table = Vec::new();
    let mut links = Vec::new();
    let mut rows = Vec::new();
    for id in &order {
        let Some(code) = codes.get(id) else { continue };
        heads.push(Head {
            name: code.name.clone(),
            color: Some(code.color),
            note: String::new(),
        });
        let mut line = Vec::new();
        let mut line_links = Vec::new();
        for group in &answer.groups {
            let Some(item) = cells.get(&(*id, group)) else {
                continue;
            };
            let residual = item
                .residual
                .map(|r| {
                    let sign = if r < 0.0 { "\u{2212}" } else { "+" };
                    format!("{sign}{:.1}", r.abs())
                })
                .unwrap_or_default();
            let name = ask.group_name(group);
            line.push(Cell {
                label: l.n(&i64::try_from(item.passages).unwrap_or(i64::MAX)),
                note: residual.clone(),
                step: item.residual.map(residual_step),
                says: l.locale.format(
                    "themes-says-cell",
                    &[
                        ("code", code.path.as_str().into()),
                        ("group", name.as_str().into()),
                        ("passages", item.passages.into()),
                        ("residual", residual.as_str().into()),
                    ],
                ),
            });
            let code_id = code.id.to_string();
            let mut more = vec![("code", code_id.as_str()), ("exact", "true")];
            let coder = match group {
                Group::Coder(id) => id.to_string(),
                _ => String::new(),
            };
            let attribute;
            match &by {
                GroupBy::Coder => more.push(("coder", &coder)),
                GroupBy::Type => more.push(("type", &name)),
                GroupBy::Case => more.push(("case", &name)),
                GroupBy::Language => more.push(("language", &name)),
                GroupBy::Attribute(attribute_name) => {
                    attribute = format!("{attribute_name}={name}");
                    more.push(("attribute", &attribute));
                }
            }
            line_links.push((item.passages > 0).then(|| ask.link(&more)));
            rows.push(vec![
                code.path.clone(),
                name.clone(),
                item.passages.to_string(),
                item.documents.to_string(),
                item.characters.to_string(),
                plain(item.per_1000_words),
                plain(item.expected),
                plain(item.residual),
            ]);
        }
        table.push(line);
        links.push(line_links);
    }
    let names: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    let title = if names.len() == 2 {
        names.join(" | ")
    } else {
        l.t("themes-cases-title")
    };
    let test = &answer.test;
    let note = match (test.name, test.statistic, test.df, test.p, test.cramers_v) {
        ("chi_square", Some(statistic), Some(df), Some(p), Some(v)) => l.locale.format(
            "themes-cases-note",
            &[
                ("statistic", format!("{statistic:.1}").into()),
                ("df", df.into()),
                ("p", p_value(p).into()),
                ("v", format!("{v:.2}").into()),
            ],
        ),
        ("fisher_exact", _, _, Some(p), _) => l.t1("themes-cases-note-fisher", "p", p_value(p)),
        _ => l.t("themes-cases-note-none"),
    };
    let empty = l.t("themes-empty-cases");
    let (low, high) = (l.t("themes-fewer"), l.t("themes-more"));
    let frame = ask.frame("cases", &title, &note, &empty, 620.0);
    let svg = matrix(
        &frame,
        &Matrix {
            rows: &heads,
            columns: &columns,
            cells: &table,
            shape: Shape::Full,
            ramp: Ramp::Diverging,
            legend: Legend {
                low: &low,
                high: &high,
            },
        },
        &|row, column| {
            links
                .get(row)
                .and_then(|l| l.get(column).cloned().flatten())
        },
    );
    let mut warnings: Vec<String> = test
        .warnings
        .iter()
        .map(|w| {
            l.t(match w {
                TestWarning::GroupsOverlap => "themes-warning-overlap",
                TestWarning::ExpectedBelowFive => "themes-warning-expected",
            })
        })
        .collect();
    if answer.ungrouped.documents > 0 {
        warnings.push(l.t2(
            "themes-ungrouped",
            "documents",
            answer.ungrouped.documents,
            "passages",
            answer.ungrouped.passages,
        ));
    }
    Ok(Figure {
        name: "cases",
        title,
        note,
        basis: ask.basis(&answer.answer.totals),
        warnings,
        svg,
        head: [
            "themes-column-code",
            "themes-column-group",
            "themes-column-passages",
            "themes-column-documents",
            "themes-column-characters",
            "themes-column-per-1000",
            "themes-column-expected",
            "themes-column-residual",
        ]
        .map(|key| l.t(key))
        .to_vec(),
        rows,
    })
}

fn p_value(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("= {p:.3}")
    }
}
