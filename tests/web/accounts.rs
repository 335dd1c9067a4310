//! The way in and one's own account: setup, sign-in and its back-off, sessions, passwords, links, tokens, administration.

use concord::accounts::{passwords, store};
use concord::args;

use crate::both;
use crate::harness::{Answer, Client, TestApp};

const PASSWORD: &str = "seven plain words";

/// Somebody with a password, signed in as a browser is.
async fn person(app: &TestApp, email: &str, admin: bool) -> Client {
    let hash = passwords::hash_password_now(PASSWORD).unwrap();
    let mut tx = app.state.db.begin().await.unwrap();
    let id = store::add_user(
        &mut tx,
        email,
        "Somebody",
        Some(hash),
        admin,
        app.state.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let nobody = Client {
        id,
        ..app.stranger()
    };
    app.browser(&nobody).await
}

/// The cookie an answer sets, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    assert!(set.starts_with("concord_session="), "{set:?}");
    set.split(';').next().unwrap().to_owned()
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    client
        .form("/sign-in", &[("email", email), ("password", password)])
        .await
}

both!(an_empty_instance_leads_to_its_first_administrator, |app| {
    let stranger = app.stranger();
    for path in ["/", "/projects/1", "/account", "/admin"] {
        let answer = stranger.get(path).await.expect(303);
        assert_eq!(answer.header("location"), format!("/sign-in?next={path}"));
    }
    let answer = stranger.get("/sign-in?next=/").await.expect(303);
    assert_eq!(answer.header("location"), "/setup");
    let page = stranger.get("/setup").await.expect(200).text();
    assert!(!page.contains("name=\"code\""), "loopback asks no code");

    let bad = stranger
        .form(
            "/setup",
            &[("name", " "), ("email", "no"), ("password", "short")],
        )
        .await
        .expect(422)
        .text();
    assert_eq!(bad.matches("aria-invalid=\"true\"").count(), 3);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);

    let good = [
        ("name", "Anna"),
        ("email", "Anna@Example.org"),
        ("password", PASSWORD),
    ];
    let answer = stranger.form("/setup", &good).await.expect(303);
    assert_eq!(answer.header("location"), "/");
    let anna = Client {
        cookie: Some(cookie(&answer)),
        ..stranger.clone()
    };
    anna.get("/admin").await.expect(200);
    // Nobody is made administrator a second time.
    let again = [
        ("name", "Eve"),
        ("email", "eve@example.org"),
        ("password", PASSWORD),
    ];
    stranger.form("/setup", &again).await.expect(303);
    assert_eq!(
        stranger.get("/setup").await.expect(303).header("location"),
        "/"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
});

both!(two_who_set_up_at_once_make_one_administrator, |app| {
    let ask = |email: &'static str| {
        let stranger = app.stranger();
        async move {
            let form = [("name", "A"), ("email", email), ("password", PASSWORD)];
            stranger.form("/setup", &form).await.expect(303)
        }
    };
    tokio::join!(
        ask("a@example.org"),
        ask("b@example.org"),
        ask("c@example.org")
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
});

both!(beyond_loopback_the_setup_asks_for_the_code, |app| {
    let other = app
        .beside(|config| config.listen = "0.0.0.0:8080".parse().unwrap())
        .await;
    let code = other.state.setup_code.clone().unwrap();
    let stranger = app.stranger().at(&other);
    assert!(
        stranger
            .get("/setup")
            .await
            .expect(200)
            .text()
            .contains("name=\"code\"")
    );
    let with = |code: String| {
        let stranger = stranger.clone();
        async move {
            let form = [
                ("code", code.as_str()),
                ("name", "Anna"),
                ("email", "anna@example.org"),
                ("password", PASSWORD),
            ];
            stranger.form("/setup", &form).await
        }
    };
    for _ in 0..5 {
        with("aaaa-bbbb-cccc".to_owned()).await.expect(422);
    }
    // The sixth has to wait, whatever it says.
    with(code.clone()).await.expect(429);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    other.pass(2_000);
    with(format!(" {} ", code.to_uppercase())).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM users WHERE is_admin").await,
        1
    );
});

