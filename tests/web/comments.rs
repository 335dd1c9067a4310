//! Comments: on codings, passages, documents and codes, with answers, and hidden with what they are about.

use concord::projects::Role;
use serde_json::{Value as Json, json};

use crate::both;
use crate::harness::{Answer, Client};
use crate::study::{Study, int};

async fn say(
    study: &Study,
    who: &Client,
    subject: Json,
    text: &str,
    reply_to: Option<i64>,
) -> Answer {
    let body = json!({"subject": subject, "text": text, "reply_to": reply_to});
    who.post(&study.path("/comments"), body).await
}

async fn read(study: &Study, who: &Client, query: &str) -> Vec<Json> {
    let list = who
        .get(&study.path(&format!("/comments?{query}")))
        .await
        .expect(200)
        .json();
    list["items"].as_array().unwrap().clone()
}

both!(a_thread_on_a_coding_is_one_answer_deep, |app| {
    let study = Study::new(&app).await;
    let coding = study.mark(&study.anna, 0, 6).await["id"].clone();
    let subject = json!({"kind": "coding", "id": coding});
    let first = say(&study, &study.ben, subject.clone(), " Why this? ", None)
        .await
        .expect(201);
    assert_eq!(first.header("etag"), "\"1\"");
    let first = first.json();
    assert_eq!(
        (&first["text"], &first["reply_to"], &first["mine"]),
        (&json!("Why this?"), &json!(null), &json!(true))
    );
    let root = int(&first["id"]);
    let answer = say(&study, &study.anna, subject.clone(), "Because.", Some(root))
        .await
        .expect(201)
        .json();
    let deeper = say(
        &study,
        &study.ben,
        subject,
        "I see.",
        Some(int(&answer["id"])),
    )
    .await
    .expect(201)
    .json();
    assert_eq!(int(&deeper["reply_to"]), root);
    let thread = read(&study, &study.anna, &format!("subject=coding:{coding}")).await;
    let words: Vec<_> = thread
        .iter()
        .map(|c| (c["text"].as_str().unwrap(), c["mine"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        words,
        [("Why this?", false), ("Because.", true), ("I see.", false)]
    );
    assert_eq!(
        thread[0]["author"],
        json!({"id": study.ben.id, "name": "ben"})
    );
    // An answer must answer something on the same subject.
    let elsewhere = json!({"kind": "document", "id": study.document});
    say(&study, &study.anna, elsewhere, "No.", Some(root))
        .await
        .expect(422);
    let page = study
        .anna
        .get(&study.path("/comments?limit=2"))
        .await
        .json();
    let cursor = page["next"].as_str().unwrap();
    assert_eq!(
        read(&study, &study.anna, &format!("limit=2&cursor={cursor}")).await,
        &thread[2..]
    );
});

both!(passages_documents_and_codes_have_comments_too, |app| {
    let study = Study::new(&app).await;
    let passage = json!({"kind": "passage", "id": study.document, "start": 19, "end": 24});
    let made = say(&study, &study.anna, passage, "A family.", None)
        .await
        .expect(201)
        .json();
    assert_eq!((int(&made["start"]), int(&made["end"])), (19, 24));
    assert_eq!(
        (int(&made["subject"]["start"]), int(&made["subject"]["end"])),
        (19, 24)
    );
    let document = json!({"kind": "document", "id": study.document});
    say(&study, &study.anna, document, "Long.", None)
        .await
        .expect(201);
    let code = json!({"kind": "code", "id": study.code});
    say(&study, &study.anna, code, "Too wide.", None)
        .await
        .expect(201);
    let coding = study.mark(&study.anna, 0, 6).await["id"].clone();
    say(
        &study,
        &study.anna,
        json!({"kind": "coding", "id": coding}),
        "Here.",
        None,
    )
    .await
    .expect(201);
    let texts = |list: Vec<Json>| {
        list.iter()
            .map(|c| c["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let d = study.document;
    assert_eq!(
        texts(read(&study, &study.ben, &format!("subject=passage:{d}")).await),
        ["A family."]
    );
    assert_eq!(
        texts(read(&study, &study.ben, &format!("document={d}")).await),
        ["A family.", "Long.", "Here."]
    );
    assert_eq!(
        texts(read(&study, &study.ben, &format!("subject=code:{}", study.code)).await),
        ["Too wide."]
    );
    for (subject, text) in [
        (
            json!({"kind": "passage", "id": d, "start": 40, "end": 47}),
            "x",
        ),
        (
            json!({"kind": "passage", "id": d, "start": 5, "end": 5}),
            "x",
        ),
        (json!({"kind": "passage", "id": d}), "x"),
        (json!({"kind": "coding", "id": 999}), "x"),
        (json!({"kind": "code", "id": 999}), "x"),
        (json!({"kind": "project", "id": study.p}), "x"),
        (json!({"kind": "document", "id": d}), "  "),
    ] {
        say(&study, &study.anna, subject, text, None)
            .await
            .expect(422);
    }
    study
        .anna
        .get(&study.path("/comments?subject=what"))
        .await
        .expect(422);
});

both!(only_the_author_changes_her_words, |app| {
    let study = Study::new(&app).await;
    let subject = json!({"kind": "document", "id": study.document});
    let id = int(&say(&study, &study.anna, subject.clone(), "One", None)
        .await
        .expect(201)
        .json()["id"]);
    let one = study.path(&format!("/comments/{id}"));
    study
        .ben
        .patch(&one, json!({"text": "Two"}))
        .await
        .expect(403);
    study.ben.delete(&one).await.expect(403);
    let changed = study
        .anna
        .patch(&one, json!({"text": "Two"}))
        .await
        .expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let request = study
        .anna
        .request("PATCH", &one)
        .header("if-match", "\"1\"")
        .json(&json!({"text": "Three"}));
    let problem = study.anna.send(request).await.expect(409).json();
    assert_eq!(problem["current"]["text"], "Two");
    let reviewer = app
        .member(study.p, "rita@example.org", Role::Reviewer)
        .await;
    let viewer = app.member(study.p, "vera@example.org", Role::Viewer).await;
    say(&study, &reviewer, subject.clone(), "Good.", None)
        .await
        .expect(201);
    say(&study, &viewer, subject.clone(), "No.", None)
        .await
        .expect(403);
    viewer.get(&one).await.expect(200);
    say(&study, &app.stranger(), subject, "No.", None)
        .await
        .expect(401);
    app.user("otto@example.org")
        .await
        .get(&one)
        .await
        .expect(404);
    study.anna.delete(&one).await.expect(204);
    study.anna.get(&one).await.expect(404);
    study
        .anna
        .patch(&one, json!({"text": "Three"}))
        .await
        .expect(404);
});

both!(a_comment_on_a_coding_one_may_not_see_is_not_there, |app| {
    let study = Study::new(&app).await;
    let coding = study.mark(&study.ben, 0, 6).await["id"].clone();
    let subject = json!({"kind": "coding", "id": coding});
    let id = int(&say(&study, &study.lead, subject.clone(), "Hm.", None)
        .await
        .expect(201)
        .json()["id"]);
    study.round(&app, "coding", true).await;
    let one = study.path(&format!("/comments/{id}"));
    study.anna.get(&one).await.expect(404);
    assert!(
        read(&study, &study.anna, &format!("document={}", study.document))
            .await
            .is_empty()
    );
    assert!(read(&study, &study.anna, "limit=10").await.is_empty());
    say(&study, &study.anna, subject, "What?", None)
        .await
        .expect(422);
    // Its coder and those who see through blindness read it.
    study.ben.get(&one).await.expect(200);
    study.lead.get(&one).await.expect(200);
    // With the coding its comments go, and come back.
    study
        .ben
        .delete(&study.path(&format!("/codings/{coding}")))
        .await
        .expect(204);
    study.ben.get(&one).await.expect(404);
    study
        .ben
        .post(&study.path("/undo"), json!({}))
        .await
        .expect(200);
    study.ben.get(&one).await.expect(200);
});

both!(a_comment_sent_twice_under_one_key_is_said_once, |app| {
    let study = Study::new(&app).await;
    let body = json!({"subject": {"kind": "document", "id": study.document}, "text": "Once"});
    for _ in 0..2 {
        let request = study
            .anna
            .request("POST", &study.path("/comments"))
            .header("idempotency-key", "c")
            .json(&body);
        study.anna.send(request).await.expect(201);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM comments").await, 1);
});
