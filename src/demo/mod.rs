//! The example project: "Russia between Iran and Israel".
//!
//! Sixteen invented sources in five languages, a codebook, three coders' codings, a finished round and its adjudication,
//! so that a team sees every page with something on it before it has uploaded a line. The data is in `data/`; here it is
//! put in through the rooms' own stores, with its events, so that history, undo and `concord check` hold for it as for
//! anything else. The coders' work is dated over the five weeks before it is loaded.

mod store;

use std::collections::HashMap;

use axum::body::Bytes;
use serde::Deserialize;
use uuid::Uuid;

use crate::accounts::passwords;
use crate::activity::snapshots::CodingSnapshot;
use crate::activity::{self, Batch, Change};
use crate::codebook;
use crate::coding::{self, store::Desk};
use crate::documents::store::{Act, New, assignments};
use crate::documents::{
    AssignmentState, Attribute, Description, Origin, Prepared, originals, store as documents,
};
use crate::error::{Error, Result};
use crate::home;
use crate::projects::Role;
use crate::review;
use crate::text::{Span, TextIndex};
use crate::web::AppState;

/// The password of everybody in the demo. It guards invented data on the machine of whoever started it.
pub const PASSWORD: &str = "concord-demo";

/// Name of the project.
pub const NAME: &str = "Russia between Iran and Israel";

const DAY: i64 = 24 * 3600 * 1000;

#[derive(rust_embed::RustEmbed)]
#[folder = "src/demo/data/"]
struct Data;

fn read<T: serde::de::DeserializeOwned>(file: &str) -> Result<T> {
    Ok(serde_json::from_slice(&bytes(file)?)?)
}

fn bytes(file: &str) -> Result<Vec<u8>> {
    Data::get(file)
        .map(|f| f.data.into_owned())
        .ok_or_else(|| Error::Internal(anyhow::anyhow!("the demo's {file} is missing")))
}

/// Somebody who can sign in.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Role in the project.
    pub role: Role,
}

/// Everybody in the demo, the owner first.
pub fn people() -> Result<Vec<Person>> {
    read("people.json")
}

#[derive(Deserialize)]
struct Source {
    file: String,
    title: String,
    #[serde(rename = "type")]
    doc_type: String,
    date: Option<String>,
    language: String,
    author: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    citation: Option<String>,
    cases: Vec<String>,
    attributes: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Coded {
    document: String,
    coder: String,
    code: String,
    quote: String,
    nth: Option<usize>,
    memo: Option<String>,
    weight: Option<f64>,
}

#[derive(Deserialize)]
struct Assigned {
    document: String,
    coder: String,
    state: String,
}

#[derive(Deserialize)]
struct Round {
    name: String,
    documents: Vec<String>,
    coders: Vec<String>,
    blind: bool,
    state: String,
}

#[derive(Deserialize)]
struct Decision {
    document: String,
    code: String,
    quote: String,
    nth: Option<usize>,
    outcome: String,
    from: Vec<usize>,
    weight: Option<f64>,
    reason: Option<String>,
    decided_by: String,
}

#[derive(Deserialize)]
struct Thread {
    subject: Subject,
    author: String,
    text: String,
    #[serde(default)]
    replies: Vec<Said>,
}

#[derive(Deserialize)]
struct Subject {
    coding: Option<usize>,
    document: Option<String>,
    quote: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    author: String,
    text: String,
}

/// A document that is in.
struct Loaded {
    id: i64,
    text: TextIndex<String>,
}

impl Loaded {
    /// Where a quote stands: the `nth` time (from 1) it occurs.
    fn find(&self, quote: &str, nth: Option<usize>) -> Result<Span> {
        let at = self
            .text
            .text()
            .match_indices(quote)
            .nth(nth.unwrap_or(1).saturating_sub(1))
            .map(|(byte, _)| self.text.position_of(byte))
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("the demo has no words {quote:?}")))?;
        let length = u32::try_from(quote.chars().count()).unwrap_or(0);
        Span::new(at, at + length)
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("an empty quote in the demo")))
    }
}

