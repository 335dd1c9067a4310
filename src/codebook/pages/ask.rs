//! Moving, merging, retiring and deleting a code: each asks first and says whose codings it touches.

use std::collections::BTreeSet;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::view::{Choice, Said, choices, shown_path};
use super::{code_of, to_code};
use crate::activity::Batch;
use crate::codebook::store::{self, Affected, Codings};
use crate::codebook::tree::{self, Direction};
use crate::codebook::{Code, api::hand};
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Layout, Path, page, problems};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Move,
    Merge,
    Retire,
    Delete,
}

#[derive(Template)]
#[template(path = "codebook/ask.html")]
struct AskPage {
    l: Layout,
    p: i64,
    kind: Kind,
    code: Code,
    path: String,
    affected: Affected,
    targets: Vec<Choice>,
    /// Codes before which it can be put, for moving: rank and name.
    places: Vec<(usize, String)>,
    can: [bool; 4],
    problem: String,
}

impl AskPage {
    fn heading(&self) -> String {
        let key = match self.kind {
            Kind::Move => "codebook-ask-move",
            Kind::Merge => "codebook-ask-merge",
            Kind::Retire if self.code.retired_at.is_some() => "codebook-ask-unretire",
            Kind::Retire => "codebook-ask-retire",
            Kind::Delete => "codebook-ask-delete",
        };
        self.l.t1(key, "name", self.code.name.as_str())
    }

    fn is(&self, kind: &str) -> bool {
        kind == match self.kind {
            Kind::Move => "move",
            Kind::Merge => "merge",
            Kind::Retire => "retire",
            Kind::Delete => "delete",
        }
    }
}

