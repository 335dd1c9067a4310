//! Projects, members, roles and invitations, home and overview: every route by role, and what each does.

use concord::accounts::store as accounts;
use concord::activity::{Batch, Change, store as activity};
use concord::args;
use concord::projects::Role;
use serde_json::{Value as Json, json};

use crate::both;
use crate::harness::{Client, TestApp};
use crate::study::Study;

/// A project with a member of each role, in the order of [`Role::ALL`], and somebody outside it.
struct Cast {
    p: i64,
    members: Vec<Client>,
    outsider: Client,
}

async fn cast(app: &TestApp) -> Cast {
    let owner = app.user("owner@example.org").await;
    let p = app.project(&owner).await;
    let mut members = vec![owner];
    for role in &Role::ALL[1..] {
        let email = format!("{}@example.org", role.as_str());
        members.push(app.member(p, &email, *role).await);
    }
    Cast {
        p,
        members,
        outsider: app.user("outside@example.org").await,
    }
}

both!(every_route_of_the_api_by_role, |app| {
    let Cast {
        p,
        members,
        outsider,
    } = cast(&app).await;
    let gone = json!({"email": "nobody@example.org", "role": "coder"});
    // method, path, body, status for owner, lead, coder, reviewer, viewer; what is refused for its content answers 422
    let table: [(&str, String, Json, [u16; 5]); 11] = [
        ("GET", String::new(), Json::Null, [200; 5]),
        (
            "PATCH",
            String::new(),
            json!({"name": ""}),
            [422, 403, 403, 403, 403],
        ),
        ("GET", "/members".into(), Json::Null, [200; 5]),
        ("POST", "/members".into(), gone, [422, 403, 403, 403, 403]),
        (
            "PATCH",
            "/members/999".into(),
            json!({"role": "lead"}),
            [404, 403, 403, 403, 403],
        ),
        (
            "DELETE",
            "/members/999".into(),
            Json::Null,
            [404, 403, 403, 403, 403],
        ),
        (
            "GET",
            "/invitations".into(),
            Json::Null,
            [200, 403, 403, 403, 403],
        ),
        (
            "POST",
            "/invitations".into(),
            json!({"role": "coder", "days": 0}),
            [422, 403, 403, 403, 403],
        ),
        (
            "DELETE",
            "/invitations/999".into(),
            Json::Null,
            [404, 403, 403, 403, 403],
        ),
        // The owner's turn comes last: then it is gone.
        ("DELETE", String::new(), Json::Null, [0, 403, 403, 403, 403]),
        (
            "DELETE",
            String::new(),
            Json::Null,
            [204, 404, 404, 404, 404],
        ),
    ];
    for (method, rest, body, statuses) in table {
        let path = format!("/api/v1/projects/{p}{rest}");
        let send = |who: &Client| {
            let (who, body) = (who.clone(), body.clone());
            let mut request = who.request(method, &path);
            if !body.is_null() {
                request = request.json(&body);
            }
            async move { who.send(request).await.status }
        };
        assert_eq!(send(&app.stranger()).await, 401, "stranger {method} {path}");
        assert_eq!(send(&outsider).await, 404, "outsider {method} {path}");
        for ((who, status), role) in members.iter().zip(statuses).zip(Role::ALL) {
            if status != 0 {
                assert_eq!(send(who).await, status, "{role:?} {method} {path}");
            }
        }
    }
});

