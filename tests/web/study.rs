//! A small study on the table: a project, documents and codes put there directly, so that a test of codings rests on codings alone.

use concord::args;
use concord::projects::Role;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::harness::{Client, TestApp};

/// A project with two coders, its lead and its owner.
pub struct Study {
    pub p: i64,
    pub owner: Client,
    pub lead: Client,
    pub anna: Client,
    pub ben: Client,
    pub document: i64,
    pub code: i64,
}

/// 46 code points: words, an emoji family of five at 19, white space at 24 to 26, Persian from 27 to 41.
pub const TEXT: &str = "Tehran\u{2019}s sanctions 👩\u{200d}👦\u{200d}👧 \n\nتحریم‌ها و نفت. End";

impl Study {
    pub async fn new(app: &TestApp) -> Study {
        Study::at(app, "example.org").await
    }

    /// Another one beside it.
    pub async fn again(app: &TestApp, n: u64) -> Study {
        Study::at(app, &format!("example{n}.org")).await
    }

    async fn at(app: &TestApp, host: &str) -> Study {
        let owner = app.user(&format!("olga@{host}")).await;
        let p = app.project(&owner).await;
        let lead = app.member(p, &format!("lena@{host}"), Role::Lead).await;
        let anna = app.member(p, &format!("anna@{host}"), Role::Coder).await;
        let ben = app.member(p, &format!("ben@{host}"), Role::Coder).await;
        let document = document(app, p, owner.id, TEXT).await;
        let code = code(app, p, None, "sanctions", None).await;
        Study {
            p,
            owner,
            lead,
            anna,
            ben,
            document,
            code,
        }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/projects/{}{rest}", self.p)
    }

    /// Codes a passage of the study's document with its code.
    pub async fn mark(&self, who: &Client, start: i64, end: i64) -> Json {
        let answer = self.try_mark(who, start, end).await;
        assert!(
            answer.status == 200 || answer.status == 201,
            "{}",
            answer.text()
        );
        answer.json()
    }

    pub async fn try_mark(&self, who: &Client, start: i64, end: i64) -> crate::harness::Answer {
        who.post(
            &self.path("/codings"),
            json!({"document": self.document, "code": self.code, "start": start, "end": end}),
        )
        .await
    }

    /// All codings that somebody sees, as `(id, start, end)`.
    pub async fn seen(&self, who: &Client) -> Vec<(i64, i64, i64)> {
        let list = who
            .get(&self.path("/codings?limit=1000"))
            .await
            .expect(200)
            .json();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| (int(&c["id"]), int(&c["start"]), int(&c["end"])))
            .collect()
    }

    /// A round of Anna and Ben over the study's document.
    pub async fn round(&self, app: &TestApp, state: &'static str, blind: bool) -> i64 {
        let mut tx = app.state.db.begin().await.unwrap();
        let (id,): (i64,) = tx
            .one(
                "INSERT INTO rounds (guid, project_id, name, state, blind, codebook_version, created_at, updated_at)
                 VALUES ($1, $2, 'R', $3, $4, 0, 0, 0) RETURNING id",
                args![Uuid::new_v4(), self.p, state, blind],
            )
            .await
            .unwrap();
        tx.execute(
            "INSERT INTO round_documents (round_id, document_id) VALUES ($1, $2)",
            args![id, self.document],
        )
        .await
        .unwrap();
        for user in [self.anna.id, self.ben.id] {
            tx.execute(
                "INSERT INTO round_coders (round_id, user_id) VALUES ($1, $2)",
                args![id, user],
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        id
    }
}

pub fn int(value: &Json) -> i64 {
    value
        .as_i64()
        .unwrap_or_else(|| panic!("not a number: {value}"))
}

/// A document with this text, one block per line.
pub async fn document(app: &TestApp, project: i64, by: i64, text: &str) -> i64 {
    let mut tx = app.state.db.begin().await.unwrap();
    let length = i64::try_from(text.chars().count()).unwrap();
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let end = at + i64::try_from(line.chars().count()).unwrap();
        if end > at {
            blocks.push((at, end, line.to_owned()));
        }
        at = end + 1;
    }
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO documents (guid, project_id, title, doc_type, revision, length, words, block_count, direction, text_sha256,
                format, created_by, created_at, updated_at)
             VALUES ($1, $2, 'Statement', 'statement', 1, $3, 0, $4, 'ltr', '', 'txt', $5, 0, 0) RETURNING id",
            args![Uuid::new_v4(), project, length, i64::try_from(blocks.len()).unwrap(), by],
        )
        .await
        .unwrap();
    tx.execute(
        "INSERT INTO document_texts (document_id, revision, text, created_at) VALUES ($1, 1, $2, 0)",
        args![id, text],
    )
    .await
    .unwrap();
    for (i, (start, end, line)) in blocks.into_iter().enumerate() {
        tx.execute(
            "INSERT INTO blocks (document_id, revision, idx, kind, level, start_pos, end_pos, text)
             VALUES ($1, 1, $2, 'paragraph', 0, $3, $4, $5)",
            args![id, i64::try_from(i).unwrap(), start, end, line],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// A code; `scale` as JSON.
pub async fn code(
    app: &TestApp,
    project: i64,
    parent: Option<i64>,
    name: &str,
    scale: Option<Json>,
) -> i64 {
    let mut tx = app.state.db.begin().await.unwrap();
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO codes (guid, project_id, parent_id, name, scale, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, 0, 0) RETURNING id",
            args![
                Uuid::new_v4(),
                project,
                parent,
                name,
                scale.map(|s| s.to_string())
            ],
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// Runs one statement, for states that no route makes yet.
pub async fn execute(app: &TestApp, sql: &'static str, args: concord::db::Args) {
    let mut tx = app.state.db.begin().await.unwrap();
    tx.execute(sql, args).await.unwrap();
    tx.commit().await.unwrap();
}