both!(
    a_wrong_password_and_an_unknown_address_are_told_alike,
    |app| {
        person(&app, "anna@example.org", false).await;
        let stranger = app.stranger();
        let wrong = sign_in(&stranger, "anna@example.org", "not it at all")
            .await
            .expect(422)
            .text();
        let unknown = sign_in(&stranger, "nina@example.org", "not it at all")
            .await
            .expect(422)
            .text();
        assert_eq!(wrong.replace("anna@", "nina@"), unknown);
        assert!(wrong.contains("do not belong together"));
        assert!(
            wrong.contains("value=\"anna@example.org\""),
            "what was typed is kept"
        );
        assert!(!wrong.contains("not it at all"));
    }
);

both!(
    signing_in_sets_a_guarded_cookie_and_goes_only_to_own_pages,
    |app| {
        person(&app, "anna@example.org", false).await;
        let stranger = app.stranger();
        for (next, to) in [
            (
                "/projects/3/documents?q=%D8%AA",
                "/projects/3/documents?q=%D8%AA",
            ),
            ("//evil.example/", "/"),
            ("https://evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("", "/"),
        ] {
            let form = [
                ("email", "ANNA@example.org"),
                ("password", PASSWORD),
                ("next", next),
            ];
            let answer = stranger.form("/sign-in", &form).await.expect(303);
            assert_eq!(answer.header("location"), to, "{next:?}");
            let set = answer.header("set-cookie");
            assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
            assert!(!set.contains("Secure") && !set.contains("Max-Age"), "{set}");
        }
        let form = [
            ("email", "anna@example.org"),
            ("password", PASSWORD),
            ("stay", "yes"),
        ];
        let set = stranger.form("/sign-in", &form).await.expect(303);
        assert!(set.header("set-cookie").contains("Max-Age="));
        let secure = app
            .beside(|c| c.public_url = "https://concord.example".to_owned())
            .await;
        let answer = sign_in(&stranger.at(&secure), "anna@example.org", PASSWORD)
            .await
            .expect(303);
        assert!(answer.header("set-cookie").contains("; Secure"));
        // Whoever is signed in is not asked again, and is not led elsewhere either.
        let anna = Client {
            cookie: Some(cookie(&answer)),
            ..stranger
        };
        let answer = anna.get("/sign-in?next=//evil.example").await.expect(303);
        assert_eq!(answer.header("location"), "/");
    }
);

both!(
    guessing_at_one_account_is_slowed_and_forgotten_after_success,
    |app| {
        person(&app, "anna@example.org", false).await;
        let other = app.beside(|_| ()).await;
        let stranger = app.stranger().at(&other);
        for _ in 0..5 {
            sign_in(&stranger, "anna@example.org", "wrong")
                .await
                .expect(422);
        }
        let refused = sign_in(&stranger, "anna@example.org", PASSWORD)
            .await
            .expect(429);
        assert_eq!(refused.header("retry-after"), "2");
        // Other accounts are not held up by it.
        sign_in(&stranger, "nina@example.org", "wrong")
            .await
            .expect(422);
        other.pass(2_000);
        sign_in(&stranger, "anna@example.org", "wrong")
            .await
            .expect(422);
        other.pass(2_000);
        let refused = sign_in(&stranger, "anna@example.org", PASSWORD)
            .await
            .expect(429);
        assert_eq!(
            refused.header("retry-after"),
            "2",
            "four seconds, two of them past"
        );
        other.pass(2_000);
        sign_in(&stranger, "anna@example.org", PASSWORD)
            .await
            .expect(303);
        // Success starts the count afresh.
        for _ in 0..5 {
            sign_in(&stranger, "anna@example.org", "wrong")
                .await
                .expect(422);
        }
    }
);

both!(guessing_from_one_address_is_slowed, |app| {
    let other = app.beside(|_| ()).await;
    person(&app, "anna@example.org", false).await;
    let stranger = app.stranger().at(&other);
    let from = |address: &'static str, email: String| {
        let request = stranger
            .request("POST", "/sign-in")
            .header("x-forwarded-for", address)
            .form(&[("email", email.as_str()), ("password", "wrong")]);
        let stranger = stranger.clone();
        async move { stranger.send(request).await.status }
    };
    for i in 0..20 {
        assert_eq!(from("198.51.100.1", format!("u{i}@example.org")).await, 422);
    }
    assert_eq!(
        from("198.51.100.1", "anna@example.org".to_owned()).await,
        429
    );
    assert_eq!(
        from("198.51.100.2", "anna@example.org".to_owned()).await,
        422
    );
});