both!(every_page_by_role, |app| {
    let Cast {
        p,
        members,
        outsider,
    } = cast(&app).await;
    let owner_only = |status| [status, 403, 403, 403, 403];
    let empty: &[(&str, &str)] = &[];
    let role: &[(&str, &str)] = &[("role", "nonsense"), ("email", "")];
    /// Method, path, form, and the status for owner, lead, coder, reviewer, viewer.
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], [u16; 5]);
    let table: [Row; 12] = [
        ("GET", "", empty, [200; 5]),
        ("GET", "/settings", empty, [200; 5]),
        (
            "POST",
            "/settings",
            &[("name", ""), ("version", "1")],
            owner_only(422),
        ),
        (
            "POST",
            "/settings/types",
            &[("type_name", "")],
            owner_only(422),
        ),
        (
            "POST",
            "/settings/types/delete",
            &[("slug", "none")],
            owner_only(303),
        ),
        ("POST", "/members", role, owner_only(422)),
        ("POST", "/members/999", &[("role", "lead")], owner_only(404)),
        ("POST", "/members/999/remove", empty, owner_only(404)),
        ("POST", "/invitations", role, owner_only(422)),
        ("POST", "/invitations/999/withdraw", empty, owner_only(404)),
        ("POST", "/delete", &[("typed", "study")], owner_only(422)),
        // Everybody may leave but the last owner.
        ("POST", "/leave", empty, [409, 303, 303, 303, 303]),
    ];
    for (method, rest, form, statuses) in table {
        let path = format!("/projects/{p}{rest}");
        let send = |who: &Client| {
            let who = who.clone();
            let mut request = who.request(method, &path);
            if method == "POST" {
                request = request.form(form);
            }
            async move { who.send(request).await }
        };
        let answer = send(&app.stranger()).await.expect(303);
        assert!(answer.header("location").starts_with("/sign-in"), "{path}");
        send(&outsider).await.expect(404);
        for ((who, status), role) in members.iter().zip(statuses).zip(Role::ALL) {
            assert_eq!(send(who).await.status, status, "{role:?} {method} {path}");
        }
    }
    // Settings show the forms to whoever may use them.
    let page = members[0]
        .get(&format!("/projects/{p}/settings"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("name=\"typed\"") && page.contains("id=\"invitations\""));
});

both!(a_project_is_made_changed_and_deleted_by_program, |app| {
    let anna = app.user("anna@example.org").await;
    anna.post("/api/v1/projects", json!({"name": " "}))
        .await
        .expect(422);
    let body = json!({"name": " Study ", "description": "Why"});
    let made = anna.post("/api/v1/projects", body).await.expect(201);
    assert_eq!(made.header("etag"), "\"1\"");
    let p = made.json()["id"].as_i64().unwrap();
    assert_eq!(made.json()["name"], "Study");
    assert_eq!(made.json()["role"], "owner");
    let path = format!("/api/v1/projects/{p}");
    let me = anna.get("/api/v1/me").await.expect(200).json();
    assert_eq!(
        me["projects"],
        json!([{"id": p, "name": "Study", "role": "owner"}])
    );

    let patch = |version: &'static str, body: Json| {
        let request = anna
            .request("PATCH", &path)
            .header("if-match", version)
            .json(&body);
        let anna = anna.clone();
        async move { anna.send(request).await }
    };
    let changed = patch("\"1\"", json!({"settings": {"viewers_export": true}}))
        .await
        .expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.json()["settings"]["viewers_export"], true);
    assert_eq!(changed.json()["settings"]["coders_create_codes"], false);
    assert_eq!(changed.json()["description"], "Why");
    let stale = patch("\"1\"", json!({"name": "Other"}))
        .await
        .expect(409)
        .json();
    assert_eq!(stale["current"]["version"], 2);
    // What changes nothing is no change.
    assert_eq!(
        patch("\"2\"", json!({"name": "Study"}))
            .await
            .expect(200)
            .header("etag"),
        "\"2\""
    );
    let events: Vec<(String, String, Option<String>, Option<String>)> = app
        .state
        .db
        .all(
            "SELECT verb, subject_kind, before, after FROM events WHERE project_id = $1 ORDER BY seq",
            args![p],
        )
        .await
        .unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(
        (events[0].0.as_str(), events[0].1.as_str()),
        ("create", "project")
    );
    let before: Json = serde_json::from_str(events[1].2.as_ref().unwrap()).unwrap();
    let after: Json = serde_json::from_str(events[1].3.as_ref().unwrap()).unwrap();
    assert_eq!(before["settings"]["viewers_export"], false);
    assert_eq!(after["settings"]["viewers_export"], true);

    let late = anna.request("DELETE", &path).header("if-match", "\"1\"");
    anna.send(late).await.expect(409);
    anna.delete(&path).await.expect(204);
    anna.get(&path).await.expect(404);
    let left = anna.get("/api/v1/projects").await.expect(200).json();
    assert_eq!(left, json!({"items": [], "next": null}));
});

