//! The Review pages: which documents have layers that differ, and two layers side by side on one text.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::compare::{Mark, Standing, compare, differences, pieces};
use super::compare_store::{self as store, BlockRow, CodingRow, CommentRow, DocumentRow};
use crate::coding::Filter;
use crate::coding::span_store;
use crate::error::{OrNotFound, Result};
use crate::projects::{Access, Permission, store as projects};
use crate::text::{Span, TextIndex};
use crate::web::layout::initials;
use crate::web::{AppState, Layout, Path, Query, page};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/projects/{p}/review", get(list))
        .route("/projects/{p}/review/{d}", get(side_by_side))
}

/// A layer one can put on a side: a coder's, or consensus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Coder(i64),
    Consensus,
}

impl Side {
    fn parse(text: &str) -> Option<Side> {
        match text {
            "consensus" => Some(Side::Consensus),
            id => id.parse().ok().map(Side::Coder),
        }
    }

    fn value(&self) -> String {
        match self {
            Side::Coder(id) => id.to_string(),
            Side::Consensus => "consensus".to_owned(),
        }
    }

    fn holds(&self, coding: &CodingRow) -> bool {
        match self {
            Side::Coder(id) => coding.layer == "coder" && coding.coder_id == *id,
            Side::Consensus => coding.layer == "consensus",
        }
    }
}

/// Somebody on the list.
#[derive(Debug, Clone)]
struct Person {
    name: String,
    initials: String,
    mine: bool,
}

struct Row {
    document: DocumentRow,
    people: Vec<Person>,
    differences: usize,
    shared: usize,
    link: String,
}

#[derive(Template)]
#[template(path = "review/list.html")]
struct ListPage {
    l: Layout,
    rows: Vec<Row>,
    p: i64,
}

fn mark(id: i64, code: i64, start: i64, end: i64) -> Option<Mark> {
    let span = Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?)?;
    Some(Mark { id, code, span })
}

async fn list(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let l = access.layout(&state, "review").await?;
    let names: HashMap<i64, String> = projects::members(&state.db, p)
        .await?
        .into_iter()
        .map(|m| (m.id, m.name))
        .collect();
    let filter = Filter {
        layer: Some("coder".to_owned()),
        ..Filter::default()
    };
    let spans = span_store::spans(&state.db, &access.visibility, p, &filter).await?;
    let me = access.user.id;
    let documents = store::documents(&state.db, p).await?;
    let rows = tokio::task::spawn_blocking(move || {
        let mut by_document: HashMap<i64, BTreeMap<i64, Vec<Mark>>> = HashMap::new();
        for s in &spans {
            if let Some(mark) = mark(s.id, s.code, i64::from(s.start), i64::from(s.end)) {
                by_document
                    .entry(s.document)
                    .or_default()
                    .entry(s.coder)
                    .or_default()
                    .push(mark);
            }
        }
        let mut rows = Vec::new();
        for document in documents {
            let Some(coders) = by_document.remove(&document.id).filter(|c| c.len() > 1) else {
                continue;
            };
            let ids: Vec<i64> = coders.keys().copied().collect();
            let mut total = 0;
            let mut shared = 0;
            // The pair that differs most is the one to open; mine first when I am one of them.
            let mut best: Option<(bool, usize, i64, i64)> = None;
            for (i, a) in ids.iter().enumerate() {
                for b in &ids[i + 1..] {
                    let (left, right) = compare(&coders[a], &coders[b]);
                    let n = differences(&left, &right);
                    total += n;
                    shared += left.iter().filter(|s| **s == Standing::Same).count();
                    let mine = *a == me || *b == me;
                    if best.is_none_or(|(m, most, _, _)| (mine, n) > (m, most)) {
                        best = Some((mine, n, *a, *b));
                    }
                }
            }
            let Some((_, _, a, b)) = best else { continue };
            let (a, b) = if b == me { (b, a) } else { (a, b) };
            rows.push(Row {
                people: ids
                    .iter()
                    .map(|id| {
                        let name = names.get(id).cloned().unwrap_or_default();
                        Person {
                            initials: initials(&name),
                            name,
                            mine: *id == me,
                        }
                    })
                    .collect(),
                link: format!("/projects/{p}/review/{}?a={a}&b={b}", document.id),
                document,
                differences: total,
                shared,
            });
        }
        rows.sort_by(|a, b| {
            b.differences
                .cmp(&a.differences)
                .then(a.document.id.cmp(&b.document.id))
        });
        rows
    })
    .await?;
    page(&ListPage { l, rows, p })
}

