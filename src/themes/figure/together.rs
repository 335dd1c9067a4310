//! Which codes meet, as a triangle.

use std::collections::{HashMap, HashSet};

use super::{Ask, Figure, plain};
use crate::error::Result;
use crate::themes::api::cooccurrence_of;
use crate::themes::chart::{Cell, Head, Legend, Matrix, Ramp, Shape, matrix, sequential_step};
use crate::themes::{Code, CooccurrenceItem, store};

pub(super) async fn together(ask: &Ask<'_>) -> Result<Figure> {
    let l = ask.l;
    let material = store::material(
        ask.state,
        &ask.access.visibility,
        ask.access.project.id,
        ask.filter,
    )
    .await?;
    let within = ask.cut.within.clone().unwrap_or_default();
    let answer = cooccurrence_of(ask.state, ask.access, ask.filter, Some(&within)).await?;
    let pairs: HashMap<(i64, i64), &CooccurrenceItem> =
        answer.items.iter().map(|i| ((i.a, i.b), i)).collect();
    let used: HashSet<i64> = material.corpus.codings.iter().map(|c| c.code).collect();
    let codes: Vec<&Code> = material
        .corpus
        .codes
        .iter()
        .filter(|c| used.contains(&c.id))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let most = answer.items.iter().map(|i| i.count).max().unwrap_or(0) as f64;
    let mut heads = Vec::new();
    let mut table = Vec::new();
    let mut links = Vec::new();
    let mut rows = Vec::new();
    for (i, row_code) in codes.iter().enumerate() {
        heads.push(Head {
            name: row_code.name.clone(),
            color: Some(row_code.color),
            note: String::new(),
        });
        let mut line = Vec::new();
        let mut line_links = Vec::new();
        for column_code in &codes[..i] {
            let (a, b) = (
                row_code.id.min(column_code.id),
                row_code.id.max(column_code.id),
            );
            let Some(item) = pairs.get(&(a, b)) else {
                continue;
            };
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
            line.push(Cell {
                label: l.n(&i64::try_from(item.count).unwrap_or(i64::MAX)),
                note: String::new(),
                step: Some(sequential_step(item.count as f64, most)),
                says: l.locale.format(
                    "themes-says-pair",
                    &[
                        ("a", row_code.path.as_str().into()),
                        ("b", column_code.path.as_str().into()),
                        ("count", item.count.into()),
                    ],
                ),
            });
            let (code, with) = (row_code.id.to_string(), column_code.id.to_string());
            line_links.push((item.count > 0).then(|| {
                ask.link(&[
                    ("code", &code),
                    ("with", &with),
                    ("exact", "true"),
                    ("within", &within),
                ])
            }));
            rows.push(vec![
                row_code.path.clone(),
                column_code.path.clone(),
                item.count.to_string(),
                plain(item.jaccard),
                plain(item.lift),
            ]);
        }
        table.push(line);
        links.push(line_links);
    }
    let title = l.t("themes-together-title");
    let note = l.t(match within.as_str() {
        "sentence" => "themes-together-note-sentence",
        "paragraph" => "themes-together-note-paragraph",
        "document" => "themes-together-note-document",
        _ => "themes-together-note-overlap",
    });
    let (empty, low, high) = (
        l.t("themes-empty"),
        "0".to_owned(),
        crate::i18n::number(most),
    );
    let frame = ask.frame("together", &title, &note, &empty, 900.0);
    let svg = matrix(
        &frame,
        &Matrix {
            rows: &heads,
            columns: &[],
            cells: &table,
            shape: Shape::Triangle,
            ramp: Ramp::Sequential,
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
    Ok(Figure {
        name: "together",
        title,
        note,
        basis: ask.basis(&answer.totals),
        warnings: Vec::new(),
        svg,
        head: [
            "themes-column-code",
            "themes-column-other",
            "themes-column-count",
            "themes-column-jaccard",
            "themes-column-lift",
        ]
        .map(|key| l.t(key))
        .to_vec(),
        rows,
    })
}