fn known<T: Copy>(map: &HashMap<String, T>, key: &str) -> Result<T> {
    map.get(key).copied().ok_or_else(|| {
        Error::Internal(anyhow::anyhow!(
            "the demo speaks of {key:?}, which is not there"
        ))
    })
}

/// Loads the demo project into a database that has none; the project's id, and whether it was made just now.
pub async fn load(state: &AppState) -> Result<(i64, bool)> {
    if let Some(id) = store::loaded(&state.db).await? {
        return Ok((id, false));
    }
    let now = state.now();
    let people = people()?;
    let hash = passwords::hash_password(state, PASSWORD.to_owned()).await?;

    let sources: Vec<Source> = read("documents.json")?;
    let mut texts = Vec::new();
    for source in &sources {
        let raw = bytes(&format!("texts/{}", source.file))?;
        let text = Prepared::plain(&String::from_utf8_lossy(&raw));
        texts.push((raw, text));
    }

    // All in one write: a demo is there whole or not at all. People, project, codebook.
    let mut tx = state.db.begin().await?;
    let mut users: HashMap<String, i64> = HashMap::new();
    for (i, person) in people.iter().enumerate() {
        let id = crate::accounts::store::add_user(
            &mut tx,
            &person.email,
            &person.name,
            Some(hash.clone()),
            i == 0,
            now - 40 * DAY,
        )
        .await?;
        users.insert(person.email.clone(), id);
    }
    let owner = crate::accounts::User {
        id: known(&users, &people[0].email)?,
        email: people[0].email.clone(),
        name: people[0].name.clone(),
        is_admin: true,
        language: None,
    };
    let description = "What approach has Russia adopted toward Iran and Israel? An invented study on invented sources, to \
                       show what Concord does.";
    let project = home::create_project(&mut tx, &owner, NAME, description, now - 40 * DAY).await?;
    for person in people.iter().skip(1) {
        let user = known(&users, &person.email)?;
        crate::projects::store::add_member(&mut tx, project, user, person.role, now - 39 * DAY)
            .await?;
    }
    let batch = Batch::new();
    let hand = codebook::store::Hand {
        project,
        actor: owner.id,
        batch: &batch,
        now: now - 39 * DAY,
    };
    let sheet = codebook::csv::read(&bytes("codebook.csv")?)?;
    codebook::import::apply(&mut tx, hand, &sheet).await?;
    let version =
        codebook::store::publish(&mut tx, hand, "First version, before the pilot round").await?;
    let codes: HashMap<String, i64> = codebook::store::codes_in(&mut tx, project)
        .await?
        .into_iter()
        .map(|c| (c.path, c.id))
        .collect();

    // Documents with their originals. Nobody else works in a demo that is being made, so its one write may wait for files.
    let mut loaded: HashMap<String, Loaded> = HashMap::new();
    let mut prepared = Vec::new();
    for (source, (raw, text)) in sources.iter().zip(texts) {
        let original = originals::keep(
            state,
            project,
            &source.file,
            "text/plain; charset=utf-8",
            &originals::sha256(&raw),
            Bytes::from(raw),
        )
        .await?;
        prepared.push((text, original));
    }
    for (source, (text, original)) in sources.iter().zip(prepared) {
        let batch = Batch::new();
        let act = Act {
            batch: &batch,
            project,
            actor: owner.id,
            now: now - 38 * DAY,
        };
        let description = Description {
            title: source.title.clone(),
            doc_type: source.doc_type.clone(),
            date: source.date.clone(),
            language: Some(source.language.clone()),
            author: source.author.clone(),
            publisher: source.publisher.clone(),
            url: source.url.clone(),
            citation: source.citation.clone(),
            cases: source.cases.clone(),
            attributes: source
                .attributes
                .iter()
                .map(|(name, value)| (name.clone(), Attribute::text(value.as_str())))
                .collect(),
        };
        let origin = Origin {
            format: "txt".to_owned(),
            original: Some(original),
            ..Origin::default()
        };
        let document = documents::create(
            &mut tx,
            act,
            New {
                description: &description,
                prepared: &text,
                origin: &origin,
                widen: true,
            },
        )
        .await?;
        loaded.insert(
            source.file.clone(),
            Loaded {
                id: document.id,
                text: TextIndex::new(text.text),
            },
        );
    }
    let document = |file: &str| {
        loaded
            .get(file)
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("the demo has no document {file:?}")))
    };

    // Rounds, so that codings can belong to them.
    let mut round_of: HashMap<(i64, i64), i64> = HashMap::new();
    for round in read::<Vec<Round>>("rounds.json")? {
        let id = store::add_round(
            &mut tx,
            project,
            &round.name,
            &round.state,
            round.blind,
            version,
            now - 36 * DAY,
        )
        .await?;
        for file in &round.documents {
            store::add_round_document(&mut tx, id, document(file)?.id).await?;
        }
        for email in &round.coders {
            let user = known(&users, email)?;
            store::add_round_coder(&mut tx, id, user).await?;
            for file in &round.documents {
                round_of.insert((document(file)?.id, user), id);
            }
        }
    }

    // Codings, spread over the weeks in the order of the documents.
    let coded: Vec<Coded> = read("codings.json")?;
    let many = i64::try_from(coded.len()).unwrap_or(1).max(1);
    let mut codings = Vec::with_capacity(coded.len());
    for (i, one) in coded.iter().enumerate() {
        let source = document(&one.document)?;
        let coder = known(&users, &one.coder)?;
        let at = now - 35 * DAY + i64::try_from(i).unwrap_or(0) * (28 * DAY / many);
        let mut coding = blank(
            project,
            source.id,
            known(&codes, &one.code)?,
            coder,
            version,
            at,
        );
        coding.round_id = round_of.get(&(source.id, coder)).copied();
        coding.memo = one.memo.clone();
        coding.weight = one.weight;
        coding::place(&mut coding, &source.text, source.find(&one.quote, one.nth)?);
        codings.push(coding);
    }
    let mut rows: Vec<&mut CodingSnapshot> = codings.iter_mut().collect();
    coding::store::insert(&mut tx, &mut rows).await?;
    for coding in &codings {
        record(&mut tx, coding).await?;
    }

    // What was said.
    for (i, thread) in read::<Vec<Thread>>("comments.json")?.iter().enumerate() {
        let at = now - 6 * DAY + i64::try_from(i).unwrap_or(0) * 3_600_000;
        let mut first = review::store::CommentSnapshot {
            id: 0,
            subject_kind: "passage".to_owned(),
            subject_id: 0,
            document_id: None,
            start_pos: None,
            end_pos: None,
            reply_to: None,
            author_id: known(&users, &thread.author)?,
            text: thread.text.clone(),
            version: 1,
            created_at: at,
            updated_at: at,
            deleted_at: None,
        };
        match (
            &thread.subject.coding,
            &thread.subject.document,
            &thread.subject.quote,
        ) {
            (Some(i), _, _) => {
                let coding = codings.get(*i).ok_or_else(|| {
                    Error::Internal(anyhow::anyhow!("the demo has no coding {i}"))
                })?;
                first.subject_kind = "coding".to_owned();
                first.subject_id = coding.id;
                first.document_id = Some(coding.document_id);
            }
            (None, Some(file), Some(quote)) => {
                let source = document(file)?;
                let span = source.find(quote, None)?;
                first.subject_id = source.id;
                first.document_id = Some(source.id);
                first.start_pos = Some(span.start.into());
                first.end_pos = Some(span.end.into());
            }
            _ => continue,
        }
        first.id = say(&mut tx, project, &first).await?;
        for (n, reply) in thread.replies.iter().enumerate() {
            let at = at + (i64::try_from(n).unwrap_or(0) + 1) * 900_000;
            let answer = review::store::CommentSnapshot {
                reply_to: Some(first.id),
                author_id: known(&users, &reply.author)?,
                text: reply.text.clone(),
                created_at: at,
                updated_at: at,
                ..first.clone()
            };
            say(&mut tx, project, &answer).await?;
        }
    }

    // Who has finished what.
    for assigned in read::<Vec<Assigned>>("assignments.json")? {
        let batch = Batch::new();
        let user = known(&users, &assigned.coder)?;
        let act = Act {
            batch: &batch,
            project,
            actor: user,
            now: now - 5 * DAY,
        };
        let state = AssignmentState::parse(&assigned.state);
        assignments::set(&mut tx, act, document(&assigned.document)?.id, user, state).await?;
    }

    // What was decided about the round, and the layer that it wrote.
    let decisions: Vec<Decision> = read("decisions.json")?;
    for decision in &decisions {
        let source = document(&decision.document)?;
        let code = known(&codes, &decision.code)?;
        let decider = known(&users, &decision.decided_by)?;
        let span = source.find(&decision.quote, decision.nth)?;
        let at = now - 4 * DAY;
        let mut consensus = None;
        if decision.outcome == "accept" {
            let mut coding = blank(project, source.id, code, decider, version, at);
            coding.layer = "consensus".to_owned();
            coding.weight = decision.weight;
            coding::place(&mut coding, &source.text, span);
            coding::store::insert(&mut tx, &mut [&mut coding]).await?;
            record(&mut tx, &coding).await?;
            consensus = Some(coding.id);
        }
        let sources: Vec<i64> = decision
            .from
            .iter()
            .filter_map(|&i| codings.get(i).map(|c| c.id))
            .collect();
        store::add_decision(
            &mut tx,
            &store::NewDecision {
                project,
                document: source.id,
                code,
                span,
                outcome: &decision.outcome,
                coding: consensus,
                reason: decision.reason.as_deref().unwrap_or_default(),
                by: decider,
                at,
            },
            &sources,
        )
        .await?;
    }
    store::mark_loaded(&mut tx, project).await?;
    tx.commit().await?;
    Ok((project, true))
}

