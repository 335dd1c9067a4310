//! The codebook over HTTP: the tree, what a merge and a deletion do to codings, versions, CSV, and who may do what.

use concord::codebook::store as codebook;
use concord::projects::Role;
use serde_json::{Value as Json, json};

use crate::both;
use crate::harness::Client;
use crate::study::{Study, TEXT, document, execute, int};

/// The lead takes her last action back.
async fn undo(s: &Study) {
    s.lead.post(&s.path("/undo"), json!({})).await.expect(200);
}

/// And does it again.
async fn redo(s: &Study) {
    s.lead.post(&s.path("/redo"), json!({})).await.expect(200);
}

async fn create(s: &Study, body: Json) -> i64 {
    int(&s
        .lead
        .post(&s.path("/codes"), body)
        .await
        .expect(201)
        .json()["id"])
}

/// The codebook as lines of path and id.
async fn paths(s: &Study, who: &Client) -> Vec<String> {
    who.get(&s.path("/codes?limit=1000"))
        .await
        .expect(200)
        .json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["path"].as_str().unwrap().to_owned())
        .collect()
}

/// Every coding as `(coder, code, start, end, quote)`, in the order of the list.
async fn all(s: &Study) -> Vec<(i64, i64, i64, i64, String)> {
    let list = s
        .lead
        .get(&s.path("/codings?limit=1000"))
        .await
        .expect(200)
        .json();
    let mut rows: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                int(&c["coder"]["id"]),
                int(&c["code"]),
                int(&c["start"]),
                int(&c["end"]),
                c["quote"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    rows.sort();
    rows
}

async fn mark(s: &Study, who: &Client, code: i64, start: i64, end: i64) -> i64 {
    let answer = who
        .post(
            &s.path("/codings"),
            json!({"document": s.document, "code": code, "start": start, "end": end}),
        )
        .await;
    assert!(answer.status == 201, "{}", answer.text());
    int(&answer.json()["id"])
}

both!(a_code_is_made_read_changed_and_moved, |app| {
    let s = Study::new(&app).await;
    let made = s
        .lead
        .post(
            &s.path("/codes"),
            json!({
                "name": "  Energy > gas ", "color": "#0A95DA", "description": "d", "use_when": "u", "do_not_use_when": "n",
                "examples": ["one", "two\nlines"], "scale": {"min": -2, "max": 2, "step": 1, "labels": [{"value": -2, "label": "confrontation"}]}
            }),
        )
        .await
        .expect(201);
    assert_eq!(made.header("etag"), "\"1\"");
    let code = made.json();
    let id = int(&code["id"]);
    assert_eq!(code["name"], "Energy > gas");
    assert_eq!(code["path"], "Energy \\> gas");
    assert_eq!(
        (&code["color"], &code["palette"]),
        (&json!("#0a95da"), &json!(11))
    );
    assert_eq!(code["scale"]["labels"][0]["label"], "confrontation");
    assert_eq!(code["examples"], json!(["one", "two\nlines"]));
    assert_eq!(
        (&code["is_codable"], &code["retired"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&code["parent"], &code["position"]),
        (&Json::Null, &json!(1))
    );

    let address = s.path(&format!("/codes/{id}"));
    let moved = s
        .lead
        .patch(
            &address,
            json!({"parent": s.code, "name": "Gas", "color": 3, "scale": null}),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(moved["path"], "sanctions > Gas");
    assert_eq!(moved["palette"], 3);
    assert_eq!(moved["scale"], Json::Null);
    assert_eq!(moved["description"], "d");
    // One save, one event.
    assert_eq!(moved["version"], 2);

    let top = s
        .lead
        .patch(&address, json!({"parent": null, "position": 0}))
        .await
        .expect(200)
        .json();
    assert_eq!(top["path"], "Gas");
    assert_eq!(paths(&s, &s.anna).await, ["Gas", "sanctions"]);

    let stale = s
        .lead
        .send(
            s.lead
                .request("PATCH", &address)
                .header("if-match", "\"1\"")
                .json(&json!({"name": "Late"})),
        )
        .await
        .expect(409)
        .json();
    assert_eq!(stale["current"]["name"], "Gas");
    assert_eq!(stale["type"], "/problems/stale-version");

    let gone = s
        .lead
        .patch(&address, json!({"retired": true}))
        .await
        .expect(200)
        .json();
    assert_eq!(gone["retired"], true);
    let back = s
        .lead
        .patch(&address, json!({"retired": false}))
        .await
        .expect(200)
        .json();
    assert_eq!(back["retired"], false);
});

both!(
    siblings_keep_the_order_they_are_given_however_often,
    |app| {
        let s = Study::new(&app).await;
        let mut ids = Vec::new();
        for name in ["A", "B", "C"] {
            ids.push(create(&s, json!({"name": name, "parent": s.code})).await);
        }
        // Forty times the last to the middle: more often than the space between two positions can be halved.
        for _ in 0..40 {
            let last = ids.pop().unwrap();
            s.lead
                .patch(&s.path(&format!("/codes/{last}")), json!({"position": 1}))
                .await
                .expect(200);
            ids.insert(1, last);
        }
        let list = s.lead.get(&s.path("/codes")).await.json();
        let seen: Vec<i64> = list["items"].as_array().unwrap()[1..]
            .iter()
            .map(|c| int(&c["id"]))
            .collect();
        assert_eq!(seen, ids);
        // A child put before the first.
        create(&s, json!({"name": "D", "parent": s.code, "position": 0})).await;
        assert_eq!(paths(&s, &s.lead).await[1], "sanctions > D");
    }
);

both!(
    names_are_one_among_siblings_and_trees_hold_no_knots,
    |app| {
        let s = Study::new(&app).await;
        let a = create(&s, json!({"name": "كتاب"})).await;
        let b = create(&s, json!({"name": "B", "parent": a})).await;
        let c = create(&s, json!({"name": "C", "parent": b})).await;
        for (body, field) in [
            (json!({"name": "کتاب"}), "name"),
            (json!({"name": " \u{200e} "}), "name"),
            (json!({"name": "x", "color": "red"}), "color"),
            (json!({"name": "x", "color": 13}), "color"),
            (json!({"name": "x", "parent": 99999}), "parent"),
            (
                json!({"name": "x", "scale": {"min": 2, "max": -2, "step": 1}}),
                "scale",
            ),
            (
                json!({"name": "x", "scale": {"min": 0, "max": 1, "step": 0}}),
                "scale",
            ),
        ] {
            let wrong = s
                .lead
                .post(&s.path("/codes"), body.clone())
                .await
                .expect(422)
                .json();
            assert_eq!(wrong["errors"][0]["field"], field, "{body}");
        }
        for parent in [a, b, c] {
            let knot = s
                .lead
                .patch(&s.path(&format!("/codes/{a}")), json!({"parent": parent}))
                .await
                .expect(422)
                .json();
            assert_eq!(knot["errors"][0]["field"], "parent");
        }
        assert_eq!(
            paths(&s, &s.lead).await,
            ["sanctions", "كتاب", "كتاب > B", "كتاب > B > C"]
        );
        // A code of another project is none here.
        let other = app.project(&s.lead).await;
        s.lead
            .get(&format!("/api/v1/projects/{other}/codes/{a}"))
            .await
            .expect(404);
        let wrong = s
            .lead
            .post(
                &format!("/api/v1/projects/{other}/codes"),
                json!({"name": "x", "parent": a}),
            )
            .await;
        assert_eq!(wrong.status, 422);
    }
);

both!(each_role_may_do_what_the_contract_says, |app| {
    let s = Study::new(&app).await;
    let reviewer = app.member(s.p, "rita@example.org", Role::Reviewer).await;
    let viewer = app.member(s.p, "vera@example.org", Role::Viewer).await;
    let outsider = app.user("out@example.org").await;
    let code = s.path(&format!("/codes/{}", s.code));
    let reads = ["/codes", "/codebook/versions", "/codebook/diff"].map(|r| s.path(r));
    for (who, may) in [
        (&s.owner, true),
        (&s.lead, true),
        (&s.anna, false),
        (&reviewer, false),
        (&viewer, false),
    ] {
        for read in &reads {
            who.get(read).await.expect(200);
        }
        who.get(&code).await.expect(200);
        let status = if may { 201 } else { 403 };
        who.post(&s.path("/codes"), json!({"name": format!("of {}", who.id)}))
            .await
            .expect(status);
        who.post(&s.path("/codebook/versions"), json!({"note": ""}))
            .await
            .expect(status);
        let status = if may { 200 } else { 403 };
        who.patch(&code, json!({"description": format!("{}", who.id)}))
            .await
            .expect(status);
        who.send(
            who.request("POST", &s.path("/codebook/import?preview=true"))
                .header("content-type", "text/csv")
                .body("code_path\nX\n"),
        )
        .await
        .expect(status);
        if !may {
            who.delete(&code).await.expect(403);
            who.post(
                &s.path(&format!("/codes/{}/merge", s.code)),
                json!({"into": s.code}),
            )
            .await
            .expect(403);
        }
    }
    outsider.get(&s.path("/codes")).await.expect(404);
    app.stranger().get(&s.path("/codes")).await.expect(401);
    // Where the project lets coders create codes, they create and nothing more.
    execute(
        &app,
        "UPDATE projects SET settings = '{\"coders_create_codes\": true}' WHERE id = $1",
        concord::args![s.p],
    )
    .await;
    s.anna
        .post(&s.path("/codes"), json!({"name": "in vivo"}))
        .await
        .expect(201);
    s.anna
        .patch(&code, json!({"description": "no"}))
        .await
        .expect(403);
    viewer
        .post(&s.path("/codes"), json!({"name": "no"}))
        .await
        .expect(403);
});

both!(lists_come_in_pages_and_count_what_one_may_see, |app| {
    let s = Study::new(&app).await;
    let energy = create(&s, json!({"name": "Energy"})).await;
    create(&s, json!({"name": "Gas", "parent": energy})).await;
    mark(&s, &s.anna, s.code, 0, 6).await;
    mark(&s, &s.anna, s.code, 9, 18).await;
    mark(&s, &s.ben, s.code, 27, 30).await;
    let first = s
        .anna
        .get(&s.path("/codes?limit=2&counts=true"))
        .await
        .expect(200)
        .json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let used = &first["items"][0];
    assert_eq!(
        (&used["codings"], &used["documents"], &used["coders"]),
        (&json!(3), &json!(1), &json!(2))
    );
    assert_eq!(first["items"][1]["codings"], 0);
    let rest = s
        .anna
        .get(&s.path(&format!(
            "/codes?limit=2&cursor={}",
            first["next"].as_str().unwrap()
        )))
        .await
        .expect(200)
        .json();
    assert_eq!(rest["items"][0]["path"], "Energy > Gas");
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], Json::Null);
    assert_eq!(rest["items"][0].get("codings"), None);
    s.anna.get(&s.path("/codes?cursor=x")).await.expect(400);
    // Blind: Anna counts her own, the lead counts all.
    s.round(&app, "coding", true).await;
    let code = s.path(&format!("/codes/{}", s.code));
    assert_eq!(s.anna.get(&code).await.json()["codings"], 2);
    assert_eq!(s.anna.get(&code).await.json()["coders"], 1);
    assert_eq!(s.lead.get(&code).await.json()["codings"], 3);
});

both!(a_merge_moves_unites_and_is_undone_as_one, |app| {
    let s = Study::new(&app).await;
    let embargo = create(&s, json!({"name": "Embargo", "examples": ["e1", "both"]})).await;
    let child = create(&s, json!({"name": "Arms", "parent": embargo})).await;
    s.lead
        .patch(
            &s.path(&format!("/codes/{}", s.code)),
            json!({"examples": ["both"]}),
        )
        .await
        .expect(200);
    // Anna: overlapping (0–8 and 6–18), touching (27–30 and 30–33); Ben: identical; and one alone.
    mark(&s, &s.anna, s.code, 0, 8).await;
    mark(&s, &s.anna, embargo, 6, 18).await;
    mark(&s, &s.anna, s.code, 27, 30).await;
    mark(&s, &s.anna, embargo, 30, 33).await;
    mark(&s, &s.ben, s.code, 9, 18).await;
    mark(&s, &s.ben, embargo, 9, 18).await;
    mark(&s, &s.ben, embargo, 34, 37).await;
    let before = all(&s).await;
    let before_paths = paths(&s, &s.lead).await;

    let answer = s
        .lead
        .post(
            &s.path(&format!("/codes/{embargo}/merge")),
            json!({"into": s.code}),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(int(&answer["id"]), s.code);
    assert_eq!(
        answer["merged"],
        json!({"moved": 4, "united": 2, "children": 1})
    );
    assert_eq!(answer["examples"], json!(["both", "e1"]));
    let text: Vec<char> = TEXT.chars().collect();
    let quote = |a: usize, b: usize| text[a..b].iter().collect::<String>();
    let mut wanted = vec![
        (s.anna.id, s.code, 0, 18, quote(0, 18)),
        (s.anna.id, s.code, 27, 30, quote(27, 30)),
        (s.anna.id, s.code, 30, 33, quote(30, 33)),
        (s.ben.id, s.code, 9, 18, quote(9, 18)),
        (s.ben.id, s.code, 34, 37, quote(34, 37)),
    ];
    wanted.sort();
    assert_eq!(all(&s).await, wanted);
    let list = s.lead.get(&s.path("/codings")).await.json();
    let first = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["start"] == 0)
        .unwrap();
    assert_eq!(first["before"], "");
    assert_eq!(first["after"], text[18..].iter().collect::<String>());
    assert_eq!(paths(&s, &s.lead).await, ["sanctions", "sanctions > Arms"]);
    s.lead
        .get(&s.path(&format!("/codes/{embargo}")))
        .await
        .expect(404);
    assert_eq!(
        int(&s.lead.get(&s.path(&format!("/codes/{child}"))).await.json()["parent"]),
        s.code
    );

    undo(&s).await;
    assert_eq!(all(&s).await, before);
    assert_eq!(paths(&s, &s.lead).await, before_paths);
    let target = s
        .lead
        .get(&s.path(&format!("/codes/{}", s.code)))
        .await
        .json();
    assert_eq!(target["examples"], json!(["both"]));
    redo(&s).await;
    assert_eq!(all(&s).await, wanted);
    assert_eq!(paths(&s, &s.lead).await, ["sanctions", "sanctions > Arms"]);
    undo(&s).await;
    assert_eq!(all(&s).await, before);
});

both!(a_merge_refuses_what_would_lose_something, |app| {
    let s = Study::new(&app).await;
    let scaled = create(
        &s,
        json!({"name": "Stance", "scale": {"min": -2, "max": 2, "step": 1}}),
    )
    .await;
    let heading = create(&s, json!({"name": "Heading", "is_codable": false})).await;
    let empty = create(&s, json!({"name": "Empty"})).await;
    s.anna
        .post(
            &s.path("/codings"),
            json!({"document": s.document, "code": scaled, "start": 0, "end": 6, "weight": -2}),
        )
        .await
        .expect(201);
    let merge = |from: i64, into: i64| {
        s.lead.post(
            Box::leak(s.path(&format!("/codes/{from}/merge")).into_boxed_str()),
            json!({"into": into}),
        )
    };
    let refused = merge(scaled, s.code).await.expect(409).json();
    assert_eq!(refused["type"], "/problems/weights-do-not-fit");
    assert_eq!(refused["current"]["codings"], 1);
    merge(scaled, heading).await.expect(422);
    merge(scaled, scaled).await.expect(422);
    merge(scaled, 99999).await.expect(422);
    merge(99999, scaled).await.expect(404);
    // A heading takes a code without codings.
    merge(empty, heading).await.expect(200);
    create(&s, json!({"name": "Twin", "parent": scaled})).await;
    create(&s, json!({"name": "twin", "parent": s.code})).await;
    execute(
        &app,
        "UPDATE codings SET weight = NULL WHERE code_id = $1",
        concord::args![scaled],
    )
    .await;
    let refused = merge(scaled, s.code).await.expect(409).json();
    assert_eq!(refused["type"], "/problems/name-taken");
    assert_eq!(paths(&s, &s.lead).await.len(), 5);
});

both!(a_code_merges_into_one_of_its_own_branches, |app| {
    let s = Study::new(&app).await;
    let a = create(&s, json!({"name": "A"})).await;
    let b = create(&s, json!({"name": "A", "parent": a})).await;
    let c = create(&s, json!({"name": "C", "parent": b})).await;
    create(&s, json!({"name": "D", "parent": a})).await;
    mark(&s, &s.anna, a, 0, 6).await;
    s.lead
        .post(&s.path(&format!("/codes/{a}/merge")), json!({"into": c}))
        .await
        .expect(200);
    assert_eq!(
        paths(&s, &s.lead).await,
        ["sanctions", "A", "A > C", "A > C > D"]
    );
    assert_eq!(all(&s).await[0].1, c);
    undo(&s).await;
    assert_eq!(
        paths(&s, &s.lead).await,
        ["sanctions", "A", "A > A", "A > A > C", "A > D"]
    );
    assert_eq!(all(&s).await[0].1, a);
});

both!(a_deletion_says_whom_it_affects_and_does_as_told, |app| {
    let s = Study::new(&app).await;
    let child = create(&s, json!({"name": "Child", "parent": s.code})).await;
    let other = create(&s, json!({"name": "Other"})).await;
    mark(&s, &s.anna, s.code, 0, 6).await;
    mark(&s, &s.anna, child, 9, 18).await;
    mark(&s, &s.ben, child, 9, 18).await;
    mark(&s, &s.ben, other, 12, 20).await;
    let before = all(&s).await;
    let address = s.path(&format!("/codes/{}", s.code));
    let refused = s.lead.delete(&address).await.expect(409).json();
    assert_eq!(refused["type"], "/problems/code-in-use");
    assert_eq!(refused["current"]["codings"], 3);
    assert_eq!(refused["current"]["coders"], 2);
    assert_eq!(refused["current"]["documents"], 1);
    assert_eq!(refused["current"]["codes"], 2);
    assert_eq!(
        refused["current"]["by_coder"][0],
        json!({"id": s.anna.id, "name": refused["current"]["by_coder"][0]["name"], "codings": 2})
    );
    s.lead
        .delete(&format!("{address}?codings=keep"))
        .await
        .expect(422);
    s.lead
        .delete(&format!("{address}?move_to={child}"))
        .await
        .expect(422);
    assert_eq!(all(&s).await, before);

    s.lead
        .delete(&format!("{address}?move_to={other}"))
        .await
        .expect(204);
    let text: Vec<char> = TEXT.chars().collect();
    let quote = |a: usize, b: usize| text[a..b].iter().collect::<String>();
    let mut wanted = vec![
        (s.anna.id, other, 0, 6, quote(0, 6)),
        (s.anna.id, other, 9, 18, quote(9, 18)),
        (s.ben.id, other, 9, 20, quote(9, 20)),
    ];
    wanted.sort();
    assert_eq!(all(&s).await, wanted);
    assert_eq!(paths(&s, &s.lead).await, ["Other"]);
    undo(&s).await;
    assert_eq!(all(&s).await, before);
    assert_eq!(
        paths(&s, &s.lead).await,
        ["sanctions", "sanctions > Child", "Other"]
    );

    s.lead
        .delete(&format!("{address}?codings=delete"))
        .await
        .expect(204);
    assert_eq!(all(&s).await.len(), 1);
    undo(&s).await;
    assert_eq!(all(&s).await, before);
    // Nothing in the way: nothing to say.
    let free = create(&s, json!({"name": "Free"})).await;
    s.lead
        .delete(&s.path(&format!("/codes/{free}")))
        .await
        .expect(204);
    s.lead
        .delete(&s.path(&format!("/codes/{free}")))
        .await
        .expect(404);
});

both!(codings_in_a_document_set_aside_count_and_move_too, |app| {
    let s = Study::new(&app).await;
    let other = create(&s, json!({"name": "Other"})).await;
    let aside = document(&app, s.p, s.owner.id, TEXT).await;
    s.anna
        .post(
            &s.path("/codings"),
            json!({"document": aside, "code": s.code, "start": 0, "end": 6}),
        )
        .await
        .expect(201);
    execute(
        &app,
        "UPDATE documents SET deleted_at = 1 WHERE id = $1",
        concord::args![aside],
    )
    .await;
    let address = s.path(&format!("/codes/{}", s.code));
    assert_eq!(s.lead.get(&address).await.json()["codings"], 0);
    assert_eq!(
        s.lead.delete(&address).await.expect(409).json()["current"]["codings"],
        1
    );
    s.lead
        .delete(&format!("{address}?move_to={other}"))
        .await
        .expect(204);
    let (code,): (i64,) = app
        .state
        .db
        .one(
            "SELECT code_id FROM codings WHERE document_id = $1",
            concord::args![aside],
        )
        .await
        .unwrap();
    assert_eq!(code, other);
});

both!(undo_stops_where_others_have_built, |app| {
    let s = Study::new(&app).await;
    let code = create(&s, json!({"name": "New"})).await;
    mark(&s, &s.anna, code, 0, 6).await;
    let mut tx = app.state.db.begin().await.unwrap();
    let refused = codebook::restore(&mut tx, s.p, code, None, 1)
        .await
        .unwrap_err();
    assert_eq!(refused.slug(), "changed-since");
    let (snapshot,) = (codebook::snapshot(&mut tx, s.p, code)
        .await
        .unwrap()
        .unwrap(),);
    drop(tx);
    // Its name is taken by the time it is to come back.
    s.lead
        .delete(&s.path(&format!("/codes/{code}?codings=delete")))
        .await
        .expect(204);
    create(&s, json!({"name": "new"})).await;
    let mut tx = app.state.db.begin().await.unwrap();
    let state = snapshot.to_json().unwrap();
    let refused = codebook::restore(&mut tx, s.p, code, Some(&state), 1)
        .await
        .unwrap_err();
    assert_eq!(refused.slug(), "changed-since");
});

both!(versions_are_published_listed_and_compared, |app| {
    let s = Study::new(&app).await;
    let energy = create(&s, json!({"name": "Energy", "description": "oil and gas"})).await;
    let first = s
        .lead
        .post(
            &s.path("/codebook/versions"),
            json!({"note": "  Before round 1\r\n"}),
        )
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&first["number"], &first["note"]),
        (&json!(1), &json!("Before round 1"))
    );
    assert_eq!(first["published_by"]["id"], s.lead.id);
    assert_eq!(first["codes"].as_array().unwrap().len(), 2);
    // A coding made now names the version.
    mark(&s, &s.anna, energy, 0, 6).await;
    assert_eq!(
        s.anna.get(&s.path("/codings")).await.json()["items"][0]["codebook_version"],
        1
    );

    let unchanged = s
        .anna
        .get(&s.path("/codebook/diff"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&unchanged["from"], &unchanged["changes"]),
        (&json!(1), &json!([]))
    );
    s.lead
        .patch(
            &s.path(&format!("/codes/{energy}")),
            json!({"name": "Fuel", "parent": s.code, "description": "oil, coal and gas"}),
        )
        .await
        .expect(200);
    let coal = create(&s, json!({"name": "Coal"})).await;
    let draft = s
        .anna
        .get(&s.path("/codebook/diff"))
        .await
        .expect(200)
        .json();
    let changes = draft["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2);
    assert_eq!(
        (&changes[0]["code"], &changes[0]["kind"]),
        (&json!(energy), &json!("changed"))
    );
    let fields: Vec<_> = changes[0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            (
                f["field"].as_str().unwrap(),
                f["before"].as_str().unwrap(),
                f["after"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("name", "Energy", "Fuel"),
            ("parent", "", "sanctions"),
            ("description", "oil and gas", "oil, coal and gas")
        ]
    );
    assert_eq!(
        (&changes[1]["code"], &changes[1]["kind"]),
        (&json!(coal), &json!("added"))
    );
    s.lead
        .post(&s.path("/codebook/versions"), json!({"note": ""}))
        .await
        .expect(201);
    let between = s
        .anna
        .get(&s.path("/codebook/diff?from=2&to=1"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        between["changes"].as_array().unwrap().last().unwrap()["kind"],
        "removed"
    );
    let all = s
        .anna
        .get(&s.path("/codebook/diff?from=0&to=1"))
        .await
        .expect(200)
        .json();
    assert_eq!(all["changes"].as_array().unwrap().len(), 2);
    let list = s
        .anna
        .get(&s.path("/codebook/versions?limit=1"))
        .await
        .expect(200)
        .json();
    assert_eq!(list["items"][0]["number"], 2);
    let rest = s
        .anna
        .get(&s.path(&format!(
            "/codebook/versions?cursor={}",
            list["next"].as_str().unwrap()
        )))
        .await
        .json();
    assert_eq!(
        (&rest["items"][0]["number"], &rest["next"]),
        (&json!(1), &Json::Null)
    );
    s.anna
        .get(&s.path("/codebook/versions/3"))
        .await
        .expect(404);
    assert_eq!(
        s.anna.get(&s.path("/codebook/versions/1")).await.json()["codes"][0]["name"],
        "sanctions"
    );
    // The newest can be taken back until somebody has worked with it.
    undo(&s).await;
    s.anna
        .get(&s.path("/codebook/versions/2"))
        .await
        .expect(404);
    let mut tx = app.state.db.begin().await.unwrap();
    let refused = codebook::restore_version(&mut tx, s.p, 1, None)
        .await
        .unwrap_err();
    assert_eq!(refused.slug(), "changed-since");
});

both!(an_empty_codebook_is_not_published, |app| {
    let owner = app.user("o@example.org").await;
    let p = app.project(&owner).await;
    owner
        .post(
            &format!("/api/v1/projects/{p}/codebook/versions"),
            json!({"note": "x"}),
        )
        .await
        .expect(422);
});

async fn import(s: &Study, query: &str, csv: &str) -> crate::harness::Answer {
    s.lead
        .send(
            s.lead
                .request("POST", &s.path(&format!("/codebook/import{query}")))
                .header("content-type", "text/csv")
                .body(csv.to_owned()),
        )
        .await
}

both!(a_csv_is_previewed_imported_and_taken_back, |app| {
    let s = Study::new(&app).await;
    let csv = "\u{feff}code_path;color;definition;scale_min;scale_max\r\n\
               Sanctions;#82127f;new words;;\r\n\
               Énergie > גז;4;\"a \"\"b\"\"; c\";-2;2\r\n\
               Énergie > a\\>b;;;;\r\n";
    let preview = import(&s, "?preview=true", csv).await.expect(200).json();
    assert_eq!(
        (
            &preview["preview"],
            &preview["created"],
            &preview["changed"],
            &preview["untouched"]
        ),
        (&json!(true), &json!(3), &json!(1), &json!(0))
    );
    assert_eq!(
        preview["items"][1],
        json!({"line": 0, "path": "Énergie", "action": "create_heading", "fields": [], "code": null})
    );
    assert_eq!(paths(&s, &s.lead).await, ["sanctions"]);

    let done = import(&s, "", csv).await.expect(200).json();
    assert_eq!(done["created"], 3);
    assert_eq!(
        paths(&s, &s.lead).await,
        ["Sanctions", "Énergie", "Énergie > גז", "Énergie > a\\>b"]
    );
    let again = import(&s, "", csv).await.expect(200).json();
    assert_eq!(
        (&again["created"], &again["changed"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(3))
    );
    undo(&s).await;
    assert_eq!(paths(&s, &s.lead).await, ["sanctions"]);

    let wrong = import(&s, "", "code_path,color\nGood,1\nBad,puce\n")
        .await
        .expect(422)
        .json();
    assert!(
        wrong["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("Line 3:")
    );
    assert_eq!(paths(&s, &s.lead).await, ["sanctions"]);
    import(&s, "", "").await.expect(422);
    let form = reqwest::multipart::Form::new().part(
        "file",
        reqwest::multipart::Part::text("tag,description\nNew,d\n").file_name("taguette.csv"),
    );
    let answer = s
        .lead
        .send(
            s.lead
                .request("POST", &s.path("/codebook/import"))
                .multipart(form),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&answer["created"], &answer["untouched"]),
        (&json!(1), &json!(1))
    );
    s.lead
        .post(&s.path("/codebook/import"), json!({}))
        .await
        .expect(415);
});

both!(the_exported_codebook_comes_back_whole, |app| {
    let s = Study::new(&app).await;
    let demo = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/demo/data/codebook.csv"
    ))
    .unwrap();
    let lines = import(&s, "", &demo).await.expect(200).json();
    // The demo has a code Sanctions, and the study one in small letters.
    assert_eq!(lines["changed"], 1);
    s.lead
        .patch(
            &s.path(&format!("/codes/{}", s.code)),
            json!({"name": "Sanctions > \"all\", etc.", "examples": ["one\ntwo", "back\\slash", "تحریم"], "use_when": "- a\n- b"}),
        )
        .await
        .expect(200);
    let file =
        concord::codebook::csv::write(&codebook::codes(&app.state.db, s.p).await.unwrap()).unwrap();
    // Into an empty project: the same codebook.
    let other = app.project(&s.lead).await;
    let answer = s
        .lead
        .send(
            s.lead
                .request("POST", &format!("/api/v1/projects/{other}/codebook/import"))
                .header("content-type", "text/csv")
                .body(file.clone()),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(answer["changed"], 0);
    let copy = concord::codebook::csv::write(&codebook::codes(&app.state.db, other).await.unwrap())
        .unwrap();
    assert_eq!(copy, file);
    // Into the same project after somebody has rearranged it: as it was.
    let list = s.lead.get(&s.path("/codes?limit=1000")).await.json();
    let last = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .find(|c| c["depth"] == 0)
        .unwrap();
    s.lead
        .patch(
            &s.path(&format!("/codes/{}", last["id"])),
            json!({"position": 0, "description": "scribbled over"}),
        )
        .await
        .expect(200);
    import(&s, "", &file).await.expect(200);
    let restored =
        concord::codebook::csv::write(&codebook::codes(&app.state.db, s.p).await.unwrap()).unwrap();
    assert_eq!(restored, file);
});

/// A page's text without the marks that isolate directions.
trait Page {
    fn words(&self) -> String;
}

impl Page for crate::harness::Answer {
    fn words(&self) -> String {
        self.text().replace(['\u{2068}', '\u{2069}'], "")
    }
}

both!(the_pages_work_as_plain_forms, |app| {
    let s = Study::new(&app).await;
    let lead = app.browser(&s.lead).await;
    let base = format!("/projects/{}", s.p);
    let page = format!("{base}/codebook");
    let made = lead
        .form(
            &format!("{page}/new"),
            &[("name", "انرژی > گاز"), ("parent", "")],
        )
        .await
        .expect(303);
    let id: i64 = made
        .header("location")
        .rsplit('=')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let html = lead.get(made.header("location")).await.expect(200).words();
    assert!(html.contains("انرژی &#62; گاز"), "{html}");
    assert!(html.contains("The code is created."));
    // A name that is taken comes back with what was typed.
    let again = lead
        .form(
            &format!("{page}/new"),
            &[("name", "Sanctions"), ("parent", "")],
        )
        .await
        .expect(422)
        .words();
    assert!(again.contains("value=\"Sanctions\"") && again.contains("aria-invalid=\"true\""));

    let code = format!("{base}/codes/{id}");
    let fields = |version: &'static str, name: &'static str| {
        [
            ("version", version),
            ("name", name),
            ("color", "7"),
            ("description", "what <b>it</b> is"),
            ("use_when", "- a\r\n- b"),
            ("do_not_use_when", ""),
            ("example", "one"),
            ("example", ""),
            ("example", "two"),
            ("scale_min", "\u{2212}2"),
            ("scale_max", "2"),
            ("scale_step", ""),
            ("scale_labels", "\u{2212}2 confrontation"),
        ]
    };
    let form = lead
        .get(&format!("{page}?code={id}&edit=true"))
        .await
        .expect(200)
        .words();
    assert!(form.contains("name=\"version\" value=\"1\""));
    lead.form(&format!("{code}/edit"), &fields("1", "Energy"))
        .await
        .expect(303);
    let saved = s.lead.get(&s.path(&format!("/codes/{id}"))).await.json();
    assert_eq!(saved["name"], "Energy");
    assert_eq!(saved["examples"], json!(["one", "two"]));
    assert_eq!(saved["use_when"], "- a\n- b");
    assert_eq!(
        saved["scale"],
        json!({"min": -2.0, "max": 2.0, "step": 1.0, "labels": [{"value": -2.0, "label": "confrontation"}]})
    );
    let html = lead
        .get(&format!("{page}?code={id}"))
        .await
        .expect(200)
        .words();
    assert!(html.contains("what &#60;b&#62;it&#60;/b&#62; is"));
    // From an older version: nothing is saved, nothing typed is lost.
    let stale = lead
        .form(&format!("{code}/edit"), &fields("1", "Fuel"))
        .await
        .expect(409)
        .words();
    assert!(stale.contains("value=\"Fuel\"") && stale.contains("name=\"version\" value=\"2\""));
    let wrong = lead
        .form(
            &format!("{code}/edit"),
            &[
                ("version", "2"),
                ("name", ""),
                ("color", "1"),
                ("scale_min", "x"),
            ],
        )
        .await
        .expect(422)
        .words();
    assert!(wrong.contains("A code needs a name.") && wrong.contains("A scale is made of numbers"));

    lead.form(&format!("{code}/color"), &[("color", "2")])
        .await
        .expect(303);
    lead.form(&format!("{code}/move"), &[("direction", "in")])
        .await
        .expect(303);
    assert_eq!(
        paths(&s, &s.lead).await,
        ["sanctions", "sanctions > Energy"]
    );
    lead.form(&format!("{code}/move"), &[("direction", "up")])
        .await
        .expect(422);
    lead.form(
        &format!("{code}/move"),
        &[("parent", ""), ("place", "first")],
    )
    .await
    .expect(303);
    assert_eq!(paths(&s, &s.lead).await, ["Energy", "sanctions"]);

    mark(&s, &s.anna, id, 0, 6).await;
    mark(&s, &s.ben, id, 0, 6).await;
    mark(&s, &s.ben, id, 9, 18).await;
    for ask in ["merge", "retire", "delete"] {
        let html = lead.get(&format!("{code}/{ask}")).await.expect(200).words();
        assert!(html.contains("3 codings are affected"), "{ask}");
        assert!(html.contains("2 people"), "{ask}");
    }
    lead.form(&format!("{code}/retire"), &[("retired", "true")])
        .await
        .expect(303);
    assert_eq!(
        s.lead.get(&s.path(&format!("/codes/{id}"))).await.json()["retired"],
        true
    );
    // Nothing said about the codings: asked again.
    let again = lead
        .form(&format!("{code}/delete"), &[])
        .await
        .expect(409)
        .words();
    assert!(again.contains("What becomes of the codings?"));
    lead.form(
        &format!("{code}/delete"),
        &[("codings", "move"), ("move_to", "")],
    )
    .await
    .expect(422);
    let to = s.code.to_string();
    lead.form(&format!("{code}/merge"), &[("into", to.as_str())])
        .await
        .expect(303);
    assert_eq!(paths(&s, &s.lead).await, ["sanctions"]);
    assert_eq!(all(&s).await.len(), 3);

    let code = format!("{base}/codes/{}", s.code);
    let html = lead.get(&code).await.expect(200).words();
    // Two coders marked one passage: it stands once, with both.
    assert_eq!(html.matches("<mark class=\"seg\"").count(), 2);
    assert!(html.contains("Another code merged into it"));
    assert!(html.contains(&format!(
        "/projects/{}/documents/{}/code#coding-",
        s.p, s.document
    )));
});

both!(versions_files_and_paper_have_pages, |app| {
    let s = Study::new(&app).await;
    let lead = app.browser(&s.lead).await;
    let page = format!("/projects/{}/codebook", s.p);
    let first = lead
        .get(&format!("{page}/versions"))
        .await
        .expect(200)
        .words();
    assert!(first.contains("Publish version 1"));
    lead.form(&format!("{page}/versions"), &[("note", "first <note>")])
        .await
        .expect(303);
    let html = lead
        .get(&format!("{page}/versions"))
        .await
        .expect(200)
        .words();
    assert!(
        html.contains("first &#60;note&#62;")
            && html.contains("Nothing has changed since version 1.")
    );
    let difference = lead
        .get(&format!("{page}/versions?from=0&to=1"))
        .await
        .expect(200)
        .words();
    assert!(difference.contains("From version 0 to version 1"));
    lead.get(&format!("{page}/versions?to=9")).await.expect(404);
    lead.get(&format!("{page}/versions?to=x")).await.expect(404);

    let part = |text: &'static str| {
        reqwest::multipart::Form::new().part(
            "file",
            reqwest::multipart::Part::text(text).file_name("book.csv"),
        )
    };
    let import = format!("{page}/import");
    let preview = lead
        .send(lead.request("POST", &import).multipart(part(
            "tag;definition;weight\nNew;\"a\n</textarea>\";1\nsanctions;said;2\n",
        )))
        .await
        .expect(200)
        .words();
    assert!(preview.contains("One code would be created"));
    assert!(preview.contains("&#60;/textarea&#62;"));
    assert_eq!(paths(&s, &s.lead).await, ["sanctions"]);
    let refused = lead
        .send(
            lead.request("POST", &import)
                .multipart(part("code_path,color\nA,puce\n")),
        )
        .await
        .expect(422)
        .words();
    assert!(refused.contains("Line 2:"));
    let apply = reqwest::multipart::Form::new()
        .text("text", "tag;definition\nNew;\"a\nb\"\nsanctions;said\n")
        .text("apply", "yes");
    lead.send(lead.request("POST", &import).multipart(apply))
        .await
        .expect(303);
    assert_eq!(paths(&s, &s.lead).await, ["New", "sanctions"]);

    let csv = lead.get(&format!("{page}/codebook.csv")).await.expect(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.words().starts_with("code_path,color,description,use_when,do_not_use_when,is_codable,scale_min,scale_max,examples\r\nNew,"));
    assert!(
        lead.get(&format!("{page}/print"))
            .await
            .expect(200)
            .words()
            .contains("2 codes.")
    );
});

both!(pages_show_each_role_what_it_may, |app| {
    let s = Study::new(&app).await;
    let viewer = app.member(s.p, "vera@example.org", Role::Viewer).await;
    mark(&s, &s.anna, s.code, 0, 6).await;
    mark(&s, &s.ben, s.code, 9, 18).await;
    let page = format!("/projects/{}/codebook", s.p);
    let code = format!("/projects/{}/codes/{}", s.p, s.code);
    for who in [&s.anna, &viewer] {
        let who = app.browser(who).await;
        let html = who.get(&page).await.expect(200).words();
        assert!(!html.contains("id=\"new-code\"") && !html.contains("edit=true"));
        who.get(&code).await.expect(200);
        who.get(&format!("{page}/versions")).await.expect(200);
        who.get(&format!("{page}/print")).await.expect(200);
        for asks in ["merge", "move", "retire", "delete"] {
            who.get(&format!("{code}/{asks}")).await.expect(403);
            who.form(&format!("{code}/{asks}"), &[("retired", "true")])
                .await
                .expect(403);
        }
        who.form(&format!("{page}/new"), &[("name", "x"), ("parent", "")])
            .await
            .expect(403);
        who.form(&format!("{code}/edit"), &[("name", "x")])
            .await
            .expect(403);
        who.form(&format!("{code}/color"), &[("color", "2")])
            .await
            .expect(403);
        who.form(&format!("{page}/versions"), &[("note", "x")])
            .await
            .expect(403);
        who.get(&format!("{page}/import")).await.expect(403);
    }
    app.browser(&s.anna)
        .await
        .get(&format!("{page}/codebook.csv"))
        .await
        .expect(200);
    app.browser(&viewer)
        .await
        .get(&format!("{page}/codebook.csv"))
        .await
        .expect(403);
    let outsider = app.user("out@example.org").await;
    let outsider = app.browser(&outsider).await;
    outsider.get(&page).await.expect(404);
    outsider.get(&code).await.expect(404);
    let there = app.stranger().get(&page).await;
    assert_eq!(there.status, 303);
    // Blind: a coder reads her own passages only, and counts no others.
    s.round(&app, "coding", true).await;
    let html = app
        .browser(&s.anna)
        .await
        .get(&code)
        .await
        .expect(200)
        .words();
    assert_eq!(html.matches("<mark class=\"seg\"").count(), 1);
    assert!(!html.contains(">ben<") && html.contains("1 to 1"));
    let html = app
        .browser(&s.lead)
        .await
        .get(&code)
        .await
        .expect(200)
        .words();
    assert_eq!(html.matches("<mark class=\"seg\"").count(), 2);
});
