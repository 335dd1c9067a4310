//! What every room stands on: problems, headers, shared commits.

use concord::args;

use crate::both;

both!(
    unknown_addresses_are_problems_for_programs_and_pages_for_people,
    |app| {
        let stranger = app.stranger();
        let answer = stranger.get("/api/v1/nothing").await.expect(404);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["type"], "/problems/not-found");
        let page = stranger.get("/nothing").await.expect(404);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text().contains("<h1>Not here</h1>"));
    }
);

both!(every_answer_forbids_inline_script_and_framing, |app| {
    for path in ["/nothing", "/api/v1/nothing", "/healthz"] {
        let answer = app.stranger().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
    }
});

both!(health_and_readiness_answer_without_signing_in, |app| {
    app.stranger().get("/healthz").await.expect(200);
    app.stranger().get("/readyz").await.expect(200);
});

both!(
    concurrent_writes_all_arrive_and_a_failed_one_leaves_nothing,
    |app| {
        let mut running = Vec::new();
        for i in 0..100_i64 {
            let db = app.state.db.clone();
            running.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                tx.execute(
                    "INSERT INTO instance_settings (key, value) VALUES ($1, $2)",
                    args![format!("k{i}"), "v"],
                )
                .await
                .unwrap();
                match i % 4 {
                    // One in four thinks better of it, one in four fails on a duplicate.
                    0 => drop(tx),
                    1 => {
                        tx.execute(
                            "INSERT INTO instance_settings (key, value) VALUES ($1, $2)",
                            args![format!("k{i}"), "again"],
                        )
                        .await
                        .unwrap_err();
                        drop(tx);
                    }
                    _ => tx.commit().await.unwrap(),
                }
            }));
        }
        for task in running {
            task.await.unwrap();
        }
        assert_eq!(
            app.count("SELECT COUNT(*) FROM instance_settings").await,
            50
        );
    }
);

both!(
    a_write_that_is_abandoned_while_it_waits_holds_up_nobody,
    |app| {
        let db = app.state.db.clone();
        let first = db.begin().await.unwrap();
        let waiting = {
            let db = db.clone();
            tokio::spawn(async move { db.begin().await.map(|_| ()) })
        };
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        waiting.abort();
        first.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.execute(
            "INSERT INTO instance_settings (key, value) VALUES ('a', 'b')",
            args![],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.count("SELECT COUNT(*) FROM instance_settings").await, 1);
    }
);
