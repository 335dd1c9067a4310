//! A project's overview: what to do next in one's role, how far everybody is, what happened lately.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::events::{self, Told};
use super::pages::about;
use super::store::{self, CoderProgress, Counts, DocumentProgress, Work};
use crate::activity::{Event, store as activity};
use crate::error::Result;
use crate::i18n::Msg;
use crate::projects::{Access, Permission};
use crate::web::layout::initials;
use crate::web::{AppState, Layout, page};

/// Documents in the table of progress.
const DOCUMENTS: i64 = 20;
/// Sentences of recent activity.
const SENTENCES: usize = 10;
/// Events looked at for them.
const EVENTS: i64 = 300;

/// Something to do next.
struct Step {
    text: String,
    href: String,
    action: String,
}

struct Cell {
    state: &'static str,
}

struct Row {
    document: DocumentProgress,
    cells: Vec<Cell>,
}

struct Line {
    who: String,
    initials: String,
    mine: bool,
    sentence: String,
    link: String,
    at: i64,
}

#[derive(Template)]
#[template(path = "home/overview.html")]
struct OverviewPage {
    l: Layout,
    id: i64,
    name: String,
    description: String,
    role: &'static str,
    steps: Vec<Step>,
    work: Vec<(Work, String)>,
    counts: Counts,
    coders: Vec<CoderProgress>,
    me: i64,
    rows: Vec<Row>,
    recent: Vec<Line>,
}

impl OverviewPage {
    fn initials(&self, name: &str) -> String {
        initials(name)
    }
}

/// `GET /projects/{p}`.
pub async fn show(State(state): State<AppState>, access: Access) -> Result<Response> {
    let l = access.layout(&state, "overview").await?;
    let id = access.project.id;
    let counts = store::counts(&state.db, id).await?;
    let (work, waiting) = store::work(&state.db, access.user.id, Some(id), 3).await?;
    let coders = store::coders(&state.db, id).await?;
    let rows = rows(&state, id, &coders).await?;
    let recent = recent(&state, &access, &l).await?;
    page(&OverviewPage {
        steps: steps(&access, &l, &counts, &work, waiting),
        id,
        name: access.project.name.clone(),
        description: access.project.description.clone(),
        role: access.role.as_str(),
        work: work
            .into_iter()
            .map(|w| {
                let about = about(&l, &access.project.settings, &w);
                (w, about)
            })
            .collect(),
        counts,
        coders,
        me: access.user.id,
        rows,
        recent,
        l,
    })
}

/// What the caller can do now, the first the most urgent. Nothing is listed that would lead to an empty page.
fn steps(access: &Access, l: &Layout, counts: &Counts, work: &[Work], waiting: i64) -> Vec<Step> {
    let base = format!("/projects/{}", access.project.id);
    let mut steps = Vec::new();
    let mut step = |message: Msg, path: &str, action: &str| {
        steps.push(Step {
            text: l.msg(&message),
            href: format!("{base}{path}"),
            action: l.t(action),
        });
    };
    if let Some(first) = work.first() {
        let action = if first.state == "in_progress" {
            "home-continue"
        } else {
            "home-begin"
        };
        let path = format!("/documents/{}/code", first.document_id);
        step(Msg::new("home-step-code").arg("n", waiting), &path, action);
    }
    if access.may(Permission::EditDocuments) && counts.documents == 0 {
        step(
            Msg::new("home-step-documents"),
            "/documents",
            "home-step-documents-go",
        );
    }
    if access.may(Permission::EditCodebook) && counts.codes == 0 {
        step(
            Msg::new("home-step-codebook"),
            "/codebook",
            "home-step-codebook-go",
        );
    }
    if access.may(Permission::ManageMembers) && counts.members == 1 {
        step(
            Msg::new("home-step-invite"),
            "/settings#members",
            "home-step-invite-go",
        );
    }
    if access.may(Permission::Assign) && counts.unassigned > 0 && counts.documents > 0 {
        step(
            Msg::new("home-step-assign").arg("n", counts.unassigned),
            "/documents",
            "home-step-assign-go",
        );
    }
    if work.is_empty() && access.may(Permission::Code) && counts.documents > 0 {
        step(
            Msg::new("home-step-choose"),
            "/documents",
            "home-step-choose-go",
        );
    }
    if counts.comparable > 0 {
        if access.may(Permission::Adjudicate) {
            step(
                Msg::new("home-step-review").arg("n", counts.comparable),
                "/review",
                "home-step-review-go",
            );
        }
        step(
            Msg::new("home-step-agreement").arg("n", counts.comparable),
            "/agreement",
            "home-step-agreement-go",
        );
    }
    steps
}