both!(the_same_key_makes_one_project, |app| {
    let anna = app.user("anna@example.org").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = anna
            .request("POST", "/api/v1/projects")
            .header("idempotency-key", "k1")
            .json(&json!({"name": "Study"}));
        ids.push(anna.send(request).await.expect(201).json()["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(app.count("SELECT COUNT(*) FROM projects").await, 1);
});

both!(lists_come_in_pages, |app| {
    let Cast { p, members, .. } = cast(&app).await;
    let path = format!("/api/v1/projects/{p}/members?limit=2");
    let mut roles = Vec::new();
    let mut cursor = String::new();
    loop {
        let list = members[4]
            .get(&format!("{path}{cursor}"))
            .await
            .expect(200)
            .json();
        let items = list["items"].as_array().unwrap().clone();
        roles.push(
            items
                .iter()
                .map(|m| m["role"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>(),
        );
        match list["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        roles,
        [
            vec!["owner", "lead"],
            vec!["coder", "reviewer"],
            vec!["viewer"]
        ]
    );
});

both!(members_are_added_changed_and_removed, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let anna = app.user("anna@example.org").await;
    let members = format!("/api/v1/projects/{p}/members");
    let add = |email: &'static str, role: &'static str| {
        let (owner, members) = (owner.clone(), members.clone());
        async move {
            owner
                .post(&members, json!({"email": email, "role": role}))
                .await
        }
    };
    let unknown = add("nobody@example.org", "coder").await.expect(422).json();
    assert_eq!(unknown["errors"][0]["field"], "email");
    assert!(unknown["detail"].as_str().unwrap().contains("Invite"));
    add("anna@example.org", "boss").await.expect(422);
    let made = add(" Anna@Example.org ", "viewer").await.expect(201).json();
    assert_eq!(
        (made["id"].as_i64(), made["role"].as_str()),
        (Some(anna.id), Some("viewer"))
    );
    add("anna@example.org", "coder").await.expect(422);
    anna.get(&format!("/api/v1/projects/{p}")).await.expect(200);

    let of = |id: i64| format!("{members}/{id}");
    // The last owner neither steps down nor leaves.
    let last = owner
        .patch(&of(owner.id), json!({"role": "lead"}))
        .await
        .expect(409)
        .json();
    assert_eq!(last["type"], "/problems/last-owner");
    owner.delete(&of(owner.id)).await.expect(409);
    let changed = owner
        .patch(&of(anna.id), json!({"role": "owner"}))
        .await
        .expect(200)
        .json();
    assert_eq!(changed["role"], "owner");
    owner
        .patch(&of(owner.id), json!({"role": "coder"}))
        .await
        .expect(200);
    owner
        .post(&members, json!({"email": "x@example.org", "role": "coder"}))
        .await
        .expect(403);
    // Everybody may take herself out.
    owner.delete(&of(anna.id)).await.expect(403);
    owner.delete(&of(owner.id)).await.expect(204);
    owner
        .get(&format!("/api/v1/projects/{p}"))
        .await
        .expect(404);
    let verbs: Vec<(String,)> = app
        .state
        .db
        .all(
            "SELECT verb FROM events WHERE project_id = $1 AND subject_kind = 'member' ORDER BY seq",
            args![p],
        )
        .await
        .unwrap();
    let verbs: Vec<_> = verbs.into_iter().map(|(v,)| v).collect();
    assert_eq!(verbs, ["create", "update", "update", "delete"]);
});

both!(two_owners_cannot_both_step_down_at_once, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let other = app.member(p, "otto@example.org", Role::Owner).await;
    let path = |id: i64| format!("/api/v1/projects/{p}/members/{id}");
    let (one, two) = (path(owner.id), path(other.id));
    let (a, b) = tokio::join!(owner.delete(&one), other.delete(&two));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM members WHERE role = 'owner'")
            .await,
        1
    );
});

async fn invite(owner: &Client, p: i64, body: Json) -> (i64, String) {
    let answer = owner
        .post(&format!("/api/v1/projects/{p}/invitations"), body)
        .await
        .expect(201)
        .json();
    let link = answer["link"].as_str().unwrap();
    let path = link[link.find("/invitation/").unwrap()..].to_owned();
    (answer["id"].as_i64().unwrap(), path)
}

const NEW: [(&str, &str); 3] = [
    ("name", "Ben"),
    ("email", "ben@example.org"),
    ("password", "seven plain words"),
];

both!(an_invitation_makes_one_account_and_one_member, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let (id, path) = invite(&owner, p, json!({"role": "reviewer"})).await;
    let stranger = app.stranger();
    let page = stranger.get(&path).await.expect(200).text();
    assert!(page.contains("Study") && page.contains("reviewer"));
    stranger
        .form(&path, &[("name", ""), ("email", "x"), ("password", "1")])
        .await
        .expect(422);
    let answer = stranger.form(&path, &NEW).await.expect(303);
    assert_eq!(answer.header("location"), format!("/projects/{p}"));
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let ben = Client {
        cookie: Some(cookie),
        ..stranger.clone()
    };
    assert_eq!(
        ben.get("/api/v1/me").await.expect(200).json()["projects"][0]["role"],
        "reviewer"
    );
    // Used up: for a stranger, for the next account, and as a withdrawal.
    stranger.get(&path).await.expect(404);
    let eve = [
        ("name", "Eve"),
        ("email", "eve@example.org"),
        ("password", "seven plain words"),
    ];
    stranger.form(&path, &eve).await.expect(404);
    owner
        .delete(&format!("/api/v1/projects/{p}/invitations/{id}"))
        .await
        .expect(404);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 2);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE LENGTH(token_hash) = 64")
            .await,
        1
    );
});

