//! Documents: made, listed, read, corrected, uploaded, given to coders, set aside.

use concord::projects::Role;
use serde_json::{Value as Json, json};

use crate::both;
use crate::harness::{Answer, Client, TestApp};

/// A project with an owner, a lead, a coder, a reviewer and a viewer.
struct Team {
    project: i64,
    owner: Client,
    lead: Client,
    coder: Client,
    reviewer: Client,
    viewer: Client,
    outsider: Client,
}

async fn team(app: &TestApp) -> Team {
    let owner = app.user("owner@example.org").await;
    let project = app.project(&owner).await;
    let mut members = Vec::new();
    for (name, role) in [
        ("lead", Role::Lead),
        ("coder", Role::Coder),
        ("reviewer", Role::Reviewer),
        ("viewer", Role::Viewer),
    ] {
        let user = app
            .member(project, &format!("{name}@example.org"), role)
            .await;
        members.push(user);
    }
    let outsider = app.user("outsider@example.org").await;
    let mut members = members.into_iter();
    let mut next = || members.next().unwrap();
    Team {
        project,
        owner,
        lead: next(),
        coder: next(),
        reviewer: next(),
        viewer: next(),
        outsider,
    }
}

impl Team {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/projects/{}{rest}", self.project)
    }
    async fn add(&self, body: Json) -> Json {
        self.lead
            .post(&self.path("/documents"), body)
            .await
            .expect(201)
            .json()
    }
    async fn upload(&self, files: &[(&str, &[u8])]) -> Answer {
        let mut form = reqwest::multipart::Form::new();
        for (name, bytes) in files {
            form = form.part(
                "file",
                reqwest::multipart::Part::bytes(bytes.to_vec()).file_name((*name).to_owned()),
            );
        }
        self.send_form(form).await
    }
    async fn send_form(&self, form: reqwest::multipart::Form) -> Answer {
        let request = self
            .lead
            .request("POST", &self.path("/documents"))
            .multipart(form);
        self.lead.send(request).await
    }
}

fn ids(list: &Json) -> Vec<i64> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["id"].as_i64().unwrap())
        .collect()
}

both!(a_text_becomes_a_document_with_what_it_says, |app| {
    let t = team(&app).await;
    let made = t
        .lead
        .post(
            &t.path("/documents"),
            json!({"title": " A  statement ", "text": "\u{feff}First line\r\n\r\nSecond 😀 line\rthird", "type": "statement",
                "date": "2015-09", "language": "EN", "author": "MFA", "publisher": "Ministry", "url": "https://example.org/1",
                "cases": ["Israel", "Iran"], "attributes": {"pages": 3, "checked": true, "place": "Moscow"}}),
        )
        .await
        .expect(201);
    assert_eq!(made.header("etag"), "\"1\"");
    let document = made.json();
    assert!(
        made.header("location")
            .ends_with(&format!("/documents/{}", document["id"]))
    );
    let text = "First line\n\nSecond 😀 line\nthird";
    assert_eq!(document["title"], "A statement");
    assert_eq!(document["type"], "statement");
    assert_eq!(document["date"], "2015-09");
    assert_eq!(document["cases"], json!(["Iran", "Israel"]));
    assert_eq!(
        document["attributes"],
        json!({"pages": 3, "checked": true, "place": "Moscow"})
    );
    assert_eq!(document["length"], text.chars().count());
    assert_eq!(document["words"], 5);
    assert_eq!(document["language"], "en");
    assert_eq!(document["direction"], "ltr");
    assert_eq!(document["sha256"], concord::secrets::hash(text));
    assert_eq!(document["original"], Json::Null);
    let path = t.path(&format!("/documents/{}", document["id"]));
    let read = t.viewer.get(&path).await.expect(200);
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.json(), document);
    let words = t.viewer.get(&format!("{path}/text")).await.expect(200);
    assert_eq!(words.text(), text);
    assert_eq!(words.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(
        words.header("etag"),
        format!("\"{}\"", concord::secrets::hash(text))
    );
    let again = t
        .viewer
        .request("GET", &format!("{path}/text"))
        .header("if-none-match", words.header("etag"));
    t.viewer.send(again).await.expect(304);
    t.viewer.get(&format!("{path}/original")).await.expect(404);
});
