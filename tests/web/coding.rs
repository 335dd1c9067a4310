//! Codings: every rule of making, joining, changing and deleting them, and who may.

use concord::args;
use concord::projects::Role;
use serde_json::json;

use crate::both;
use crate::study::{Study, code, document, execute, int};

both!(a_coding_carries_its_words_and_what_surrounds_them, |app| {
    let study = Study::new(&app).await;
    let answer = study.try_mark(&study.anna, 19, 24).await.expect(201);
    assert_eq!(answer.header("etag"), "\"1\"");
    let made = answer.json();
    assert_eq!(made["quote"], "👩\u{200d}👦\u{200d}👧");
    assert_eq!(made["before"], "Tehran’s sanctions ");
    assert_eq!(made["after"], " \n\nتحریم‌ها و نفت. End");
    assert_eq!(made["coder"], json!({"id": study.anna.id, "name": "anna"}));
    assert_eq!(made["layer"], "coder");
    assert_eq!((int(&made["start"]), int(&made["end"])), (19, 24));
    assert_eq!(made["memo"], json!(null));
    assert_eq!(made["round"], json!(null));
    assert_eq!(
        (int(&made["codebook_version"]), int(&made["version"])),
        (0, 1)
    );
    assert!(made.get("merged").is_none());
    let persian = study.mark(&study.anna, 27, 35).await;
    assert_eq!(persian["quote"], "تحریم‌ها");
    // 32 code points back from 27 would be before the beginning; from 40 they reach back to 8.
    let late = study.mark(&study.anna, 40, 46).await;
    assert_eq!(late["before"].as_str().unwrap().chars().count(), 32);
    assert_eq!(late["after"], "");
    // One by one and in a list, the answer is the same.
    let alone = study
        .anna
        .get(&study.path(&format!("/codings/{}", made["id"])))
        .await
        .expect(200);
    assert_eq!(alone.header("etag"), "\"1\"");
    assert_eq!(alone.json(), made);
    let list = study
        .anna
        .get(&study.path("/codings"))
        .await
        .expect(200)
        .json();
    assert_eq!(list["items"][0], made);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    assert_eq!(list["next"], json!(null));
});

both!(a_passage_must_lie_in_the_text_and_show_something, |app| {
    let study = Study::new(&app).await;
    for (start, end, field) in [
        (46, 47, "start"),
        (40, 47, "end"),
        (-1, 3, "start"),
        (3, 3, "end"),
        (5, 3, "end"),
        (24, 27, "start"),
    ] {
        let problem = study
            .try_mark(&study.anna, start, end)
            .await
            .expect(422)
            .json();
        assert_eq!(problem["type"], "/problems/invalid-input");
        assert_eq!(problem["errors"][0]["field"], field, "{start}..{end}");
    }
    for (body, field) in [
        (
            json!({"code": study.code, "start": 0, "end": 3}),
            "document",
        ),
        (
            json!({"document": study.document, "start": 0, "end": 3}),
            "code",
        ),
        (
            json!({"document": study.document, "code": study.code, "end": 3}),
            "start",
        ),
        (
            json!({"document": study.document, "code": study.code, "start": 3}),
            "end",
        ),
        (
            json!({"document": 999, "code": study.code, "start": 0, "end": 3}),
            "document",
        ),
        (
            json!({"document": study.document, "code": 999, "start": 0, "end": 3}),
            "code",
        ),
        (
            json!({"document": study.document, "code": study.code, "start": 0, "end": 3, "weight": 1}),
            "weight",
        ),
        (
            json!({"document": "x", "code": study.code, "start": 0, "end": 3}),
            "body",
        ),
    ] {
        let problem = study
            .anna
            .post(&study.path("/codings"), body)
            .await
            .expect(422)
            .json();
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM codings").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM events").await, 0);
});