both!(an_invitation_used_by_many_at_once_lets_one_in, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let (_, path) = invite(&owner, p, json!({"role": "coder"})).await;
    let mut asking = Vec::new();
    for i in 0..4 {
        let user = app.user(&format!("u{i}@example.org")).await;
        let path = format!("{path}/accept");
        asking.push(tokio::spawn(
            async move { user.form(&path, &[]).await.status },
        ));
    }
    let mut statuses = Vec::new();
    for ask in asking {
        statuses.push(ask.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404, 404]);
    assert_eq!(app.count("SELECT COUNT(*) FROM members").await, 2);
});

both!(an_invitation_is_for_its_address_and_its_time, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let other = app.beside(|_| ()).await;
    let owner = owner.at(&other);
    let bound = json!({"role": "coder", "email": "Ben@Example.org", "days": 3});
    let (_, path) = invite(&owner, p, bound.clone()).await;
    let eve = app.user("eve@example.org").await.at(&other);
    assert!(
        eve.get(&path)
            .await
            .expect(200)
            .text()
            .contains("another address")
    );
    eve.form(&format!("{path}/accept"), &[]).await.expect(403);
    // A guest does not choose another address either.
    let form = [
        ("name", "Ben"),
        ("email", "eve2@example.org"),
        ("password", "seven plain words"),
    ];
    let stranger = app.stranger().at(&other);
    stranger.form(&path, &form).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM users WHERE email = 'ben@example.org'")
            .await,
        1
    );
    // Whoever has an account is told to sign in with it.
    let (_, path) = invite(&owner, p, json!({"role": "coder"})).await;
    let page = stranger.form(&path, &NEW).await.expect(422).text();
    assert!(page.contains("has an account already"));
    eve.form(&format!("{path}/accept"), &[]).await.expect(303);
    // A member who opens a link goes to the project and does not use it up.
    let (id, path) = invite(&owner, p, json!({"role": "viewer", "days": 3})).await;
    let to = eve.get(&path).await.expect(303);
    assert_eq!(to.header("location"), format!("/projects/{p}"));
    eve.form(&format!("{path}/accept"), &[]).await.expect(303);
    stranger.get(&path).await.expect(200);
    let list = format!("/api/v1/projects/{p}/invitations");
    let open = owner.get(&list).await.expect(200).json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    assert!(
        open["items"][0].get("link").is_none(),
        "the link is shown once"
    );
    other.pass(3 * 86_400_000);
    stranger.get(&path).await.expect(404);
    eve.form(&format!("{path}/accept"), &[]).await.expect(404);
    owner.delete(&format!("{list}/{id}")).await.expect(404);
    // Withdrawn is gone at once.
    let (id, path) = invite(&owner, p, json!({"role": "viewer"})).await;
    owner.delete(&format!("{list}/{id}")).await.expect(204);
    stranger.get(&path).await.expect(404);
    owner.delete(&format!("{list}/{id}")).await.expect(404);
});

