//! The event log in sentences: who did what where, with a link to it. Like actions of one person in a row are told as
//! one sentence.

use crate::activity::Event;
use crate::i18n::Msg;

/// Several events of one kind by one person in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub actor: i64,
    /// Her name.
    pub actor_name: String,
    /// The message.
    pub key: &'static str,
    /// How many events it tells.
    pub n: usize,
    /// The document it happened in.
    pub document: Option<i64>,
    /// What the thing is called, if the event knows.
    pub name: String,
    /// Where to look.
    pub link: String,
    /// When the last of them happened.
    pub at: i64,
}

/// Which message tells an event.
fn key(event: &Event) -> &'static str {
    if event.undoes.is_some() {
        return "home-did-undo";
    }
    match (event.subject_kind.as_str(), event.verb.as_str()) {
        ("coding", "create" | "import") => "home-did-coding-create",
        ("coding", "delete") => "home-did-coding-delete",
        ("coding", _) => "home-did-coding-update",
        ("document", "create" | "import") => "home-did-document-create",
        ("document", "delete") => "home-did-document-delete",
        ("document", _) => "home-did-document-update",
        ("assignment", "delete") => "home-did-assignment-delete",
        ("assignment", _) => match state(event).as_deref() {
            Some("done") => "home-did-assignment-done",
            Some("in_progress") => "home-did-assignment-begin",
            _ if event.verb == "create" => "home-did-assignment-create",
            _ => "home-did-assignment-reopen",
        },
        ("code", "create") => "home-did-code-create",
        ("code", "merge") => "home-did-code-merge",
        ("code", "delete") => "home-did-code-delete",
        ("code", _) => "home-did-code-update",
        ("codebook", "publish") => "home-did-codebook-publish",
        ("codebook", _) => "home-did-codebook-update",
        ("comment", "create") => "home-did-comment-create",
        ("comment", _) => "home-did-comment-update",
        ("member", "create") => "home-did-member-create",
        ("member", "delete") => "home-did-member-delete",
        ("member", _) => "home-did-member-update",
        ("invitation", "create") => "home-did-invitation-create",
        ("invitation", _) => "home-did-invitation-delete",
        ("project", "create") => "home-did-project-create",
        ("project", _) => "home-did-project-update",
        ("round", _) => "home-did-round",
        ("decision", _) => "home-did-decision",
        _ => "home-did-other",
    }
}

fn state(event: &Event) -> Option<String> {
    Some(event.after_json()?.get("state")?.as_str()?.to_owned())
}

/// What the subject calls itself, now or before it was deleted.
fn name(event: &Event) -> String {
    let of = |json: serde_json::Value| -> Option<String> {
        ["title", "name"]
            .iter()
            .find_map(|field| Some(json.get(field)?.as_str()?.to_owned()))
    };
    event
        .after_json()
        .and_then(of)
        .or_else(|| event.before_json().and_then(of))
        .unwrap_or_default()
}

fn link(event: &Event, project: i64) -> String {
    let document = event.document_id.or_else(|| {
        (event.subject_kind == "document" && event.verb != "delete").then_some(event.subject_id)
    });
    let id = event.subject_id;
    match (event.subject_kind.as_str(), document) {
        ("coding", Some(d)) if event.verb != "delete" => {
            format!("/projects/{project}/documents/{d}/code#coding-{id}")
        }
        ("comment", Some(d)) if event.verb != "delete" => {
            format!("/projects/{project}/documents/{d}/code#comment-{id}")
        }
        ("coding" | "comment" | "assignment", Some(d)) => {
            format!("/projects/{project}/documents/{d}/code")
        }
        ("document", Some(d)) => format!("/projects/{project}/documents/{d}"),
        ("document", None) => format!("/projects/{project}/documents"),
        ("code" | "codebook", _) => format!("/projects/{project}/codebook"),
        ("member" | "invitation" | "project", _) => format!("/projects/{project}/settings"),
        _ => String::new(),
    }
}

/// Sentences from events, newest first, at most `limit`.
pub fn tell(events: &[Event], project: i64, limit: usize) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for event in events {
        let key = key(event);
        if let Some(last) = told.last_mut()
            && last.actor == event.actor_id
            && last.key == key
            && last.document == event.document_id
            // Things that are named one by one are counted only where the sentence counts them.
            && counted(key)
        {
            last.n += 1;
            continue;
        }
        if told.len() == limit {
            break;
        }
        told.push(Told {
            actor: event.actor_id,
            actor_name: event.actor_name.clone(),
            key,
            n: 1,
            document: event.document_id.or_else(|| {
                (event.subject_kind == "document" && !counted(key)).then_some(event.subject_id)
            }),
            name: name(event),
            link: link(event, project),
            at: event.at,
        });
    }
    told
}

/// Whether a sentence says how many.
fn counted(key: &str) -> bool {
    !matches!(
        key,
        "home-did-member-create"
            | "home-did-member-delete"
            | "home-did-member-update"
            | "home-did-assignment-done"
            | "home-did-assignment-begin"
            | "home-did-assignment-reopen"
            | "home-did-project-create"
            | "home-did-code-merge"
    )
}

impl Told {
    /// The sentence, given what the viewer calls herself (if it was she) and the document's title.
    pub fn message(&self, who: &str, title: Option<&str>) -> Msg {
        Msg::new(self.key)
            .arg("who", who)
            .arg("n", self.n)
            .arg("name", self.name.as_str())
            .arg("title", title.unwrap_or(self.name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64, actor: i64, kind: &str, verb: &str, document: Option<i64>) -> Event {
        Event {
            seq,
            actor_id: actor,
            actor_name: format!("user {actor}"),
            verb: verb.to_owned(),
            subject_kind: kind.to_owned(),
            subject_id: 100 + seq,
            document_id: document,
            before: None,
            after: Some(r#"{"name": "Energy", "state": "done"}"#.to_owned()),
            batch: String::new(),
            undoes: None,
            at: seq,
        }
    }

    #[test]
    fn codings_of_one_person_in_one_document_are_one_sentence() {
        let events = [
            event(9, 1, "coding", "create", Some(4)),
            event(8, 1, "coding", "create", Some(4)),
            event(7, 1, "coding", "create", Some(5)),
            event(6, 2, "coding", "create", Some(5)),
            event(5, 2, "assignment", "update", Some(5)),
        ];
        let told = tell(&events, 3, 10);
        let short: Vec<_> = told.iter().map(|t| (t.actor, t.n, t.document)).collect();
        assert_eq!(
            short,
            [
                (1, 2, Some(4)),
                (1, 1, Some(5)),
                (2, 1, Some(5)),
                (2, 1, Some(5))
            ]
        );
        assert_eq!(told[0].link, "/projects/3/documents/4/code#coding-109");
        assert_eq!(told[3].key, "home-did-assignment-done");
    }

    #[test]
    fn the_limit_counts_sentences_and_lets_the_last_one_finish() {
        let events = [
            event(9, 1, "code", "create", None),
            event(8, 1, "code", "create", None),
            event(7, 2, "code", "create", None),
        ];
        let told = tell(&events, 3, 1);
        assert_eq!((told.len(), told[0].n), (1, 2));
    }
}
