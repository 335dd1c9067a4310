//! Frequency by code, as bars.

use std::collections::HashMap;

use super::{Ask, Figure, plain};
use crate::error::Result;
use crate::themes::api::{counted, request};
use crate::themes::chart::{Bar, Bars, bars};
use crate::themes::{Code, Corpus, Group, frequencies, store};

fn depth(code: &Code, corpus: &Corpus) -> u8 {
    let mut depth = 0;
    let mut parent = code.parent;
    while let Some(above) = parent.and_then(|id| corpus.codes.iter().find(|c| c.id == id)) {
        depth += 1;
        parent = above.parent;
    }
    depth
}

pub(super) async fn frequency(ask: &Ask<'_>) -> Result<Figure> {
    let l = ask.l;
    let material = store::material(
        ask.state,
        &ask.access.visibility,
        ask.access.project.id,
        ask.filter,
    )
    .await?;
    let subtree = ask.cut.subtree();
    let by = ask.cut.grouping()?;
    let asked = request(ask.filter);
    let answer = {
        let material = material.clone();
        counted(move || frequencies(&material.corpus, by.as_ref(), subtree, &asked)).await?
    };
    let codes: HashMap<i64, &Code> = material.corpus.codes.iter().map(|c| (c.id, c)).collect();
    let mut drawn = Vec::new();
    let mut links = Vec::new();
    let mut rows = Vec::new();
    for item in &answer.items {
        let Some(code) = codes.get(&item.code) else {
            continue;
        };
        let group = item.group.as_ref().map(|g| ask.group_name(g));
        let label = l.n(&i64::try_from(item.passages).unwrap_or(i64::MAX));
        let says = l.locale.format(
            "themes-says-frequency",
            &[
                ("code", code.path.as_str().into()),
                ("passages", item.passages.into()),
                ("documents", item.documents.into()),
            ],
        );
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        drawn.push(Bar {
            name: match &group {
                Some(group) => format!("{} · {group}", code.name),
                None => code.name.clone(),
            },
            color: Some(code.color),
            depth: depth(code, &material.corpus),
            value: Some(item.passages as f64),
            label,
            says,
        });
        let id = code.id.to_string();
        // A code's own passages: its descendants have bars of their own, unless they are rolled up.
        let mut more = vec![("code", id.as_str())];
        if !subtree {
            more.push(("exact", "true"));
        }
        let value = item.group.as_ref().map(|g| match g {
            Group::Coder(id) => id.to_string(),
            Group::Value(v) => v.clone(),
            Group::None => String::new(),
        });
        let field = match ask.cut.by.as_deref() {
            Some("coder") => Some("coder"),
            Some("type") => Some("type"),
            Some("case") => Some("case"),
            Some("language") => Some("language"),
            _ => None,
        };
        if let (Some(field), Some(value)) = (field, value.as_deref()) {
            more.push((field, value));
        }
        let attribute = ask
            .cut
            .by
            .as_deref()
            .and_then(|by| by.strip_prefix("attribute:"))
            .zip(value.as_deref())
            .map(|(name, value)| format!("{name}={value}"));
        if let Some(attribute) = &attribute {
            more.push(("attribute", attribute));
        }
        links.push((item.passages > 0).then(|| ask.link(&more)));
        let mut row = vec![code.path.clone()];
        if answer.items.iter().any(|i| i.group.is_some()) {
            row.push(group.unwrap_or_default());
        }
        row.extend([
            item.passages.to_string(),
            item.documents.to_string(),
            item.characters.to_string(),
            plain(item.share_of_text),
            plain(item.per_1000_words),
            plain(item.weight_mean),
        ]);
        rows.push(row);
    }
    let title = l.t("themes-frequency-title");
    let empty = l.t("themes-empty");
    let note = l.t("themes-frequency-note");
    let axis = l.t("themes-axis-passages");
    let frame = ask.frame("frequency", &title, &note, &empty, 1280.0);
    let svg = bars(
        &frame,
        &Bars {
            bars: &drawn,
            axis: &axis,
            whole: true,
        },
        &crate::i18n::number,
        &|i| links.get(i).cloned().flatten(),
    );
    let mut head = vec![l.t("themes-column-code")];
    if answer.items.iter().any(|i| i.group.is_some()) {
        head.push(l.t("themes-column-group"));
    }
    head.extend(
        [
            "themes-column-passages",
            "themes-column-documents",
            "themes-column-characters",
            "themes-column-share",
            "themes-column-per-1000",
            "themes-column-weight",
        ]
        .map(|key| l.t(key)),
    );
    Ok(Figure {
        name: "frequency",
        title,
        note,
        basis: ask.basis(&answer.totals),
        warnings: Vec::new(),
        svg,
        head,
        rows,
    })
}
