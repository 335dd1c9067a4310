//! The live feed: the event log as it grows, sent to a browser that listens.
//!
//! Events are read from the database, never carried in memory: a listener who falls behind, comes back, or hears of another
//! process's changes reads on from where she was. A commit in this process wakes her at once; the rest is found within half a
//! second. Before each page of events her membership and what she may see are asked again, so that who is shut out hears nothing more.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse;
use serde_json::{Value as Json, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::snapshots::CodingSnapshot;
use super::{Event, store};
use crate::error::Result;
use crate::projects::{Access, Permission};
use crate::web::AppState;
use crate::web::layout::initials;
use crate::web::metrics::OpenStream;
use crate::web::presence::Here;

/// Events read at once.
const PAGE: i64 = 200;

/// How often the log is looked at without a sign that it grew.
const LOOK: Duration = Duration::from_millis(500);

/// How often the caller is asked who she is when nothing else happens, in looks.
const LOOKS_A_CHECK: u32 = 10;

/// Which of a project's events somebody may know.
#[derive(Debug)]
pub struct Sight {
    viewer: i64,
    hidden: HashSet<i64>,
    audit: bool,
}

impl Sight {
    /// What this member may see now.
    pub async fn of(state: &AppState, access: &Access) -> Result<Sight> {
        Ok(Sight {
            viewer: access.user.id,
            hidden: access
                .visibility
                .hidden_documents(&state.db, access.project.id)
                .await?,
            audit: access.may(Permission::SeeAudit),
        })
    }

    /// Whether an event may be known. Members, invitations and settings are for those who read the audit trail; what
    /// is said of codings in a document under a blind round is for their coder.
    pub fn allows(&self, event: &Event) -> bool {
        let kind = event.subject_kind.as_str();
        let open = matches!(
            kind,
            "coding"
                | "comment"
                | "assignment"
                | "document"
                | "case"
                | "attribute"
                | "code"
                | "codebook"
                | "round"
                | "decision"
        );
        if !open {
            return self.audit;
        }
        let hidden = event.document_id.is_some_and(|d| self.hidden.contains(&d));
        if !hidden {
            return true;
        }
        match kind {
            "coding" | "comment" => {
                let state = event.after_json().or_else(|| event.before_json());
                let coder = state.as_ref().and_then(|s| s["coder_id"].as_i64());
                match (kind, coder) {
                    (_, Some(coder)) => coder == self.viewer,
                    // A comment on the text itself says nothing of a coding.
                    ("comment", None) => true,
                    _ => false,
                }
            }
            "decision" => false,
            _ => true,
        }
    }

    /// The same for an event that is answered whole: the numbers of codings that a merge of codes carries stay with its batch.
    pub fn filter(&self, events: Vec<Event>) -> Vec<Event> {
        events.into_iter().filter(|e| self.allows(e)).collect()
    }
}

/// Somebody who listens.
pub struct Feed {
    state: AppState,
    headers: HeaderMap,
    access: Access,
    /// The epoch of access under which [`Feed::access`] was found.
    epoch: u64,
    looks: u32,
    document: Option<i64>,
    last: i64,
    waiting: VecDeque<sse::Event>,
    changes: broadcast::Receiver<i64>,
    look: tokio::time::Interval,
    presence: broadcast::Receiver<i64>,
    behind: bool,
    greet: bool,
    _here: Option<Here>,
    _counted: OpenStream,
}

impl Feed {
    /// Begins after a sequence number.
    pub fn new(
        state: AppState,
        headers: HeaderMap,
        access: Access,
        document: Option<i64>,
        since: i64,
    ) -> Feed {
        let counted = state.metrics.open_stream();
        // Come in, listen, and only then look: nothing falls between.
        let here = document.map(|d| state.presence.enter(d, access.user.id));
        let presence = state.presence.changes();
        let changes = state.db.changes();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        Feed {
            epoch: state.db.access_epoch(),
            looks: 0,
            state,
            headers,
            access,
            document,
            last: since,
            waiting: VecDeque::new(),
            look,
            changes,
            presence,
            behind: true,
            greet: document.is_some(),
            _here: here,
            _counted: counted,
        }
    }

    /// The next thing to send; `None` when there is nobody to send to any more.
    pub async fn next(&mut self) -> Result<Option<sse::Event>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            if self.greet {
                self.greet = false;
                self.tell_presence().await?;
                continue;
            }
            if self.behind {
                if !self.still_here().await? {
                    return Ok(None);
                }
                self.read().await?;
                continue;
            }
            let stopping = self.state.stopping.clone();
            tokio::select! {
                () = stopping.cancelled() => return Ok(None),
                change = self.changes.recv() => match change {
                    Ok(project) => self.behind = project == self.access.project.id,
                    Err(RecvError::Lagged(_)) => self.behind = true,
                    Err(RecvError::Closed) => return Ok(None),
                },
                who = self.presence.recv() => match who {
                    Ok(document) => self.greet = self.document == Some(document),
                    Err(RecvError::Lagged(_)) => self.greet = self.document.is_some(),
                    Err(RecvError::Closed) => return Ok(None),
                },
                _ = self.look.tick() => {
                    self.looks += 1;
                    self.behind = store::latest(&self.state.db, self.access.project.id).await? > self.last;
                    if self.looks.is_multiple_of(LOOKS_A_CHECK) && !self.still_here().await? {
                        return Ok(None);
                    }
                },
            }
        }
    }

    /// Whether the caller is still who she was and still a member; what she may see may have changed.
    async fn still_here(&mut self) -> Result<bool> {
        let epoch = self.state.db.access_epoch();
        if epoch == self.epoch && !self.looks.is_multiple_of(LOOKS_A_CHECK) {
            return Ok(true);
        }
        self.epoch = epoch;
        let (user, _) = crate::accounts::who(&self.state, &self.headers).await?;
        let Some(user) = user.filter(|u| u.id == self.access.user.id) else {
            return Ok(false);
        };
        let (locale, project) = (self.access.locale.clone(), self.access.project.id);
        match Access::load(&self.state, user, locale, project).await {
            Ok(access) => {
                self.access = access;
                Ok(true)
            }
            Err(crate::error::Error::NotFound(_)) => Ok(false),
            Err(e) => Err(e),
        }
    }

    async fn read(&mut self) -> Result<()> {
        let events = store::since(&self.state.db, self.access.project.id, self.last, PAGE).await?;
        self.behind = i64::try_from(events.len()).unwrap_or(PAGE) == PAGE;
        let Some(newest) = events.last().map(|e| e.seq) else {
            return Ok(());
        };
        self.last = newest;
        let sight = Sight::of(&self.state, &self.access).await?;
        let events = sight.filter(events);
        let names = self.names(&events).await?;
        for event in &events {
            if let Some(document) = self.document
                && event.document_id.is_some_and(|d| d != document)
            {
                continue;
            }
            if let Some((name, data)) = message(event, &names) {
                self.waiting.push_back(
                    sse::Event::default()
                        .id(event.seq.to_string())
                        .event(name)
                        .data(data.to_string()),
                );
            }
        }
        Ok(())
    }

    async fn names(&self, events: &[Event]) -> Result<HashMap<i64, String>> {
        let coders: HashSet<i64> = events
            .iter()
            .filter(|e| e.subject_kind == "coding")
            .flat_map(|e| [e.before_json(), e.after_json()])
            .flatten()
            .filter_map(|s| s["coder_id"].as_i64())
            .collect();
        store::names(&self.state.db, coders).await
    }

    async fn tell_presence(&mut self) -> Result<()> {
        let Some(document) = self.document else {
            return Ok(());
        };
        let here = self.state.presence.of(document);
        let names = store::names(&self.state.db, here.iter().copied().collect()).await?;
        let here: Vec<Json> = here
            .into_iter()
            .filter_map(|id| {
                let name = names.get(&id)?;
                Some(json!({"id": id, "name": name, "initials": initials(name)}))
            })
            .collect();
        self.waiting.push_back(
            sse::Event::default()
                .event("presence")
                .data(json!({"here": here}).to_string()),
        );
        Ok(())
    }
}