both!(codes_must_be_in_use_and_weights_on_their_scale, |app| {
    let study = Study::new(&app).await;
    let stance = json!({"min": -2, "max": 2, "step": 1, "labels": [{"value": -2, "label": "confrontation"}]});
    let stance = code(&app, study.p, None, "stance", Some(stance)).await;
    let heading = code(&app, study.p, None, "Themes", None).await;
    execute(
        &app,
        "UPDATE codes SET is_codable = FALSE WHERE id = $1",
        args![heading],
    )
    .await;
    let retired = code(&app, study.p, None, "old", None).await;
    execute(
        &app,
        "UPDATE codes SET retired_at = 1 WHERE id = $1",
        args![retired],
    )
    .await;
    let body = |code: i64, weight: f64| json!({"document": study.document, "code": code, "start": 0, "end": 6, "weight": weight});
    let path = study.path("/codings");
    for (code, weight, field) in [
        (stance, 3.0, "weight"),
        (stance, -2.1, "weight"),
        (heading, 0.0, "code"),
        (retired, 0.0, "code"),
    ] {
        let problem = study
            .anna
            .post(&path, body(code, weight))
            .await
            .expect(422)
            .json();
        assert_eq!(problem["errors"][0]["field"], field);
    }
    let made = study
        .anna
        .post(&path, body(stance, -2.0))
        .await
        .expect(201)
        .json();
    assert_eq!(made["weight"], json!(-2.0));
    let id = made["id"].clone();
    let one = study.path(&format!("/codings/{id}"));
    study
        .anna
        .patch(&one, json!({"weight": 9}))
        .await
        .expect(422);
    let changed = study
        .anna
        .patch(&one, json!({"weight": 1, "memo": " why "}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (changed["weight"].as_f64(), &changed["memo"]),
        (Some(1.0), &json!("why"))
    );
    // On a code without a scale the weight means nothing.
    let recoded = study
        .anna
        .patch(&one, json!({"code": study.code}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&recoded["weight"], &recoded["memo"]),
        (&json!(null), &json!("why"))
    );
    let cleared = study
        .anna
        .patch(&one, json!({"memo": null}))
        .await
        .expect(200)
        .json();
    assert_eq!(cleared["memo"], json!(null));
    assert_eq!(int(&cleared["version"]), 4);
});

both!(own_overlaps_of_the_same_code_become_one, |app| {
    let study = Study::new(&app).await;
    let first = study.mark(&study.anna, 0, 6).await["id"].clone();
    let second = study.mark(&study.anna, 9, 18).await["id"].clone();
    // Touching stays two.
    let touching = study.try_mark(&study.anna, 6, 8).await.expect(201).json()["id"].clone();
    // A colleague's and another code's stay by themselves.
    study.try_mark(&study.ben, 4, 12).await.expect(201);
    let other = code(&app, study.p, None, "energy", None).await;
    let body = json!({"document": study.document, "code": other, "start": 4, "end": 12});
    study
        .anna
        .post(&study.path("/codings"), body)
        .await
        .expect(201);
    // The identical one is the one that is there, whatever merge says.
    for merge in [true, false] {
        let body = json!({"document": study.document, "code": study.code, "start": 9, "end": 18, "merge": merge});
        let there = study
            .anna
            .post(&study.path("/codings"), body)
            .await
            .expect(200)
            .json();
        assert_eq!((&there["id"], int(&there["version"])), (&second, 1));
    }
    // 5..10 bridges 0..6, 6..8 and 9..18.
    let united = study.try_mark(&study.anna, 5, 10).await.expect(200).json();
    assert_eq!(united["id"], first);
    assert_eq!(
        (
            int(&united["start"]),
            int(&united["end"]),
            int(&united["version"])
        ),
        (0, 18, 2)
    );
    assert_eq!(united["quote"], "Tehran’s sanctions");
    assert_eq!(united["merged"], json!([first, second, touching]));
    for gone in [&second, &touching] {
        study
            .anna
            .get(&study.path(&format!("/codings/{gone}")))
            .await
            .expect(404);
    }
    // Inside the union: nothing new, and it says so.
    let inside = study.try_mark(&study.anna, 2, 4).await.expect(200).json();
    assert_eq!((&inside["id"], int(&inside["version"])), (&first, 2));
    assert_eq!(inside["merged"], json!([first]));
    // Unless the body says otherwise.
    let body = json!({"document": study.document, "code": study.code, "start": 2, "end": 4, "merge": false});
    study
        .anna
        .post(&study.path("/codings"), body)
        .await
        .expect(201);
    // The next passage that reaches both joins both: the chain goes on until nothing overlaps any more.
    let chain = study.try_mark(&study.anna, 17, 24).await.expect(200).json();
    assert_eq!((int(&chain["start"]), int(&chain["end"])), (0, 24));
    assert_eq!(chain["merged"].as_array().unwrap().len(), 2);
    assert_eq!(app.count("SELECT COUNT(*) FROM codings").await, 3);
});

both!(a_changed_passage_swallows_what_it_comes_to_overlap, |app| {
    let study = Study::new(&app).await;
    let first = int(&study.mark(&study.anna, 0, 6).await["id"]);
    let second = int(&study.mark(&study.anna, 9, 18).await["id"]);
    let one = study.path(&format!("/codings/{second}"));
    let moved = study
        .anna
        .patch(&one, json!({"start": 8}))
        .await
        .expect(200)
        .json();
    assert_eq!((int(&moved["start"]), int(&moved["end"])), (8, 18));
    assert!(moved.get("merged").is_none());
    let grown = study
        .anna
        .patch(&one, json!({"start": 5}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (int(&grown["id"]), int(&grown["start"]), int(&grown["end"])),
        (second, 0, 18)
    );
    assert_eq!(grown["merged"], json!([first, second]));
    study.anna.patch(&one, json!({"end": 99})).await.expect(422);
    // Nothing changed is no change.
    let same = study
        .anna
        .patch(&one, json!({"start": 0, "end": 18}))
        .await
        .expect(200)
        .json();
    assert_eq!(same["version"], grown["version"]);
});

both!(many_at_once_are_all_or_nothing, |app| {
    let study = Study::new(&app).await;
    let path = study.path("/codings");
    let item = |start: i64, end: i64| json!({"document": study.document, "code": study.code, "start": start, "end": end});
    let problem = study
        .anna
        .post(
            &path,
            json!({"items": [item(0, 6), item(40, 99), item(7, 7)]}),
        )
        .await
        .expect(422)
        .json();
    assert_eq!(problem["errors"][0]["field"], "items[1].end");
    assert_eq!(problem["errors"][1]["field"], "items[2].end");
    assert_eq!(app.count("SELECT COUNT(*) FROM codings").await, 0);
    study
        .anna
        .post(&path, json!({"items": []}))
        .await
        .expect(422);
    let made = study
        .anna
        .post(
            &path,
            json!({"items": [item(0, 6), item(9, 18), item(27, 35), item(5, 10), item(27, 35)]}),
        )
        .await
        .expect(201)
        .json();
    let items = made["items"].as_array().unwrap();
    assert_eq!(items.len(), 5);
    // The fourth joined the first two; the fifth is the third.
    assert_eq!((int(&items[0]["start"]), int(&items[0]["end"])), (0, 18));
    assert_eq!(items[0]["id"], items[1]["id"]);
    assert_eq!(items[0]["id"], items[3]["id"]);
    assert_eq!(items[2]["id"], items[4]["id"]);
    assert_eq!(study.seen(&study.anna).await.len(), 2);
    // One action: taken back as one.
    assert_eq!(
        app.count("SELECT COUNT(DISTINCT batch) FROM events").await,
        1
    );
});

both!(
    more_codings_than_one_statement_holds_keep_their_order,
    |app| {
        let study = Study::new(&app).await;
        let long = document(&app, study.p, study.owner.id, &"word ".repeat(2000)).await;
        let items: Vec<_> = (0..1234)
            .map(
                |i| json!({"document": long, "code": study.code, "start": i * 5, "end": i * 5 + 4}),
            )
            .collect();
        let made = study
            .anna
            .post(&study.path("/codings"), json!({"items": items}))
            .await
            .expect(201)
            .json();
        let made = made["items"].as_array().unwrap();
        assert!(made.iter().enumerate().all(|(i, c)| int(&c["start"])
            == 5 * i64::try_from(i).unwrap()
            && c["quote"] == "word"));
        let mut cursor = String::new();
        let mut read = Vec::new();
        loop {
            let page = study
                .anna
                .get(&study.path(&format!(
                    "/codings?document={long}&limit=500&cursor={cursor}"
                )))
                .await
                .expect(200)
                .json();
            read.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(&read, made);
        study
            .anna
            .get(&study.path("/codings?cursor=nonsense!"))
            .await
            .expect(400);
    }
);

both!(
    lists_are_filtered_by_document_code_coder_layer_round_and_place,
    |app| {
        let study = Study::new(&app).await;
        let below = code(&app, study.p, Some(study.code), "secondary", None).await;
        let lowest = code(&app, study.p, Some(below), "banks", None).await;
        let other = document(&app, study.p, study.owner.id, "Another text").await;
        let a = int(&study.mark(&study.anna, 0, 6).await["id"]);
        let b = int(&study.mark(&study.ben, 9, 18).await["id"]);
        let path = study.path("/codings");
        let c = json!({"document": study.document, "code": lowest, "start": 27, "end": 35});
        let c = int(&study.anna.post(&path, c).await.expect(201).json()["id"]);
        let d = json!({"document": other, "code": below, "start": 0, "end": 7});
        let d = int(&study.anna.post(&path, d).await.expect(201).json()["id"]);
        execute(
            &app,
            "UPDATE codings SET layer = 'consensus' WHERE id = $1",
            args![d],
        )
        .await;
        let round = study.round(&app, "coding", false).await;
        execute(
            &app,
            "UPDATE codings SET round_id = $1 WHERE id = $2",
            args![round, b],
        )
        .await;
        let (doc, top, ben) = (study.document, study.code, study.ben.id);
        for (query, expected) in [
            (format!("document={doc}"), vec![a, b, c]),
            (format!("document={doc},{other}"), vec![a, b, c, d]),
            (format!("code={top}"), vec![a, b, c, d]),
            (format!("code={below}"), vec![c, d]),
            (format!("coder={ben}"), vec![b]),
            ("layer=consensus".to_owned(), vec![d]),
            ("layer=coder".to_owned(), vec![a, b, c]),
            (format!("round={round}"), vec![b]),
            // Half-open: what ends at 6 is not there, what begins at 18 neither.
            (format!("document={doc}&from=6&to=27"), vec![b]),
            (format!("document={doc}&from=5&to=28"), vec![a, b, c]),
        ] {
            let list = study
                .ben
                .get(&format!("{path}?{query}"))
                .await
                .expect(200)
                .json();
            let ids: Vec<i64> = list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| int(&c["id"]))
                .collect();
            assert_eq!(ids, expected, "{query}");
        }
        study
            .ben
            .get(&format!("{path}?document=x"))
            .await
            .expect(422);
        let map = study
            .ben
            .get(&study.path(&format!("/documents/{doc}/map")))
            .await
            .expect(200)
            .json();
        assert_eq!(int(&map["length"]), 46);
        assert_eq!(
            map["codings"],
            json!([
                [a, top, false, 0, 6, study.anna.id, "coder"],
                [b, top, true, 9, 18, ben, "coder"],
                [c, lowest, false, 27, 35, study.anna.id, "coder"],
            ])
        );
        study
            .ben
            .get(&study.path("/documents/999/map"))
            .await
            .expect(404);
    }
);

both!(
    only_the_coder_or_a_lead_on_the_record_changes_a_coding,
    |app| {
        let study = Study::new(&app).await;
        let id = int(&study.mark(&study.anna, 0, 6).await["id"]);
        let one = study.path(&format!("/codings/{id}"));
        study.ben.patch(&one, json!({"end": 5})).await.expect(403);
        study.ben.delete(&one).await.expect(403);
        let changed = study
            .lead
            .patch(&one, json!({"end": 5}))
            .await
            .expect(200)
            .json();
        assert_eq!(int(&changed["coder"]["id"]), study.anna.id);
        let history = study
            .ben
            .get(&format!("{one}/history"))
            .await
            .expect(200)
            .json();
        let steps = history["items"].as_array().unwrap();
        assert_eq!(steps.len(), 2);
        assert_eq!(
            (&steps[0]["verb"], &steps[0]["before"]),
            (&json!("create"), &json!(null))
        );
        assert_eq!(int(&steps[1]["actor"]["id"]), study.lead.id);
        assert_eq!(
            (
                int(&steps[1]["before"]["end"]),
                int(&steps[1]["after"]["end"])
            ),
            (6, 5)
        );
        study.lead.delete(&one).await.expect(204);
        study.anna.get(&one).await.expect(404);
        study.anna.delete(&one).await.expect(404);
        let history = study
            .anna
            .get(&format!("{one}/history"))
            .await
            .expect(200)
            .json();
        assert_eq!(history["items"][2]["after"], json!(null));
    }
);

both!(a_stale_version_is_a_conflict_with_what_is_there, |app| {
    let study = Study::new(&app).await;
    let id = int(&study.mark(&study.anna, 0, 6).await["id"]);
    let one = study.path(&format!("/codings/{id}"));
    study.anna.patch(&one, json!({"end": 5})).await.expect(200);
    for method in ["PATCH", "DELETE"] {
        let request = study
            .anna
            .request(method, &one)
            .header("if-match", "\"1\"")
            .json(&json!({"end": 4}));
        let problem = study.anna.send(request).await.expect(409).json();
        assert_eq!(problem["type"], "/problems/stale-version");
        assert_eq!(
            (
                int(&problem["current"]["id"]),
                int(&problem["current"]["end"])
            ),
            (id, 5)
        );
    }
    let request = study
        .anna
        .request("PATCH", &one)
        .header("if-match", "\"2\"")
        .json(&json!({"end": 4}));
    study.anna.send(request).await.expect(200);
});

both!(roles_may_what_the_contract_says, |app| {
    let study = Study::new(&app).await;
    let reviewer = app
        .member(study.p, "rita@example.org", Role::Reviewer)
        .await;
    let viewer = app.member(study.p, "vera@example.org", Role::Viewer).await;
    let outsider = app.user("otto@example.org").await;
    let id = int(&study.mark(&study.owner, 0, 6).await["id"]);
    let one = study.path(&format!("/codings/{id}"));
    let list = study.path("/codings");
    let body = json!({"document": study.document, "code": study.code, "start": 9, "end": 12});
    for (who, read, write) in [
        (&app.stranger(), 401, 401),
        (&outsider, 404, 404),
        (&viewer, 200, 403),
        (&reviewer, 200, 403),
        (&study.anna, 200, 201),
        (&study.lead, 200, 201),
    ] {
        who.get(&list).await.expect(read);
        who.get(&one).await.expect(read);
        who.get(&format!("{one}/history")).await.expect(read);
        who.get(&study.path(&format!("/documents/{}/map", study.document)))
            .await
            .expect(read);
        who.post(&list, body.clone()).await.expect(write);
        if write != 201 {
            who.patch(&one, json!({"end": 5})).await.expect(write);
            who.delete(&one).await.expect(write);
        }
    }
    // Another project's coding is not there, for a member of both.
    let elsewhere = app.project(&study.owner).await;
    study
        .owner
        .get(&format!("/api/v1/projects/{elsewhere}/codings/{id}"))
        .await
        .expect(404);
});

both!(shut_out_is_out_at_once, |app| {
    let study = Study::new(&app).await;
    let list = study.path("/codings");
    study.anna.get(&list).await.expect(200);
    let browser = app.browser(&study.ben).await;
    browser.get(&list).await.expect(200);
    let mut tx = app.state.db.begin().await.unwrap();
    concord::projects::store::remove_member(&mut tx, study.p, study.anna.id)
        .await
        .unwrap();
    concord::accounts::store::end_sessions(&mut tx, study.ben.id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    study.anna.get(&list).await.expect(404);
    browser.get(&list).await.expect(401);
    study.ben.get(&list).await.expect(200);
});

both!(the_same_key_gives_the_first_answer_again, |app| {
    let study = Study::new(&app).await;
    let send = |key: &'static str, start: i64| {
        let request = study
            .anna
            .request("POST", &study.path("/codings"))
            .header("idempotency-key", key)
            .json(
                &json!({"document": study.document, "code": study.code, "start": start, "end": 18}),
            );
        let anna = study.anna.clone();
        async move { anna.send(request).await }
    };
    let first = send("k1", 9).await.expect(201);
    let again = send("k1", 9).await.expect(201);
    assert_eq!(first.json(), again.json());
    send("k1", 10).await.expect(409);
    // Twenty at once under one key: one coding, one answer.
    let answers = futures_util::future::join_all((0..20).map(|_| send("k2", 0))).await;
    let united = answers[0].json();
    for answer in answers {
        let answer = answer.expect(200);
        assert_eq!(answer.json(), united);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM codings").await, 1);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE subject_kind = 'coding'")
            .await,
        2
    );
    let id = united["id"].clone();
    for _ in 0..2 {
        let request = study
            .anna
            .request("DELETE", &study.path(&format!("/codings/{id}")))
            .header("idempotency-key", "k3");
        study.anna.send(request).await.expect(204);
    }
});

both!(overlaps_sent_at_once_become_one, |app| {
    let study = Study::new(&app).await;
    let answers = futures_util::future::join_all(
        (0..12).map(|i| study.try_mark(&study.anna, i / 2, 13 + i % 5)),
    )
    .await;
    assert!(answers.iter().all(|a| a.status == 200 || a.status == 201));
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    let seen = study.seen(&study.anna).await;
    assert_eq!((seen.len(), seen[0].1, seen[0].2), (1, 0, 17));
});

both!(the_first_coding_sets_the_assignment_in_progress, |app| {
    let study = Study::new(&app).await;
    execute(
        &app,
        "INSERT INTO assignments (document_id, user_id, state, created_at, updated_at) VALUES ($1, $2, 'todo', 0, 0), ($1, $3, 'done', 0, 0)",
        args![study.document, study.anna.id, study.ben.id],
    )
    .await;
    study.mark(&study.anna, 0, 6).await;
    study.mark(&study.anna, 9, 18).await;
    study.mark(&study.ben, 0, 6).await;
    study.mark(&study.lead, 0, 6).await;
    let states: Vec<(i64, String)> = app
        .state
        .db
        .all(
            "SELECT user_id, state FROM assignments ORDER BY user_id",
            args![],
        )
        .await
        .unwrap();
    let state = |id: i64| {
        states
            .iter()
            .find(|(u, _)| *u == id)
            .map(|(_, s)| s.as_str())
    };
    assert_eq!(state(study.anna.id), Some("in_progress"));
    assert_eq!(state(study.ben.id), Some("done"));
    assert_eq!(state(study.lead.id), Some("in_progress"));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE subject_kind = 'assignment'")
            .await,
        2
    );
});