async fn ask(
    state: &AppState,
    access: &Access,
    code: Code,
    kind: Kind,
    problem: Option<Error>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let project = access.project.id;
    let codes = store::codes(&state.db, project).await?;
    let below = tree::subtree(&codes, &[code.id]);
    let touched: BTreeSet<i64> = match kind {
        Kind::Delete => below.clone(),
        _ => [code.id].into(),
    };
    let affected = store::affected(&state.db, project, &touched, &access.visibility).await?;
    let mut targets = choices(&codes, None);
    match kind {
        Kind::Move => {
            targets.retain(|t| !below.contains(&t.id));
            for target in &mut targets {
                target.chosen = Some(target.id) == code.parent;
            }
        }
        Kind::Merge | Kind::Delete => {
            targets.retain(|t| match kind {
                Kind::Merge => t.id != code.id,
                _ => !below.contains(&t.id),
            });
            for target in &mut targets {
                target.closed = affected.codings > 0
                    && codes
                        .iter()
                        .any(|c| c.id == target.id && !c.takes_codings());
            }
        }
        Kind::Retire => targets.clear(),
    }
    let can = [
        Direction::Up,
        Direction::Down,
        Direction::In,
        Direction::Out,
    ]
    .map(|d| tree::destination(&codes, code.id, d).is_some());
    let places = tree::children(&codes, code.parent)
        .filter(|c| c.id != code.id)
        .enumerate()
        .map(|(rank, c)| (rank, c.name.clone()))
        .collect();
    let status = problem.as_ref().map_or(200, Error::status);
    let problem = match problem {
        None => String::new(),
        Some(e @ (Error::Invalid(_) | Error::Conflict { .. })) => {
            problems::words(&e, &access.locale, "").detail
        }
        Some(other) => return Err(other),
    };
    let made = AskPage {
        l: access.layout(state, "codebook").await?,
        p: project,
        kind,
        path: shown_path(&code.path),
        code,
        affected,
        targets,
        places,
        can,
        problem,
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    Ok((status, page(&made)?).into_response())
}

/// Where to put it.
pub async fn ask_move(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
) -> Result<Response> {
    let code = code_of(&state, &access, path).await?;
    ask(&state, &access, code, Kind::Move, None).await
}

/// What to merge it into.
pub async fn ask_merge(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
) -> Result<Response> {
    let code = code_of(&state, &access, path).await?;
    ask(&state, &access, code, Kind::Merge, None).await
}

/// Whether to retire it.
pub async fn ask_retire(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
) -> Result<Response> {
    let code = code_of(&state, &access, path).await?;
    ask(&state, &access, code, Kind::Retire, None).await
}

/// Whether to delete it, and what becomes of its codings.
pub async fn ask_delete(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
) -> Result<Response> {
    let code = code_of(&state, &access, path).await?;
    ask(&state, &access, code, Kind::Delete, None).await
}

/// A place: a direction, or a parent with the place among its codes.
#[derive(Debug, Deserialize)]
pub struct MoveForm {
    direction: Option<Direction>,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    place: String,
}

/// Moves it.
pub async fn do_move(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
    Form(form): Form<MoveForm>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let code = code_of(&state, &access, path).await?;
    let moved = async {
        let batch = Batch::new();
        let hand = hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        let codes = store::codes_in(&mut tx, hand.project).await?;
        let (parent, rank) = match form.direction {
            Some(direction) => {
                let (parent, rank) = tree::destination(&codes, code.id, direction)
                    .ok_or_else(|| Error::invalid("parent", "codebook-error-edge"))?;
                (parent, Some(rank))
            }
            None => {
                let parent = form.parent.parse().ok();
                let rank = match form.place.as_str() {
                    "first" => Some(0),
                    // Before one of the codes that stand beside it now; elsewhere these places mean nothing.
                    rank if parent == code.parent => rank.parse().ok(),
                    _ => None,
                };
                (parent, rank.or(Some(usize::MAX)))
            }
        };
        store::move_to(&mut tx, hand, code.id, parent, rank).await?;
        tx.commit().await
    }
    .await;
    match moved {
        Ok(()) => Ok(to_code(&access, Some(code.id), Said::Moved)),
        Err(e) => ask(&state, &access, code, Kind::Move, Some(e)).await,
    }
}

/// The code that stays.
#[derive(Debug, Deserialize)]
pub struct MergeForm {
    #[serde(default)]
    into: String,
}

/// Merges it.
pub async fn do_merge(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
    Form(form): Form<MergeForm>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let code = code_of(&state, &access, path).await?;
    let merged = async {
        let into = form
            .into
            .parse()
            .map_err(|_| Error::invalid("into", "codebook-error-into"))?;
        let batch = Batch::new();
        let hand = hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        store::merge(&mut tx, hand, code.id, into).await?;
        tx.commit().await?;
        Ok(into)
    }
    .await;
    match merged {
        Ok(into) => Ok(to_code(&access, Some(into), Said::Merged)),
        Err(e) => ask(&state, &access, code, Kind::Merge, Some(e)).await,
    }
}

/// Aside, or back.
#[derive(Debug, Deserialize)]
pub struct RetireForm {
    retired: bool,
}

/// Retires it or brings it back.
pub async fn do_retire(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
    Form(form): Form<RetireForm>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let code = code_of(&state, &access, path).await?;
    let batch = Batch::new();
    let hand = hand(&access, &batch, state.now());
    let mut tx = state.db.begin().await?;
    store::set_retired(&mut tx, hand, code.id, form.retired).await?;
    tx.commit().await?;
    let said = if form.retired {
        Said::Retired
    } else {
        Said::Unretired
    };
    Ok(to_code(&access, Some(code.id), said))
}

/// What becomes of the codings.
#[derive(Debug, Deserialize)]
pub struct DeleteForm {
    #[serde(default)]
    codings: String,
    #[serde(default)]
    move_to: String,
}

/// Deletes it.
pub async fn do_delete(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
    Form(form): Form<DeleteForm>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let code = code_of(&state, &access, path).await?;
    let deleted = async {
        let codings = match form.codings.as_str() {
            "delete" => Codings::Delete,
            "move" => Codings::MoveTo(
                form.move_to
                    .parse()
                    .map_err(|_| Error::invalid("move_to", "codebook-error-into"))?,
            ),
            _ => Codings::Refuse,
        };
        let batch = Batch::new();
        let hand = hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        store::delete(&mut tx, hand, code.id, codings).await?;
        tx.commit().await?;
        Ok(match codings {
            Codings::MoveTo(into) => Some(into),
            _ => code.parent,
        })
    }
    .await;
    match deleted {
        Ok(next) => Ok(to_code(&access, next, Said::Deleted)),
        Err(e) => ask(&state, &access, code, Kind::Delete, Some(e)).await,
    }
}