both!(
    parallel_guesses_get_no_more_tries_than_patient_ones,
    |app| {
        person(&app, "anna@example.org", false).await;
        let mut guesses = Vec::new();
        for _ in 0..12 {
            let stranger = app.stranger();
            guesses.push(tokio::spawn(async move {
                sign_in(&stranger, "anna@example.org", "wrong").await.status
            }));
        }
        let mut tried = 0;
        for guess in guesses {
            tried += i32::from(guess.await.unwrap() == 422);
        }
        assert_eq!(tried, 5);
    }
);

both!(a_new_password_ends_every_other_session, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    let elsewhere = app.browser(&anna).await;
    elsewhere.get("/account").await.expect(200);
    let change = |current: &'static str, again: &'static str| {
        let anna = anna.clone();
        async move {
            let form = [
                ("current", current),
                ("password", "eight other words"),
                ("again", again),
            ];
            anna.form("/account/password", &form).await
        }
    };
    change("wrong", "eight other words").await.expect(422);
    change(PASSWORD, "eight other wordz").await.expect(422);
    elsewhere.get("/account").await.expect(200);
    let answer = change(PASSWORD, "eight other words").await.expect(303);
    let anna_now = Client {
        cookie: Some(cookie(&answer)),
        ..anna.clone()
    };
    anna_now.get("/account").await.expect(200);
    elsewhere.get("/account").await.expect(303);
    anna.get("/account").await.expect(303);
    let stranger = app.stranger();
    sign_in(&stranger, "anna@example.org", PASSWORD)
        .await
        .expect(422);
    sign_in(&stranger, "anna@example.org", "eight other words")
        .await
        .expect(303);
});

both!(sessions_are_listed_and_ended_one_by_one_or_all, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    let elsewhere = app.browser(&anna).await;
    let eve = person(&app, "eve@example.org", false).await;
    let page = anna.get("/account").await.expect(200).text();
    assert_eq!(page.matches("name=\"session\"").count(), 2);
    assert_eq!(page.matches("this one").count(), 1);
    let secret = elsewhere.cookie.clone().unwrap();
    let hash = concord::secrets::hash(secret.strip_prefix("concord_session=").unwrap());
    assert!(page.contains(&hash));
    // Somebody else's session is not hers to end.
    eve.form("/account/sessions/end", &[("session", &hash)])
        .await
        .expect(303);
    elsewhere.get("/account").await.expect(200);
    anna.form("/account/sessions/end", &[("session", &hash)])
        .await
        .expect(303);
    elsewhere.get("/account").await.expect(303);
    anna.get("/account").await.expect(200);
    anna.form("/account/sessions/end", &[]).await.expect(303);
    anna.get("/account").await.expect(303);
    eve.get("/account").await.expect(200);
    eve.form("/sign-out", &[]).await.expect(303);
    eve.get("/account").await.expect(303);
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 0);
});

both!(an_unused_session_ends_and_a_used_one_goes_on, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    let other = app.beside(|_| ()).await;
    let anna = anna.at(&other);
    // Sessions of this test last 24 hours; what was remembered of a caller lasts for a write at most.
    let forget = || async {
        let mut tx = other.state.db.begin().await.unwrap();
        store::sweep(&mut tx, 0).await.unwrap();
        tx.commit().await.unwrap();
    };
    other.pass(23 * 3_600_000);
    forget().await;
    anna.get("/account").await.expect(200);
    other.pass(23 * 3_600_000);
    forget().await;
    anna.get("/account").await.expect(200);
    other.pass(25 * 3_600_000);
    forget().await;
    anna.get("/account").await.expect(303);
});