fn blank(
    project: i64,
    document: i64,
    code: i64,
    coder: i64,
    version: i64,
    at: i64,
) -> CodingSnapshot {
    CodingSnapshot {
        id: 0,
        guid: Uuid::new_v4(),
        project_id: project,
        document_id: document,
        revision: 1,
        code_id: code,
        coder_id: coder,
        layer: "coder".to_owned(),
        start_pos: 0,
        end_pos: 0,
        quote: String::new(),
        before: String::new(),
        after: String::new(),
        memo: None,
        weight: None,
        codebook_version: version,
        round_id: None,
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

async fn record(tx: &mut crate::db::Tx, coding: &CodingSnapshot) -> Result<()> {
    let desk = Desk {
        project: coding.project_id,
        actor: coding.coder_id,
        now: coding.created_at,
    };
    let change = coding::store::change(desk, "create", None, Some(coding))?;
    activity::store::append(tx, &Batch::new(), change, coding.created_at).await?;
    Ok(())
}

async fn say(
    tx: &mut crate::db::Tx,
    project: i64,
    comment: &review::store::CommentSnapshot,
) -> Result<i64> {
    let id = review::store::insert(tx, project, comment).await?;
    let after = review::store::CommentSnapshot {
        id,
        ..comment.clone()
    };
    let change = Change {
        project,
        actor: comment.author_id,
        verb: "create",
        kind: "comment",
        id,
        document: comment.document_id,
        before: None,
        after: Some(serde_json::to_value(&after)?),
    };
    activity::store::append(tx, &Batch::new(), change, comment.created_at).await?;
    Ok(id)
}