#[derive(Debug, Deserialize, Default)]
struct Which {
    a: Option<String>,
    b: Option<String>,
    code: Option<i64>,
    /// `all`: also paragraphs that neither coded.
    show: Option<String>,
    from: Option<i64>,
}

/// A piece of text as the template prints it.
struct Seg {
    text: String,
    top: i64,
    lanes: Vec<i64>,
    more: bool,
    says: String,
    standing: &'static str,
}

impl Seg {
    /// The colour in a lane, if a coding runs there.
    fn lane(&self, lane: usize) -> Option<i64> {
        self.lanes.get(lane).copied().filter(|color| *color != 0)
    }

    /// Whether nothing is coded here.
    fn bare(&self) -> bool {
        self.top == 0
    }
}

/// A coding named under its paragraph.
struct Chip {
    id: i64,
    name: String,
    color: i64,
    standing: &'static str,
    words: String,
    memo: Option<String>,
    comments: usize,
}

struct Cell {
    segs: Vec<Seg>,
    chips: Vec<Chip>,
}

struct ParagraphRow {
    number: i64,
    differs: bool,
    left: Cell,
    right: Cell,
    comments: Vec<Thread>,
    start: i64,
    end: i64,
}

struct Thread {
    id: i64,
    author: String,
    initials: String,
    mine: bool,
    text: String,
    at: String,
    reply: bool,
    about: String,
}

struct SideHead {
    name: String,
    initials: String,
    mine: bool,
    note: String,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "review/compare.html")]
struct ComparePage {
    l: Layout,
    p: i64,
    document: DocumentRow,
    left: SideHead,
    right: SideHead,
    sides_left: Vec<Choice>,
    sides_right: Vec<Choice>,
    codes: Vec<Choice>,
    all: bool,
    rows: Vec<ParagraphRow>,
    differing: usize,
    differences: usize,
    same: usize,
    may_comment: bool,
    next: Option<String>,
    previous: Option<String>,
    other_view: String,
}

/// Paragraphs on one page.
const WINDOW: usize = 60;

fn cell(
    block: &BlockRow,
    marks: &[Mark],
    codings: &HashMap<i64, CodingRow>,
    standings: &[Standing],
    lanes: &[usize],
    comments: &HashMap<i64, usize>,
    l: &Layout,
) -> Cell {
    let Some(span) = mark(0, 0, block.start_pos, block.end_pos).map(|m| m.span) else {
        return Cell {
            segs: Vec::new(),
            chips: Vec::new(),
        };
    };
    let index = TextIndex::new(block.text.as_str());
    let mut segs = Vec::new();
    for piece in pieces(span, marks) {
        let inside = Span::new(piece.span.start - span.start, piece.span.end - span.start);
        let text = inside
            .map(|s| index.slice(s).to_owned())
            .unwrap_or_default();
        let color = |i: usize| codings.get(&marks[i].id).map_or(1, |c| c.color);
        let mut by_lane = vec![0; 3];
        let mut more = false;
        for &i in &piece.over {
            match by_lane.get_mut(lanes[i]) {
                Some(lane) => *lane = color(i),
                None => more = true,
            }
        }
        // A difference anywhere in the piece is what the reader looks for.
        let standing = piece
            .over
            .iter()
            .map(|&i| standings[i])
            .find(|s| s.differs())
            .or_else(|| piece.over.first().map(|&i| standings[i]))
            .map_or("", Standing::as_str);
        let says = piece
            .over
            .iter()
            .filter_map(|&i| codings.get(&marks[i].id).map(|c| c.code_name.clone()))
            .collect::<Vec<_>>()
            .join(", ");
        segs.push(Seg {
            text,
            top: piece.over.first().map_or(0, |&i| color(i)),
            lanes: by_lane,
            more,
            says,
            standing,
        });
    }
    let chips = (0..marks.len())
        .filter(|&i| {
            // Named where it begins, or at the first block of the window it reaches into.
            marks[i].span.start >= span.start && marks[i].span.start < span.end
        })
        .filter_map(|i| {
            let coding = codings.get(&marks[i].id)?;
            Some(Chip {
                id: coding.id,
                name: coding.code_name.clone(),
                color: coding.color,
                standing: standings[i].as_str(),
                words: l.t(match standings[i] {
                    Standing::Same => "review-standing-same",
                    Standing::Range(_) => "review-standing-range",
                    Standing::Code(_) => "review-standing-code",
                    Standing::Alone => "review-standing-alone",
                }),
                memo: coding.memo.clone(),
                comments: comments.get(&coding.id).copied().unwrap_or(0),
            })
        })
        .collect();
    Cell { segs, chips }
}