async fn rows(state: &AppState, project: i64, coders: &[CoderProgress]) -> Result<Vec<Row>> {
    let states: BTreeMap<(i64, i64), String> = store::states(&state.db, project)
        .await?
        .into_iter()
        .map(|(document, user, state)| ((document, user), state))
        .collect();
    Ok(store::documents(&state.db, project, DOCUMENTS)
        .await?
        .into_iter()
        .map(|document| Row {
            cells: coders
                .iter()
                .map(|coder| Cell {
                    state: match states.get(&(document.id, coder.id)).map(String::as_str) {
                        Some("done") => "done",
                        Some("in_progress") => "in_progress",
                        Some(_) => "todo",
                        None => "none",
                    },
                })
                .collect(),
            document,
        })
        .collect())
}

/// Whether an event may be told to the viewer: in blind documents, nothing that others code or say about it. What
/// belongs to no document but tells of codings (a bulk action, an undo) is kept back with them.
fn may_tell(event: &Event, viewer: i64, blind: &BTreeSet<i64>) -> bool {
    let tells_codings = matches!(
        event.subject_kind.as_str(),
        "coding" | "comment" | "decision"
    );
    !tells_codings
        || blind.is_empty()
        || event.actor_id == viewer
        || event.document_id.is_some_and(|d| !blind.contains(&d))
}

async fn recent(state: &AppState, access: &Access, l: &Layout) -> Result<Vec<Line>> {
    let project = access.project.id;
    let mut events = activity::recent(&state.db, project, 0, EVENTS).await?;
    if !access.visibility.everything() {
        let blind = store::blind_documents(&state.db, project).await?;
        events.retain(|event| may_tell(event, access.user.id, &blind));
    }
    let mut lines = Vec::new();
    for told in events::tell(&events, project, SENTENCES) {
        lines.push(line(state, access, l, told).await?);
    }
    Ok(lines)
}

async fn line(state: &AppState, access: &Access, l: &Layout, told: Told) -> Result<Line> {
    let title = match told.document {
        Some(document) => store::title(&state.db, access.project.id, document).await?,
        None => None,
    };
    let mine = told.actor == access.user.id;
    let who = if mine {
        l.t("home-you")
    } else {
        told.actor_name.clone()
    };
    let words = told.message(&who, title.as_deref());
    Ok(Line {
        sentence: l.msg(&words),
        initials: initials(&told.actor_name),
        who: told.actor_name,
        mine,
        link: told.link,
        at: told.at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_code_in_blind_documents_is_not_told() {
        let event = |kind: &str, actor: i64, document: Option<i64>| Event {
            seq: 1,
            actor_id: actor,
            actor_name: String::new(),
            verb: "create".to_owned(),
            subject_kind: kind.to_owned(),
            subject_id: 1,
            document_id: document,
            before: None,
            after: None,
            batch: String::new(),
            undoes: None,
            at: 0,
        };
        let blind = BTreeSet::from([7]);
        assert!(!may_tell(&event("coding", 2, Some(7)), 1, &blind));
        assert!(!may_tell(&event("comment", 2, Some(7)), 1, &blind));
        assert!(!may_tell(&event("coding", 2, None), 1, &blind));
        assert!(may_tell(&event("coding", 1, Some(7)), 1, &blind));
        assert!(may_tell(&event("coding", 2, Some(8)), 1, &blind));
        assert!(may_tell(&event("assignment", 2, Some(7)), 1, &blind));
    }
}