both!(
    a_token_is_shown_once_kept_as_its_hash_and_can_be_deleted,
    |app| {
        let anna = person(&app, "anna@example.org", false).await;
        anna.form("/account/tokens", &[("label", " "), ("days", "")])
            .await
            .expect(422);
        anna.form("/account/tokens", &[("label", "R"), ("days", "0")])
            .await
            .expect(422);
        let page = anna
            .form("/account/tokens", &[("label", "R scripts"), ("days", "90")])
            .await
            .expect(200)
            .text();
        let at = page.find("concord_").unwrap();
        let token = &page[at..at + "concord_".len() + 43];
        assert!(
            !anna
                .get("/account")
                .await
                .expect(200)
                .text()
                .contains(token)
        );
        let (kept, id): (String, i64) = app
            .state
            .db
            .one("SELECT token_hash, id FROM api_tokens", args![])
            .await
            .unwrap();
        assert_eq!(kept, concord::secrets::hash(token));
        let program = Client {
            token: Some(token.to_owned()),
            cookie: None,
            ..anna.clone()
        };
        let me = program.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["email"], "anna@example.org");
        // It acts for her, but does not reach her account.
        program.get("/account").await.expect(403);
        program
            .form("/account/tokens", &[("label", "more")])
            .await
            .expect(403);
        let eve = person(&app, "eve@example.org", false).await;
        eve.form(&format!("/account/tokens/{id}/delete"), &[])
            .await
            .expect(404);
        anna.form(&format!("/account/tokens/{id}/delete"), &[])
            .await
            .expect(303);
        program.get("/api/v1/me").await.expect(401);
    }
);

both!(a_token_ends_on_its_day, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    let other = app.beside(|_| ()).await;
    let mut tx = app.state.db.begin().await.unwrap();
    let ends = other.state.now() + 1_000;
    let token = store::add_token(&mut tx, anna.id, "x", Some(ends), app.state.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    other.pass(1_000);
    let program = Client {
        token: Some(token),
        cookie: None,
        ..anna
    }
    .at(&other);
    program.get("/api/v1/me").await.expect(401);
});

both!(a_password_link_works_once_and_for_its_time, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    let other = app.beside(|_| ()).await;
    let stranger = app.stranger().at(&other);
    let link = || async {
        let mut tx = other.state.db.begin().await.unwrap();
        let secret = store::add_password_link(&mut tx, anna.id, 72, other.state.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        format!("/password/{secret}")
    };
    let new = [
        ("password", "nine entirely new words"),
        ("again", "nine entirely new words"),
    ];
    let (first, second) = (link().await, link().await);
    assert!(
        stranger
            .get(&first)
            .await
            .expect(200)
            .text()
            .contains("anna@example.org")
    );
    stranger
        .form(&first, &[("password", "short"), ("again", "short")])
        .await
        .expect(422);
    let answer = stranger.form(&first, &new).await.expect(303);
    cookie(&answer);
    // Used up, and so are the links made before; whoever was signed in is out.
    stranger.get(&first).await.expect(404);
    stranger.form(&first, &new).await.expect(404);
    stranger.get(&second).await.expect(404);
    anna.at(&other).get("/account").await.expect(303);
    let late = link().await;
    other.pass(72 * 3_600_000);
    stranger.get(&late).await.expect(404);
    stranger.form(&late, &new).await.expect(404);
    stranger.get("/password/guess").await.expect(404);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM password_links WHERE LENGTH(token_hash) = 64")
            .await,
        3
    );
});

both!(name_and_language_are_kept, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    anna.form("/account", &[("name", ""), ("language", "")])
        .await
        .expect(422);
    anna.form("/account", &[("name", "A"), ("language", "tlh")])
        .await
        .expect(422);
    anna.form("/account", &[("name", "مریم رضایی"), ("language", "en")])
        .await
        .expect(303);
    let page = anna.get("/account?done=profile").await.expect(200).text();
    assert!(page.contains("مریم رضایی") && page.contains("Saved."));
    assert!(page.contains("<option value=\"en\" lang=\"en\" selected>"));
});