both!(settings_are_changed_by_form, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let anna = app.user("anna@example.org").await;
    let path = |rest: &str| format!("/projects/{p}{rest}");
    let form = [
        ("name", "Iran & Israel"),
        ("description", "a\r\nb"),
        ("coders_create_codes", "yes"),
        ("version", "1"),
    ];
    owner.form(&path("/settings"), &form).await.expect(303);
    let project = owner
        .get(&format!("/api/v1{}", path("")))
        .await
        .expect(200)
        .json();
    assert_eq!(project["name"], "Iran & Israel");
    assert_eq!(project["description"], "a\nb");
    assert_eq!(project["settings"]["coders_create_codes"], true);
    // Who saw an older version is told so and keeps what she typed.
    let late = [("name", "Mine"), ("version", "1")];
    let page = owner
        .form(&path("/settings"), &late)
        .await
        .expect(409)
        .text();
    assert!(page.contains("value=\"Mine\"") && page.contains("role=\"alert\""));

    owner
        .form(&path("/settings/types"), &[("type_name", "Court ruling")])
        .await
        .expect(303);
    owner
        .form(&path("/settings/types"), &[("type_name", "court ruling")])
        .await
        .expect(422);
    owner
        .form(&path("/settings/types"), &[("type_name", "News")])
        .await
        .expect(422);
    let document = crate::study::document(&app, p, owner.id, "Some text").await;
    let mut tx = app.state.db.begin().await.unwrap();
    tx.execute(
        "UPDATE documents SET doc_type = 'court_ruling' WHERE id = $1",
        args![document],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let delete = [("slug", "court_ruling")];
    let page = owner
        .form(&path("/settings/types/delete"), &delete)
        .await
        .expect(409)
        .text();
    assert!(page.contains("One document has this type"));
    let mut tx = app.state.db.begin().await.unwrap();
    tx.execute("UPDATE documents SET doc_type = 'news'", args![])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    owner
        .form(&path("/settings/types/delete"), &delete)
        .await
        .expect(303);

    let add = [("email", "anna@example.org"), ("role", "coder")];
    owner.form(&path("/members"), &add).await.expect(303);
    owner
        .form(&path(&format!("/members/{}", anna.id)), &[("role", "lead")])
        .await
        .expect(303);
    assert_eq!(
        anna.get("/api/v1/me").await.json()["projects"][0]["role"],
        "lead"
    );
    owner
        .form(&path(&format!("/members/{}/remove", owner.id)), &[])
        .await
        .expect(409);
    owner
        .form(&path(&format!("/members/{}/remove", anna.id)), &[])
        .await
        .expect(303);
    anna.get(&path("")).await.expect(404);

    let form = [("email", ""), ("role", "coder"), ("days", "7")];
    let page = owner
        .form(&path("/invitations"), &form)
        .await
        .expect(200)
        .text();
    assert_eq!(
        page.matches(&format!("{}/invitation/", app.base)).count(),
        1
    );
    let page = owner.get(&path("/settings")).await.expect(200).text();
    assert!(page.contains("/withdraw\"") && !page.contains("/invitation/"));

    owner
        .form(&path("/delete"), &[("typed", "iran & israel")])
        .await
        .expect(422);
    owner
        .form(&path("/delete"), &[("typed", "Iran & Israel")])
        .await
        .expect(303);
    owner.get(&path("")).await.expect(404);
});