/// How an event is sent: its name, and what it says.
fn message(event: &Event, names: &HashMap<i64, String>) -> Option<(&'static str, Json)> {
    let actor = json!({"id": event.actor_id, "name": event.actor_name});
    let (before, after) = (event.before_json(), event.after_json());
    match event.subject_kind.as_str() {
        "coding" => {
            let coding = |state: Option<Json>| -> Json {
                let Some(coding) = state.and_then(|s| CodingSnapshot::from_json(&s).ok()) else {
                    return Json::Null;
                };
                let name = names.get(&coding.coder_id).cloned().unwrap_or_default();
                serde_json::to_value(coding.answer(name)).unwrap_or(Json::Null)
            };
            let mut data = json!({
                "seq": event.seq, "verb": event.verb, "actor": actor, "id": event.subject_id, "coding": coding(after),
            });
            if before.is_some() {
                data["before"] = coding(before);
            }
            Some(("coding", data))
        }
        "comment" => {
            let verb = match (&before, &after) {
                (None, _) => "create",
                (_, None) => "delete",
                _ => "update",
            };
            let state = after.as_ref().or(before.as_ref())?;
            Some((
                "comment",
                json!({
                    "seq": event.seq, "verb": verb, "actor": actor, "id": event.subject_id, "subject": state["subject"],
                    "document": event.document_id,
                }),
            ))
        }
        "assignment" => {
            let user = after
                .as_ref()
                .or(before.as_ref())
                .map(|s| s["user"].clone());
            let state = after.as_ref().map(|s| s["state"].clone());
            Some((
                "assignment",
                json!({
                    "seq": event.seq, "verb": event.verb, "actor": actor, "document": event.document_id, "user": user, "state": state,
                }),
            ))
        }
        "code" | "codebook" => Some((
            "codebook",
            json!({"seq": event.seq, "verb": event.verb, "actor": actor, "id": event.subject_id}),
        )),
        "document" => Some((
            "document",
            json!({"seq": event.seq, "verb": event.verb, "actor": actor, "id": event.subject_id}),
        )),
        "round" => Some((
            "round",
            json!({"seq": event.seq, "verb": event.verb, "actor": actor, "id": event.subject_id}),
        )),
        _ => None,
    }
}