both!(administration_is_for_administrators_in_person, |app| {
    let root = person(&app, "root@example.org", true).await;
    let anna = person(&app, "anna@example.org", false).await;
    let disable = format!("/admin/users/{}/disable", anna.id);
    let enable = format!("/admin/users/{}/enable", anna.id);
    let link = format!("/admin/users/{}/link", anna.id);
    // path, what a stranger, a user, an administrator gets
    let posts = [
        ("/admin/users", 422),
        (enable.as_str(), 303),
        (link.as_str(), 200),
    ];
    app.stranger().get("/admin").await.expect(303);
    anna.get("/admin").await.expect(403);
    assert!(
        root.get("/admin")
            .await
            .expect(200)
            .text()
            .contains("anna@example.org")
    );
    for (path, status) in posts {
        let form = [("name", ""), ("email", "")];
        let answer = app.stranger().form(path, &form).await.expect(303);
        assert_eq!(answer.header("location"), "/sign-in");
        anna.form(path, &form).await.expect(403);
        root.form(path, &form).await.expect(status);
    }
    let mut tx = app.state.db.begin().await.unwrap();
    let token = store::add_token(&mut tx, root.id, "x", None, app.state.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let program = Client {
        token: Some(token),
        cookie: None,
        ..root.clone()
    };
    program.get("/admin").await.expect(403);

    let page = root
        .form(
            "/admin/users",
            &[("name", "Boris"), ("email", "boris@example.org")],
        )
        .await
        .expect(200)
        .text();
    let at = page.find("/password/").unwrap();
    let made = &page[at..at + "/password/".len() + 43];
    app.stranger().get(made).await.expect(200);
    root.form(
        "/admin/users",
        &[("name", "B"), ("email", "boris@example.org")],
    )
    .await
    .expect(422);

    anna.form(&disable, &[]).await.expect(403);
    root.form(&format!("/admin/users/{}/disable", root.id), &[])
        .await
        .expect(409);
    root.form("/admin/users/999/disable", &[]).await.expect(404);
    root.form(&disable, &[]).await.expect(303);
    anna.get("/account").await.expect(303);
    sign_in(&app.stranger(), "anna@example.org", PASSWORD)
        .await
        .expect(422);
    root.form(&enable, &[]).await.expect(303);
    sign_in(&app.stranger(), "anna@example.org", PASSWORD)
        .await
        .expect(303);
});

both!(forms_from_another_site_are_refused, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    let request = anna
        .request("POST", "/account/sessions/end")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[("session", "")]);
    anna.send(request).await.expect(403);
    anna.get("/account").await.expect(200);
});

both!(metrics_are_for_this_machine, |app| {
    app.stranger().get("/healthz").await.expect(200);
    let text = app.stranger().get("/metrics").await.expect(200).text();
    assert!(
        text.contains("concord_http_requests_total{class=\"probe\",status=\"200\"} 1\n"),
        "{text}"
    );
    assert!(text.contains("concord_event_streams 0\n"));
    assert!(text.contains("concord_database_size_bytes "));
    assert!(text.contains("concord_http_request_duration_seconds_bucket"));
    let passed_on = |to: Client| async move {
        let request = to
            .request("GET", "/metrics")
            .header("x-forwarded-for", "198.51.100.1");
        to.send(request).await.status
    };
    assert_eq!(passed_on(app.stranger()).await, 404);
    let open = app.beside(|config| config.metrics_public = true).await;
    assert_eq!(passed_on(app.stranger().at(&open)).await, 200);
});

both!(help_is_there_for_everybody, |app| {
    let page = app.stranger().get("/help").await.expect(200).text();
    assert!(page.contains("id=\"agreement\"") && page.contains("id=\"keys\""));
    person(&app, "anna@example.org", false)
        .await
        .get("/help")
        .await
        .expect(200);
});

both!(housekeeping_removes_what_has_run_out, |app| {
    let anna = person(&app, "anna@example.org", false).await;
    app.browser(&anna).await;
    let other = app.beside(|_| ()).await;
    concord::instance::tidy(&other.state).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 2);
    other.pass(25 * 3_600_000);
    concord::instance::tidy(&other.state).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 0);
});