both!(home_shows_my_work_first, |app| {
    let nora = app.user("nora@example.org").await;
    let page = nora.get("/").await.expect(200).text();
    assert!(page.contains("Begin with a project") && page.contains("href=\"/projects/new\""));
    nora.form("/projects", &[("name", "")]).await.expect(422);
    let to = nora
        .form("/projects", &[("name", "<Study>")])
        .await
        .expect(303);
    let page = nora.get(to.header("location")).await.expect(200).text();
    assert!(page.contains("&#60;Study&#62;") && !page.contains("<Study>"));
    assert!(page.contains("Upload documents") && page.contains("Begin the codebook"));
    assert!(page.contains("Invite colleagues"));

    let study = Study::new(&app).await;
    let (p, d) = (study.p, study.document);
    // A lead sees what nobody codes; a coder who has nothing is told what to do.
    let path = format!("/projects/{p}");
    assert!(
        study
            .lead
            .get(&path)
            .await
            .expect(200)
            .text()
            .contains("One document has no coder yet.")
    );
    assert!(
        study
            .anna
            .get(&path)
            .await
            .expect(200)
            .text()
            .contains("Choose a document")
    );
    let assign = json!({"coders": [study.anna.id, study.ben.id]});
    study
        .lead
        .put(&study.path(&format!("/documents/{d}/assignments")), assign)
        .await
        .expect(200);
    let page = study.anna.get("/").await.expect(200).text();
    assert!(page.contains("One document waits to be coded by you."));
    assert!(page.contains(&format!("/projects/{p}/documents/{d}/code")));
    for (who, done) in [(&study.anna, "0 of 2"), (&study.ben, "1 of 2")] {
        let page = who
            .get("/")
            .await
            .expect(200)
            .text()
            .replace(['\u{2068}', '\u{2069}'], "");
        assert!(page.contains(done), "{done}");
        let mine = study.path(&format!("/documents/{d}/assignments/me"));
        who.patch(&mine, json!({"state": "done"})).await.expect(200);
    }
    let page = study.lead.get(&path).await.expect(200).text();
    assert!(page.contains("See agreement") && page.contains("Review"));
    assert!(!page.contains("has no coder yet"));
    let page = study.ben.get("/").await.expect(200).text();
    assert!(page.contains("Nothing waits to be coded by you."));
});

both!(the_overview_tells_nothing_of_blind_rounds, |app| {
    let study = Study::new(&app).await;
    let path = format!("/projects/{}", study.p);
    study.mark(&study.ben, 0, 6).await;
    let told = "ben coded a passage";
    let page = |who: &Client| {
        let (who, path) = (who.clone(), path.clone());
        async move {
            who.get(&path)
                .await
                .expect(200)
                .text()
                .replace(['\u{2068}', '\u{2069}'], "")
        }
    };
    assert!(page(&study.anna).await.contains(told));
    let now = app.state.now();
    let mut tx = app.state.db.begin().await.unwrap();
    let (round,): (i64,) = tx
        .one(
            "INSERT INTO rounds (guid, project_id, name, state, blind, created_at, updated_at)
             VALUES ($1, $2, 'one', 'coding', TRUE, $3, $3) RETURNING id",
            args![uuid::Uuid::new_v4(), study.p, now],
        )
        .await
        .unwrap();
    tx.execute(
        "INSERT INTO round_documents (round_id, document_id) VALUES ($1, $2)",
        args![round, study.document],
    )
    .await
    .unwrap();
    // Also what names no document stays untold while a round is blind.
    let change = Change {
        project: study.p,
        actor: study.ben.id,
        verb: "create",
        kind: "comment",
        id: 1,
        document: None,
        before: None,
        after: None,
    };
    activity::append(&mut tx, &Batch::new(), change, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let anna = page(&study.anna).await;
    assert!(!anna.contains(told) && !anna.contains("wrote a comment"));
    assert!(page(&study.ben).await.contains("You coded a passage"));
    assert!(page(&study.lead).await.contains(told));
    let mut tx = app.state.db.begin().await.unwrap();
    tx.execute("UPDATE rounds SET state = 'revealed'", args![])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(page(&study.anna).await.contains(told));
});

both!(a_disabled_account_is_out_at_once, |app| {
    let study = Study::new(&app).await;
    study.anna.get("/api/v1/me").await.expect(200);
    let mut tx = app.state.db.begin().await.unwrap();
    accounts::disable(&mut tx, study.anna.id, app.state.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    study.anna.get("/api/v1/me").await.expect(401);
    let add = json!({"email": "anna@example.org", "role": "coder"});
    study
        .owner
        .post(&study.path("/members"), add)
        .await
        .expect(422);
});
