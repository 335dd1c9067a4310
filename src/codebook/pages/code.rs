//! The page of one code: its definition, every passage in context, its history.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::view::{ChangeView, FieldView, Words};
use crate::activity::{self, Event};
use crate::codebook::diff::{self, Recorded};
use crate::codebook::store::{self, Passage, Totals};
use crate::codebook::{Code, Snapshot, tree};
use crate::error::{OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::text::{Direction, direction};
use crate::web::{AppState, Layout, Path, Query, page};

/// Passages on one page.
const PAGE: i64 = 50;
/// Context on either side of a passage, in characters.
const CONTEXT: usize = 240;

/// A passage as the page shows it, with all who gave it the same code.
struct PassageView {
    document: i64,
    title: String,
    date: Option<String>,
    lang: String,
    dir: &'static str,
    before: String,
    quote: String,
    after: String,
    code: i64,
    start: i64,
    end: i64,
    code_name: String,
    color: u8,
    own: bool,
    by: Vec<By>,
}

/// One coding of a passage.
struct By {
    id: i64,
    coder: String,
    consensus: bool,
    weight: String,
    memo: Option<String>,
}

/// Something that happened to the code.
struct Happening {
    who: String,
    at: i64,
    what: String,
    fields: Vec<FieldView>,
}

#[derive(Template)]
#[template(path = "codebook/code.html")]
struct CodePage {
    l: Layout,
    p: i64,
    may_edit: bool,
    code: Code,
    above: Vec<(i64, String)>,
    description: Words,
    use_when: Vec<Words>,
    do_not_use_when: Vec<Words>,
    examples: Vec<Words>,
    scale: String,
    own: Totals,
    all: Totals,
    has_children: bool,
    below: bool,
    documents: i64,
    passages: Vec<PassageView>,
    first: i64,
    last: i64,
    total: i64,
    previous: Option<i64>,
    next: Option<i64>,
    history: Vec<Happening>,
}

/// Which page, and whether sub-codes are read with it.
#[derive(Debug, Default, Deserialize)]
pub struct Ask {
    page: Option<i64>,
    below: Option<bool>,
}

/// The page.
pub async fn code(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
    Query(ask): Query<Ask>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let project = access.project.id;
    let (db, visibility) = (&state.db, &access.visibility);
    let codes = store::codes(db, project).await?;
    let code = codes
        .iter()
        .find(|c| c.id == id)
        .or_404("thing-code")?
        .clone();
    let inside = tree::subtree(&codes, &[id]);
    let has_children = inside.len() > 1;
    // A heading has nothing of its own to read.
    let below = has_children && ask.below.unwrap_or(!code.is_codable);
    let own = store::totals(db, project, [id], visibility, "").await?;
    let all = store::totals(db, project, inside.iter().copied(), visibility, "").await?;
    let total = if below { all.codings } else { own.codings };
    let pages = (total + PAGE - 1) / PAGE;
    let at = ask.page.unwrap_or(1).clamp(1, pages.max(1));
    let listed: Vec<i64> = if below {
        inside.into_iter().collect()
    } else {
        vec![id]
    };
    let rows = store::passages(db, project, listed, visibility, (at - 1) * PAGE, PAGE).await?;
    let by_id: BTreeMap<i64, &Code> = codes.iter().map(|c| (c.id, c)).collect();
    let l = access.layout(&state, "codebook").await?;
    let history = activity::store::history(db, project, "code", id).await?;
    let made = CodePage {
        p: project,
        may_edit: access.may(Permission::EditCodebook),
        above: tree::line(&codes, id)
            .into_iter()
            .filter(|c| c.id != id)
            .map(|c| (c.id, c.name.clone()))
            .collect(),
        description: Words::of(&code.description),
        use_when: Words::lines(&code.use_when),
        do_not_use_when: Words::lines(&code.do_not_use_when),
        examples: code.examples.iter().map(|e| Words::of(e)).collect(),
        scale: code
            .scale
            .as_ref()
            .map(diff::scale_words)
            .unwrap_or_default(),
        own,
        all,
        has_children,
        below,
        documents: store::documents(db, project).await?,
        first: (at - 1) * PAGE + 1,
        last: (at - 1) * PAGE + i64::try_from(rows.len()).unwrap_or(0),
        passages: together(rows, id, &by_id),
        total,
        previous: (at > 1).then_some(at - 1),
        next: (at < pages).then_some(at + 1),
        history: history
            .iter()
            .rev()
            .filter_map(|e| happening(e, &codes, &l))
            .collect(),
        code,
        l,
    };
    page(&made)
}

/// Codings of the same passage with the same code as one, with whom they are by.
fn together(rows: Vec<Passage>, id: i64, codes: &BTreeMap<i64, &Code>) -> Vec<PassageView> {
    let mut out: Vec<PassageView> = Vec::new();
    for row in rows {
        let by = By {
            id: row.id,
            coder: row.coder.clone(),
            consensus: row.layer == "consensus",
            weight: row.weight.map(crate::i18n::number).unwrap_or_default(),
            memo: row.memo.clone(),
        };
        let place = (row.document_id, row.code_id, row.start_pos, row.end_pos);
        let known = out
            .iter_mut()
            .rev()
            .take_while(|p| (p.document, p.start, p.end) == (place.0, place.2, place.3))
            .find(|p| p.code == place.1);
        match known {
            Some(passage) => passage.by.push(by),
            None => out.push(passage(row, by, id, codes)),
        }
    }
    out
}

fn passage(row: Passage, by: By, id: i64, codes: &BTreeMap<i64, &Code>) -> PassageView {
    let (before, after) = context(&row);
    let code = codes.get(&row.code_id);
    let rtl = direction(&row.quote) == Direction::Rtl;
    PassageView {
        document: row.document_id,
        title: row.title,
        date: row.date,
        lang: row.language.unwrap_or_default(),
        dir: if rtl { "rtl" } else { "ltr" },
        before,
        quote: row.quote,
        after,
        code: row.code_id,
        start: row.start_pos,
        end: row.end_pos,
        code_name: code.map(|c| c.name.clone()).unwrap_or_default(),
        color: code.map_or(1, |c| c.color),
        own: row.code_id == id,
        by: vec![by],
    }
}

/// What stands before and after a passage in its paragraph, cut at words; the kept context where the paragraph is not
/// known or ends first.
fn context(row: &Passage) -> (String, String) {
    let inside = row
        .block
        .as_deref()
        .zip(row.block_start)
        .and_then(|(block, at)| {
            let start = usize::try_from(row.start_pos - at).ok()?;
            let end = usize::try_from(row.end_pos - at).ok()?;
            let chars: Vec<char> = block.chars().collect();
            let before = chars.get(..start)?;
            Some((before.to_vec(), chars.get(end..).map(<[char]>::to_vec)))
        });
    let Some((before, after)) = inside else {
        return (row.before.clone(), row.after.clone());
    };
    (
        cut_start(&before),
        after.map_or_else(|| row.after.clone(), |after| cut_end(&after)),
    )
}

/// The last part of a text, from a word's beginning, with `…` where something was cut off.
fn cut_start(text: &[char]) -> String {
    if text.len() <= CONTEXT {
        return text.iter().collect();
    }
    let tail = &text[text.len() - CONTEXT..];
    let at = tail.iter().position(|c| c.is_whitespace()).unwrap_or(0);
    format!("…{}", tail[at..].iter().collect::<String>())
}

/// The first part of a text, to a word's end.
fn cut_end(text: &[char]) -> String {
    if text.len() <= CONTEXT {
        return text.iter().collect();
    }
    let head = &text[..CONTEXT];
    let at = head
        .iter()
        .rposition(|c| c.is_whitespace())
        .unwrap_or(head.len());
    format!("{}…", head[..at].iter().collect::<String>())
}

/// An event in words; none for one that changed nothing that people see.
fn happening(event: &Event, codes: &[Code], l: &Layout) -> Option<Happening> {
    let read = |json: Option<serde_json::Value>| {
        json.and_then(|j| Snapshot::from_json(&j).ok())
            .map(|s| recorded(s, codes))
    };
    let before = read(event.before_json());
    let after = read(event.after_json());
    let what = l.t_of(
        "codebook-event-",
        match event.verb.as_str() {
            known @ ("create" | "rename" | "update" | "move" | "merge" | "retire" | "unretire"
            | "delete" | "undo" | "redo" | "import") => known,
            _ => "update",
        },
    );
    let fields = match (&before, &after) {
        (Some(before), Some(after)) => {
            // With the codes that it stood and stands under, which are named as they are called today.
            let parents: Vec<Recorded> = [before.parent, after.parent]
                .into_iter()
                .flatten()
                .map(|id| match codes.iter().find(|c| c.id == id) {
                    Some(code) => Recorded::of(code),
                    None => Recorded {
                        id,
                        path: l.t("codebook-gone"),
                        ..before.clone()
                    },
                })
                .collect();
            let with = |one: &Recorded| {
                let mut all = parents.clone();
                all.push(one.clone());
                all
            };
            let changes = diff::diff(&with(before), &with(after));
            let view = changes
                .iter()
                .find(|c| c.code == event.subject_id)
                .map(|c| ChangeView::of(c, l));
            let fields = view.map(|v| v.fields).unwrap_or_default();
            // A change of place among the same siblings leaves no trace in the fields.
            if fields.is_empty() && event.verb != "move" {
                return None;
            }
            fields
        }
        _ => Vec::new(),
    };
    Some(Happening {
        who: event.actor_name.clone(),
        at: event.at,
        what,
        fields,
    })
}

/// A row of the log as a state of its own. A parent is named as it is called today.
fn recorded(s: Snapshot, codes: &[Code]) -> Recorded {
    let above = codes.iter().find(|c| Some(c.id) == s.parent_id);
    let mut names = above.map(Code::names).unwrap_or_default();
    names.push(s.name.clone());
    Recorded {
        id: s.id,
        guid: s.guid,
        parent: s.parent_id,
        path: tree::join(&names),
        depth: names.len() - 1,
        position: 0,
        name: s.name,
        palette: s.color,
        description: s.description,
        use_when: s.use_when,
        do_not_use_when: s.do_not_use_when,
        examples: s.examples,
        is_codable: s.is_codable,
        scale: s.scale,
        retired: s.retired_at.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(block: &str, at: i64, start: i64, end: i64) -> Passage {
        Passage {
            id: 1,
            code_id: 1,
            document_id: 1,
            title: String::new(),
            date: None,
            language: None,
            coder: String::new(),
            layer: "coder".to_owned(),
            start_pos: start,
            end_pos: end,
            quote: String::new(),
            before: "kept before".to_owned(),
            after: "kept after".to_owned(),
            memo: None,
            weight: None,
            block_start: Some(at),
            block: Some(block.to_owned()),
        }
    }

    #[test]
    fn codings_of_one_passage_stand_together_and_others_apart() {
        let mut rows = vec![
            row("one two", 0, 0, 3),
            row("one two", 0, 0, 3),
            row("one two", 0, 0, 3),
            row("one two", 0, 0, 7),
        ];
        rows[1].code_id = 2;
        rows[2].id = 9;
        let seen: Vec<(i64, i64, usize)> = together(rows, 1, &BTreeMap::new())
            .iter()
            .map(|p| (p.code, p.end, p.by.len()))
            .collect();
        assert_eq!(seen, [(1, 3, 2), (2, 3, 1), (1, 7, 1)]);
    }

    #[test]
    fn context_is_the_paragraph_around_the_passage() {
        assert_eq!(
            context(&row("یک دو سه", 10, 13, 15)),
            ("یک ".to_owned(), " سه".to_owned())
        );
    }

    #[test]
    fn a_passage_that_runs_over_its_paragraph_keeps_what_follows_it() {
        assert_eq!(
            context(&row("one two", 0, 4, 20)),
            ("one ".to_owned(), "kept after".to_owned())
        );
    }

    #[test]
    fn long_context_is_cut_at_a_word() {
        let text: Vec<char> = "word ".repeat(100).chars().collect();
        let before = cut_start(&text);
        assert!(before.starts_with("… word"), "{before}");
        assert!(before.chars().count() <= CONTEXT + 1);
        let after = cut_end(&text);
        assert!(after.ends_with("word…"), "{after}");
    }
}