/// A lane for each coding, so that it keeps its line over its whole length.
fn lanes(marks: &[Mark]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|&i| (marks[i].span.start, marks[i].span.end, marks[i].id));
    let mut ends: Vec<u32> = Vec::new();
    let mut lanes = vec![0; marks.len()];
    for i in order {
        let free = ends.iter().position(|&end| end <= marks[i].span.start);
        let lane = free.unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(0);
        }
        ends[lane] = marks[i].span.end;
        lanes[i] = lane;
    }
    lanes
}

async fn side_by_side(
    State(state): State<AppState>,
    access: Access,
    Path((p, d)): Path<(i64, i64)>,
    Query(which): Query<Which>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, p, d)
        .await?
        .or_404("thing-document")?;
    let l = access.layout(&state, "review").await?;
    let codings = store::codings(&state.db, &access.visibility, d).await?;
    let members: BTreeMap<i64, String> = projects::members(&state.db, p)
        .await?
        .into_iter()
        .map(|m| (m.id, m.name))
        .collect();
    let states: HashMap<i64, String> = store::states(&state.db, p)
        .await?
        .into_iter()
        .filter(|(document, _, _)| *document == d)
        .map(|(_, user, state)| (user, state))
        .collect();

    // Everybody who coded here or finished it, then consensus if there is any.
    let mut sides: Vec<Side> = Vec::new();
    for id in members.keys() {
        let coded = codings
            .iter()
            .any(|c| c.layer == "coder" && c.coder_id == *id);
        let done = states.get(id).is_some_and(|s| s == "done");
        if coded || done || *id == access.user.id && access.may(Permission::Code) {
            sides.push(Side::Coder(*id));
        }
    }
    if codings.iter().any(|c| c.layer == "consensus") {
        sides.push(Side::Consensus);
    }
    let asked = |value: &Option<String>| {
        value
            .as_deref()
            .and_then(Side::parse)
            .filter(|side| sides.contains(side))
    };
    let me = Side::Coder(access.user.id);
    let first = asked(&which.a)
        .or_else(|| sides.contains(&me).then(|| me.clone()))
        .or_else(|| sides.first().cloned())
        .unwrap_or(Side::Consensus);
    let second = asked(&which.b)
        .filter(|s| *s != first)
        .or_else(|| sides.iter().find(|s| **s != first).cloned())
        .unwrap_or(Side::Consensus);

    let by_id: HashMap<i64, CodingRow> = codings.iter().map(|c| (c.id, c.clone())).collect();
    let marks_of = |side: &Side| -> Vec<Mark> {
        codings
            .iter()
            .filter(|c| side.holds(c) && which.code.is_none_or(|code| c.code_id == code))
            .filter_map(|c| mark(c.id, c.code_id, c.start_pos, c.end_pos))
            .collect()
    };
    let (left, right) = (marks_of(&first), marks_of(&second));
    let (of_left, of_right) = compare(&left, &right);
    let (lanes_left, lanes_right) = (lanes(&left), lanes(&right));
    let all_comments = store::comments(&state.db, &access.visibility, d).await?;
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for comment in &all_comments {
        if comment.subject_kind == "coding" {
            *counts.entry(comment.subject_id).or_default() += 1;
        }
    }

    let all = which.show.as_deref() == Some("all");
    let blocks = store::blocks(&state.db, d, document.revision).await?;
    let touched = |block: &BlockRow| {
        let meets = |m: &Mark| {
            i64::from(m.span.start) < block.end_pos && i64::from(m.span.end) > block.start_pos
        };
        left.iter().any(meets)
            || right.iter().any(meets)
            || all_comments
                .iter()
                .any(|c| c.start_pos >= block.start_pos && c.start_pos < block.end_pos)
    };
    let chosen: Vec<&BlockRow> = blocks.iter().filter(|b| all || touched(b)).collect();
    let from = usize::try_from(which.from.unwrap_or(0).max(0)).unwrap_or(0);
    let mut rows = Vec::new();
    for block in chosen.iter().skip(from).take(WINDOW) {
        let left_cell = cell(block, &left, &by_id, &of_left, &lanes_left, &counts, &l);
        let right_cell = cell(block, &right, &by_id, &of_right, &lanes_right, &counts, &l);
        let differs = left_cell
            .segs
            .iter()
            .chain(&right_cell.segs)
            .any(|s| !s.standing.is_empty() && s.standing != "same");
        rows.push(ParagraphRow {
            number: block.idx + 1,
            differs,
            left: left_cell,
            right: right_cell,
            comments: all_comments
                .iter()
                .filter(|c| c.start_pos >= block.start_pos && c.start_pos < block.end_pos)
                .map(|c| thread(c, &by_id, access.user.id, &l))
                .collect(),
            start: block.start_pos,
            end: block.end_pos,
        });
    }
    let address = |from: usize, show: bool| {
        let mut address = format!(
            "/projects/{p}/review/{d}?a={}&b={}",
            first.value(),
            second.value()
        );
        if let Some(code) = which.code {
            address.push_str(&format!("&code={code}"));
        }
        if show {
            address.push_str("&show=all");
        }
        if from > 0 {
            address.push_str(&format!("&from={from}"));
        }
        address
    };
    let head = |side: &Side, n: usize| match side {
        Side::Consensus => SideHead {
            name: l.t("review-consensus"),
            initials: "=".to_owned(),
            mine: false,
            note: l.t1("review-codings", "n", n),
        },
        Side::Coder(id) => {
            let name = members.get(id).cloned().unwrap_or_default();
            let state = states.get(id).map_or("none", String::as_str);
            SideHead {
                initials: initials(&name),
                name,
                mine: *id == access.user.id,
                note: l.t2(
                    "review-codings-state",
                    "n",
                    n,
                    "state",
                    l.t(&format!("review-state-{state}")),
                ),
            }
        }
    };
    let choices = |current: &Side| -> Vec<Choice> {
        sides
            .iter()
            .map(|s| Choice {
                value: s.value(),
                label: match s {
                    Side::Consensus => l.t("review-consensus"),
                    Side::Coder(id) => members.get(id).cloned().unwrap_or_default(),
                },
                chosen: s == current,
            })
            .collect()
    };
    let mut seen = BTreeMap::new();
    for c in &codings {
        seen.entry(c.code_name.clone()).or_insert(c.code_id);
    }
    let codes = seen
        .into_iter()
        .map(|(label, id)| Choice {
            value: id.to_string(),
            label,
            chosen: which.code == Some(id),
        })
        .collect();
    let same = of_left.iter().filter(|s| **s == Standing::Same).count();
    page(&ComparePage {
        p,
        left: head(&first, left.len()),
        right: head(&second, right.len()),
        sides_left: choices(&first),
        sides_right: choices(&second),
        codes,
        all,
        differing: rows.iter().filter(|r| r.differs).count(),
        differences: differences(&of_left, &of_right),
        same,
        may_comment: access.may(Permission::Comment),
        next: (from + WINDOW < chosen.len()).then(|| address(from + WINDOW, all)),
        previous: (from > 0).then(|| address(from.saturating_sub(WINDOW), all)),
        other_view: address(0, !all),
        rows,
        document,
        l,
    })
}

fn thread(comment: &CommentRow, codings: &HashMap<i64, CodingRow>, me: i64, l: &Layout) -> Thread {
    Thread {
        id: comment.id,
        author: comment.author_name.clone(),
        initials: initials(&comment.author_name),
        mine: comment.author_id == me,
        text: comment.text.clone(),
        at: l.time(&comment.created_at),
        reply: comment.reply_to.is_some(),
        about: if comment.subject_kind == "coding" {
            codings
                .get(&comment.subject_id)
                .map(|c| c.code_name.clone())
                .unwrap_or_default()
        } else {
            String::new()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_keeps_its_lane_and_a_free_one_is_used_again() {
        let marks = [
            mark(1, 1, 0, 10).unwrap(),
            mark(2, 1, 5, 20).unwrap(),
            mark(3, 1, 10, 15).unwrap(),
        ];
        assert_eq!(lanes(&marks), [0, 1, 0]);
    }
}
