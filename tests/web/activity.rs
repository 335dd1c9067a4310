//! The event log: undo and redo of everything, the list, and the live feed.

use std::collections::BTreeMap;
use std::time::Duration;

use concord::args;
use concord::projects::Role;
use rand::{RngExt, SeedableRng};
use serde_json::{Value as Json, json};

use crate::both;
use crate::harness::{Answer, Client};
use crate::study::{Study, code, document, execute, int};

async fn undo(study: &Study, who: &Client) -> Answer {
    who.post(&study.path("/undo"), json!({})).await
}

async fn redo(study: &Study, who: &Client) -> Answer {
    who.post(&study.path("/redo"), json!({})).await
}

both!(
    making_changing_and_deleting_are_undone_and_redone_in_turn,
    |app| {
        let study = Study::new(&app).await;
        let made = study.mark(&study.anna, 0, 6).await;
        let id = int(&made["id"]);
        let one = study.path(&format!("/codings/{id}"));
        study
            .anna
            .patch(&one, json!({"memo": "why", "end": 8}))
            .await
            .expect(200);
        study.anna.delete(&one).await.expect(204);
        // Back: deletion, change, making.
        let answer = undo(&study, &study.anna).await.expect(200).json();
        assert_eq!(
            (
                &answer["undone"]["verb"],
                int(&answer["undone"]["subject"]["id"])
            ),
            (&json!("delete"), id)
        );
        let back = &answer["changes"][0];
        assert_eq!((&back["kind"], int(&back["id"])), (&json!("coding"), id));
        assert_eq!(
            (int(&back["coding"]["end"]), &back["coding"]["memo"]),
            (8, &json!("why"))
        );
        // One version on each time, so that no page takes an older state for the newer.
        assert_eq!(int(&back["coding"]["version"]), 3);
        assert_eq!(
            study.anna.get(&one).await.expect(200).json(),
            back["coding"]
        );
        let answer = undo(&study, &study.anna).await.expect(200).json();
        assert_eq!(int(&answer["changes"][0]["coding"]["end"]), 6);
        assert_eq!(answer["changes"][0]["coding"]["memo"], json!(null));
        let answer = undo(&study, &study.anna).await.expect(200).json();
        let gone = answer["changes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["kind"] == "coding")
            .unwrap();
        assert_eq!(gone["coding"], json!(null));
        assert_eq!(study.seen(&study.anna).await, []);
        // The assignment that the first coding began is as it was, too.
        assert_eq!(app.count("SELECT COUNT(*) FROM assignments").await, 0);
        let nothing = undo(&study, &study.anna).await.expect(409).json();
        assert_eq!(nothing["type"], "/problems/nothing-to-undo");
        // And forward again.
        assert_eq!(
            redo(&study, &study.anna).await.expect(200).json()["redone"]["subject"]["id"],
            json!(id)
        );
        assert_eq!(study.seen(&study.anna).await, [(id, 0, 6)]);
        redo(&study, &study.anna).await.expect(200);
        assert_eq!(study.seen(&study.anna).await, [(id, 0, 8)]);
        redo(&study, &study.anna).await.expect(200);
        assert_eq!(study.seen(&study.anna).await, []);
        let nothing = redo(&study, &study.anna).await.expect(409).json();
        assert_eq!(nothing["type"], "/problems/nothing-to-redo");
        // What was redone can be undone, and something new ends redoing.
        undo(&study, &study.anna).await.expect(200);
        study.mark(&study.anna, 9, 18).await;
        redo(&study, &study.anna).await.expect(409);
        undo(&study, &study.anna).await.expect(200);
        assert_eq!(study.seen(&study.anna).await, [(id, 0, 8)]);
    }
);

both!(a_union_is_taken_apart_again, |app| {
    let study = Study::new(&app).await;
    let first = int(&study.mark(&study.anna, 0, 6).await["id"]);
    let second = int(&study.mark(&study.anna, 9, 18).await["id"]);
    study.mark(&study.anna, 5, 10).await;
    assert_eq!(study.seen(&study.anna).await, [(first, 0, 18)]);
    let answer = undo(&study, &study.anna).await.expect(200).json();
    assert_eq!(answer["changes"].as_array().unwrap().len(), 2);
    assert_eq!(
        study.seen(&study.anna).await,
        [(first, 0, 6), (second, 9, 18)]
    );
    let again = study
        .anna
        .get(&study.path(&format!("/codings/{second}")))
        .await
        .expect(200)
        .json();
    assert_eq!(again["quote"], "sanctions");
    redo(&study, &study.anna).await.expect(200);
    assert_eq!(study.seen(&study.anna).await, [(first, 0, 18)]);
});

both!(
    everybody_undoes_her_own_and_not_what_others_changed_since,
    |app| {
        let study = Study::new(&app).await;
        let annas = int(&study.mark(&study.anna, 0, 6).await["id"]);
        let bens = int(&study.mark(&study.ben, 9, 18).await["id"]);
        undo(&study, &study.anna).await.expect(200);
        assert_eq!(study.seen(&study.ben).await, [(bens, 9, 18)]);
        redo(&study, &study.anna).await.expect(200);
        let one = study.path(&format!("/codings/{annas}"));
        study.lead.patch(&one, json!({"end": 5})).await.expect(200);
        let problem = undo(&study, &study.anna).await.expect(409).json();
        assert_eq!(problem["type"], "/problems/changed-since");
        assert_eq!(
            study.seen(&study.anna).await,
            [(annas, 0, 5), (bens, 9, 18)]
        );
        // Once the lead has taken hers back, nothing stands in the way.
        undo(&study, &study.lead).await.expect(200);
        undo(&study, &study.anna).await.expect(200);
        assert_eq!(study.seen(&study.anna).await, [(bens, 9, 18)]);
    }
);

both!(undo_needs_the_right_that_doing_needed, |app| {
    let study = Study::new(&app).await;
    study.mark(&study.anna, 0, 6).await;
    let mut tx = app.state.db.begin().await.unwrap();
    concord::projects::store::set_role(&mut tx, study.p, study.anna.id, Role::Viewer)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    undo(&study, &study.anna).await.expect(403);
    assert_eq!(study.seen(&study.ben).await.len(), 1);
    app.stranger()
        .post(&study.path("/undo"), json!({}))
        .await
        .expect(401);
    app.user("otto@example.org")
        .await
        .post(&study.path("/redo"), json!({}))
        .await
        .expect(404);
});

both!(an_undo_sent_twice_under_one_key_undoes_once, |app| {
    let study = Study::new(&app).await;
    study.mark(&study.anna, 0, 6).await;
    study.mark(&study.anna, 9, 18).await;
    for _ in 0..2 {
        let request = study
            .anna
            .request("POST", &study.path("/undo"))
            .header("idempotency-key", "u")
            .json(&json!({}));
        study.anna.send(request).await.expect(200);
    }
    assert_eq!(study.seen(&study.anna).await.len(), 1);
});

both!(
    codes_documents_comments_and_assignments_are_undone_too,
    |app| {
        let study = Study::new(&app).await;
        let made = study
            .lead
            .post(&study.path("/codes"), json!({"name": "energy"}))
            .await
            .expect(201)
            .json();
        let code_path = study.path(&format!("/codes/{}", made["id"]));
        let title = study.path(&format!("/documents/{}", study.document));
        study
            .lead
            .patch(&title, json!({"title": "One"}))
            .await
            .expect(200);
        study
            .lead
            .patch(&title, json!({"title": "Two"}))
            .await
            .expect(200);
        let state = study.path(&format!("/documents/{}/assignments/me", study.document));
        study
            .lead
            .patch(&state, json!({"state": "in_progress"}))
            .await
            .expect(200);
        study
            .lead
            .patch(&state, json!({"state": "done"}))
            .await
            .expect(200);
        // Somebody else's assignment in the same document is no change of this one.
        study
            .anna
            .patch(&state, json!({"state": "done"}))
            .await
            .expect(200);
        let comment =
            json!({"subject": {"kind": "document", "id": study.document}, "text": "Look"});
        let comment = study
            .lead
            .post(&study.path("/comments"), comment)
            .await
            .expect(201)
            .json();
        let comment_path = study.path(&format!("/comments/{}", comment["id"]));
        study
            .lead
            .patch(&comment_path, json!({"text": "Look here"}))
            .await
            .expect(200);
        study.lead.delete(&comment_path).await.expect(204);

        for words in ["Look here", "Look"] {
            undo(&study, &study.lead).await.expect(200);
            assert_eq!(
                study.lead.get(&comment_path).await.expect(200).json()["text"],
                words
            );
        }
        undo(&study, &study.lead).await.expect(200);
        study.lead.get(&comment_path).await.expect(404);
        for expected in ["in_progress", ""] {
            undo(&study, &study.lead).await.expect(200);
            let states: Vec<(String,)> = app
                .state
                .db
                .all(
                    "SELECT state FROM assignments WHERE user_id = $1",
                    args![study.lead.id],
                )
                .await
                .unwrap();
            assert_eq!(states.first().map_or("", |(s,)| s), expected);
        }
        for words in ["One", "Statement"] {
            undo(&study, &study.lead).await.expect(200);
            assert_eq!(
                study.lead.get(&title).await.expect(200).json()["title"],
                words
            );
        }
        undo(&study, &study.lead).await.expect(200);
        study.lead.get(&code_path).await.expect(404);
        undo(&study, &study.lead).await.expect(409);
        for _ in 0..8 {
            redo(&study, &study.lead).await.expect(200);
        }
        study.lead.get(&code_path).await.expect(200);
        assert_eq!(study.lead.get(&title).await.json()["title"], "Two");
        study.lead.get(&comment_path).await.expect(404);
        undo(&study, &study.lead).await.expect(200);
        assert_eq!(
            study.lead.get(&comment_path).await.expect(200).json()["text"],
            "Look here"
        );
    }
);

both!(a_merge_of_codes_is_undone_with_its_codings, |app| {
    let study = Study::new(&app).await;
    let other = code(&app, study.p, None, "energy", None).await;
    let mine = int(&study.mark(&study.anna, 0, 6).await["id"]);
    let body = json!({"document": study.document, "code": other, "start": 4, "end": 10});
    let theirs = int(&study
        .anna
        .post(&study.path("/codings"), body)
        .await
        .expect(201)
        .json()["id"]);
    study
        .lead
        .post(
            &study.path(&format!("/codes/{other}/merge")),
            json!({"into": study.code}),
        )
        .await
        .expect(200);
    assert_eq!(study.seen(&study.anna).await.len(), 1);
    undo(&study, &study.lead).await.expect(200);
    assert_eq!(
        study.seen(&study.anna).await,
        [(mine, 0, 6), (theirs, 4, 10)]
    );
    study
        .lead
        .get(&study.path(&format!("/codes/{other}")))
        .await
        .expect(200);
    redo(&study, &study.lead).await.expect(200);
    assert_eq!(study.seen(&study.anna).await.len(), 1);
});

both!(
    the_log_is_listed_from_a_sequence_number_and_by_pages,
    |app| {
        let study = Study::new(&app).await;
        let first = int(&study.mark(&study.anna, 0, 6).await["id"]);
        study.mark(&study.ben, 9, 18).await;
        let all = study
            .lead
            .get(&study.path("/events?since=0"))
            .await
            .expect(200)
            .json();
        let items = all["items"].as_array().unwrap();
        // Two codings, two assignments that they began.
        assert_eq!(items.len(), 4);
        assert_eq!(items[0]["subject"], json!({"kind": "coding", "id": first}));
        assert_eq!(
            items[0]["actor"],
            json!({"id": study.anna.id, "name": "anna"})
        );
        assert_eq!(
            (&items[0]["verb"], &items[0]["before"]),
            (&json!("create"), &json!(null))
        );
        assert_eq!(int(&items[0]["after"]["end_pos"]), 6);
        assert_eq!(items[0]["batch"], items[1]["batch"]);
        let later = study
            .lead
            .get(&study.path(&format!("/events?since={}", items[1]["seq"])))
            .await
            .json();
        assert_eq!(later["items"].as_array().unwrap().as_slice(), &items[2..]);
        let page = study.lead.get(&study.path("/events?limit=3")).await.json();
        let cursor = page["next"].as_str().unwrap();
        let rest = study
            .lead
            .get(&study.path(&format!("/events?limit=3&cursor={cursor}")))
            .await
            .json();
        assert_eq!(rest["items"].as_array().unwrap().as_slice(), &items[3..]);
        assert_eq!(rest["next"], json!(null));
    }
);

both!(in_a_blind_round_the_log_tells_of_ones_own_alone, |app| {
    let study = Study::new(&app).await;
    let theirs = int(&study.mark(&study.ben, 0, 6).await["id"]);
    let comment = json!({"subject": {"kind": "coding", "id": theirs}, "text": "secret"});
    study
        .ben
        .post(&study.path("/comments"), comment)
        .await
        .expect(201);
    study.mark(&study.anna, 9, 18).await;
    study.round(&app, "coding", true).await;
    let kinds = |list: Json| -> Vec<(String, i64)> {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| {
                (
                    e["subject"]["kind"].as_str().unwrap().to_owned(),
                    int(&e["actor"]["id"]),
                )
            })
            .filter(|(kind, _)| kind != "assignment")
            .collect()
    };
    let anna = kinds(study.anna.get(&study.path("/events")).await.json());
    assert_eq!(anna, [("coding".to_owned(), study.anna.id)]);
    assert_eq!(
        kinds(study.lead.get(&study.path("/events")).await.json()).len(),
        3
    );
    // Still so when the coding is gone and only the log knows of it.
    study
        .ben
        .delete(&study.path(&format!("/codings/{theirs}")))
        .await
        .expect(204);
    assert_eq!(
        kinds(study.anna.get(&study.path("/events")).await.json()),
        anna
    );
});