both!(round_and_codebook_version_are_recorded, |app| {
    let study = Study::new(&app).await;
    execute(
        &app,
        "INSERT INTO codebook_versions (project_id, number, codes, published_by, published_at) VALUES ($1, 1, '[]', $2, 0), ($1, 2, '[]', $2, 0)",
        args![study.p, study.lead.id],
    )
    .await;
    study.round(&app, "closed", false).await;
    let round = study.round(&app, "coding", false).await;
    let made = study.mark(&study.anna, 0, 6).await;
    assert_eq!(
        (int(&made["round"]), int(&made["codebook_version"])),
        (round, 2)
    );
    // The lead does not code in it.
    assert_eq!(study.mark(&study.lead, 0, 6).await["round"], json!(null));
});

both!(
    a_blind_round_hides_colleagues_codings_on_every_way_out,
    |app| {
        let study = Study::new(&app).await;
        let theirs = int(&study.mark(&study.ben, 0, 6).await["id"]);
        let mine = int(&study.mark(&study.anna, 9, 18).await["id"]);
        let round = study.round(&app, "coding", true).await;
        let viewer = app.member(study.p, "vera@example.org", Role::Viewer).await;
        let one = study.path(&format!("/codings/{theirs}"));
        let map = study.path(&format!("/documents/{}/map", study.document));
        assert_eq!(study.seen(&study.anna).await, [(mine, 9, 18)]);
        assert_eq!(study.seen(&viewer).await, []);
        assert_eq!(study.seen(&study.lead).await.len(), 2);
        study.anna.get(&one).await.expect(404);
        study.anna.get(&format!("{one}/history")).await.expect(404);
        study.anna.patch(&one, json!({"end": 3})).await.expect(404);
        study.anna.delete(&one).await.expect(404);
        let coders = study.path(&format!("/codings?coder={}", study.ben.id));
        assert_eq!(study.anna.get(&coders).await.json()["items"], json!([]));
        assert_eq!(
            study.anna.get(&map).await.json()["codings"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            study.lead.get(&map).await.json()["codings"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        // Still one's own coding goes on, without a word of what it overlaps.
        assert_eq!(study.try_mark(&study.anna, 0, 6).await.status, 201);
        execute(
            &app,
            "UPDATE rounds SET state = 'revealed' WHERE id = $1",
            args![round],
        )
        .await;
        assert_eq!(study.seen(&study.anna).await.len(), 3);
        study.anna.get(&format!("{one}/history")).await.expect(200);
    }
);

both!(pins_are_kept_for_each_member, |app| {
    let study = Study::new(&app).await;
    let path = study.path("/me/pins");
    let put = study
        .anna
        .put(&path, json!({"pins": [study.code, study.code]}))
        .await
        .expect(200)
        .json();
    assert_eq!(put["pins"], json!([study.code]));
    study
        .anna
        .put(&path, json!({"pins": [999]}))
        .await
        .expect(422);
});

both!(the_workspace_can_be_read_before_any_script_runs, |app| {
    let study = Study::new(&app).await;
    execute(
        &app,
        "UPDATE documents SET title = '</script><b>x' WHERE id = $1",
        args![study.document],
    )
    .await;
    let made = study.mark(&study.anna, 0, 6).await;
    study.mark(&study.ben, 9, 18).await;
    let path = format!("/projects/{}/documents/{}/code", study.p, study.document);
    let browser = app.browser(&study.anna).await;
    let page = browser.get(&path).await.expect(200).text();
    assert!(page.contains("Tehran’s sanctions"), "{page}");
    assert!(!page.contains("<b>x"), "a title is never markup");
    let island = page
        .split(r#"id="workspace-data">"#)
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let data: serde_json::Value = serde_json::from_str(island).unwrap();
    assert_eq!(data["api"], format!("/api/v1/projects/{}", study.p));
    assert_eq!(data["document"]["title"], "</script><b>x");
    assert_eq!(data["first"]["codings"].as_array().unwrap().len(), 2);
    assert_eq!(data["first"]["codings"][0], made);
    assert_eq!(
        data["first"]["blocks"][0]["text"],
        "Tehran’s sanctions 👩\u{200d}👦\u{200d}👧 "
    );
    assert_eq!(data["assignment"]["state"], "in_progress");
    assert_eq!(
        data["me"]["can"],
        json!({"code": true, "create_code": false, "comment": true, "see_others": true, "edit_any": false})
    );
    assert_eq!(int(&data["codebook"]["codes"][0]["count"]), 2);
    // The feed that goes on from here brings nothing twice and misses nothing.
    assert_eq!(
        int(&data["seq"]),
        app.count("SELECT MAX(seq) FROM events").await
    );
    study.round(&app, "coding", true).await;
    let page = browser.get(&path).await.expect(200).text();
    let island = page
        .split(r#"id="workspace-data">"#)
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let data: serde_json::Value = serde_json::from_str(island).unwrap();
    assert_eq!(data["first"]["codings"].as_array().unwrap().len(), 1);
    assert_eq!(int(&data["codebook"]["codes"][0]["count"]), 1);
    assert_eq!(data["me"]["can"]["see_others"], false);
    app.browser(&app.user("otto@example.org").await)
        .await
        .get(&path)
        .await
        .expect(404);
    browser
        .get(&format!("/projects/{}/documents/999/code", study.p))
        .await
        .expect(404);
});