/// A feed that is read event by event.
struct Listener {
    response: reqwest::Response,
    text: String,
}

impl Listener {
    async fn open(who: &Client, path: &str, last: Option<i64>) -> Listener {
        let mut request = who
            .request("GET", path)
            .header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Listener {
            response,
            text: String::new(),
        }
    }

    /// The next event's name, id and data; `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, Option<i64>, Json)> {
        loop {
            if let Some((block, rest)) = self.text.clone().split_once("\n\n") {
                rest.clone_into(&mut self.text);
                let field = |name: &str| {
                    block.lines().find_map(|l| {
                        l.strip_prefix(name)
                            .map(|v| v.trim_start_matches(' ').to_owned())
                    })
                };
                if let (Some(event), Some(data)) = (field("event:"), field("data:")) {
                    let id = field("id:").map(|v| v.parse().unwrap());
                    return Some((event, id, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk())
                .await
                .expect("an event in time");
            match chunk {
                Ok(Some(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).unwrap()),
                _ => return None,
            }
        }
    }

    /// The next event of a kind.
    async fn wait(&mut self, kind: &str) -> (i64, Json) {
        loop {
            let (event, id, data) = self.next().await.expect("the feed goes on");
            if event == kind {
                return (id.unwrap_or(0), data);
            }
        }
    }
}

both!(
    a_colleagues_coding_arrives_and_a_broken_feed_resumes_without_loss,
    |app| {
        let study = Study::new(&app).await;
        let path = study.path(&format!("/events?since=0&document={}", study.document));
        let mut feed = Listener::open(&study.ben, &path, None).await;
        let (_, here) = feed.wait("presence").await;
        assert_eq!(
            here["here"],
            json!([{"id": study.ben.id, "name": "ben", "initials": "B"}])
        );
        let made = study.mark(&study.anna, 0, 6).await;
        let (seq, data) = feed.wait("coding").await;
        assert_eq!(
            (&data["verb"], int(&data["actor"]["id"])),
            (&json!("create"), study.anna.id)
        );
        assert_eq!(
            (int(&data["seq"]), &data["coding"], &data["id"]),
            (seq, &made, &made["id"])
        );
        let (_, assignment) = feed.wait("assignment").await;
        assert_eq!(
            (int(&assignment["user"]), &assignment["state"]),
            (study.anna.id, &json!("in_progress"))
        );
        drop(feed);
        // Away: a union, a deletion, another document, a code.
        study.mark(&study.anna, 9, 18).await;
        study.mark(&study.anna, 5, 10).await;
        study
            .anna
            .delete(&study.path(&format!("/codings/{}", made["id"])))
            .await
            .expect(204);
        let other = document(&app, study.p, study.owner.id, "Another").await;
        let body = json!({"document": other, "code": study.code, "start": 0, "end": 7});
        study
            .anna
            .post(&study.path("/codings"), body)
            .await
            .expect(201);
        study
            .lead
            .post(&study.path("/codes"), json!({"name": "energy"}))
            .await
            .expect(201);
        study.mark(&study.anna, 27, 35).await;
        let mut feed = Listener::open(&study.ben, &path, Some(seq)).await;
        let mut codings = Vec::new();
        let mut last = seq;
        while codings.len() < 5 {
            let (event, id, data) = feed.next().await.unwrap();
            if let Some(id) = id {
                assert!(id > last, "in order, each once");
                last = id;
            }
            match event.as_str() {
                "coding" => codings.push((
                    data["verb"].as_str().unwrap().to_owned(),
                    data["coding"]["end"].as_i64(),
                )),
                "codebook" => assert_eq!(codings.len(), 4, "the code came before the last coding"),
                _ => {}
            }
        }
        let expected = [
            ("create", Some(18)),
            ("merge", None),
            ("merge", Some(18)),
            ("delete", None),
            ("create", Some(35)),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(v, end)| (v.to_owned(), end))
            .collect();
        assert_eq!(codings, expected);
    }
);

both!(
    the_feed_hides_what_is_blind_and_ends_with_membership,
    |app| {
        let study = Study::new(&app).await;
        let path = study.path(&format!("/events?document={}", study.document));
        let mut feed = Listener::open(&study.ben, &path, None).await;
        feed.wait("presence").await;
        let round = study.round(&app, "coding", true).await;
        study.mark(&study.anna, 0, 6).await;
        let own = int(&study.mark(&study.ben, 9, 18).await["id"]);
        assert_eq!(int(&feed.wait("coding").await.1["id"]), own);
        execute(
            &app,
            "UPDATE rounds SET state = 'revealed' WHERE id = $1",
            args![round],
        )
        .await;
        let open = int(&study.mark(&study.anna, 27, 35).await["id"]);
        assert_eq!(int(&feed.wait("coding").await.1["id"]), open);
        let mut tx = app.state.db.begin().await.unwrap();
        concord::projects::store::remove_member(&mut tx, study.p, study.ben.id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        study.mark(&study.anna, 36, 41).await;
        while let Some((event, _, data)) = feed.next().await {
            assert_ne!(event, "coding", "{data}");
        }
    }
);

both!(presence_tells_who_comes_and_goes, |app| {
    let study = Study::new(&app).await;
    let path = study.path(&format!("/events?document={}", study.document));
    let mut feed = Listener::open(&study.ben, &path, None).await;
    feed.wait("presence").await;
    let anna = Listener::open(&study.anna, &path, None).await;
    let both = feed.wait("presence").await.1;
    assert_eq!(both["here"].as_array().unwrap().len(), 2);
    drop(anna);
    // The server notices a closed connection when it next writes to it.
    study.mark(&study.ben, 0, 6).await;
    let alone = feed.wait("presence").await.1;
    assert_eq!(alone["here"].as_array().unwrap().len(), 1);
    study
        .ben
        .get(&study.path("/events?document=999"))
        .await
        .expect(200);
    let request = study
        .ben
        .request("GET", &study.path("/events?document=999"))
        .header("accept", "text/event-stream");
    study.ben.send(request).await.expect(404);
});

both!(
    the_feed_hears_of_what_another_process_wrote_and_ends_with_the_server,
    |app| {
        let study = Study::new(&app).await;
        let mut feed = Listener::open(&study.ben, &study.path("/events?since=0"), None).await;
        // No word of this goes round inside the process.
        execute(
        &app,
        "INSERT INTO events (project_id, actor_id, verb, subject_kind, subject_id, batch, at) VALUES ($1, $2, 'update', 'code', 7, 'b', 0)",
        args![study.p, study.lead.id],
    )
    .await;
        assert_eq!(int(&feed.wait("codebook").await.1["id"]), 7);
        app.state.stopping.cancel();
        assert!(feed.next().await.is_none());
    }
);

/// What a coder's codings with one code should be, by a model that knows nothing of the program: a list, the rule of overlaps
/// written down once more, and whole copies of the list for undo.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    passages: Vec<(i64, i64)>,
}

impl Model {
    fn add(&mut self, mut start: i64, mut end: i64) {
        if self.passages.contains(&(start, end)) {
            return;
        }
        while let Some(i) = self
            .passages
            .iter()
            .position(|(s, e)| *s < end && start < *e)
        {
            let (s, e) = self.passages.remove(i);
            (start, end) = (start.min(s), end.max(e));
        }
        self.passages.push((start, end));
        self.passages.sort_unstable();
    }
}

async fn walk(study: &Study, seed: u64) {
    let mut random = rand::rngs::StdRng::seed_from_u64(seed);
    let mut now = Model::default();
    let (mut past, mut future): (Vec<Model>, Vec<Model>) = (Vec::new(), Vec::new());
    let mut ids: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for step in 0..60 {
        let before = now.clone();
        let start = random.random_range(0..18_i64);
        let end = random.random_range(start + 1..=18);
        let blank = start == 8 && end == 9;
        let choice = random.random_range(0..10_u32);
        match choice {
            0..4 if !blank => {
                study.mark(&study.anna, start, end).await;
                now.add(start, end);
            }
            4 | 5 if !now.passages.is_empty() && !blank => {
                let i = random.random_range(0..now.passages.len());
                let old = now.passages.remove(i);
                let path = study.path(&format!("/codings/{}", ids[&old]));
                study
                    .anna
                    .patch(&path, json!({"start": start, "end": end}))
                    .await
                    .expect(200);
                if start == old.0 && end == old.1 {
                    now = before.clone();
                } else {
                    now.add(start, end);
                }
            }
            6 if !now.passages.is_empty() => {
                let i = random.random_range(0..now.passages.len());
                let old = now.passages.remove(i);
                study
                    .anna
                    .delete(&study.path(&format!("/codings/{}", ids[&old])))
                    .await
                    .expect(204);
            }
            7 | 8 => match past.pop() {
                Some(model) => {
                    undo(study, &study.anna).await.expect(200);
                    future.push(std::mem::replace(&mut now, model));
                }
                None => {
                    undo(study, &study.anna).await.expect(409);
                }
            },
            9 => match future.pop() {
                Some(model) => {
                    redo(study, &study.anna).await.expect(200);
                    past.push(std::mem::replace(&mut now, model));
                }
                None => {
                    redo(study, &study.anna).await.expect(409);
                }
            },
            _ => {}
        }
        // What changed something is an action to undo, and ends redoing.
        if choice < 7 && now != before {
            past.push(before);
            future.clear();
        }
        ids = study
            .seen(&study.anna)
            .await
            .into_iter()
            .map(|(id, s, e)| ((s, e), id))
            .collect();
        assert_eq!(
            ids.keys().copied().collect::<Vec<_>>(),
            now.passages,
            "seed {seed}, step {step}"
        );
    }
}

both!(random_days_end_as_the_model_says, |app| {
    for seed in 0..4 {
        let study = Study::again(&app, seed).await;
        walk(&study, seed).await;
    }
});
