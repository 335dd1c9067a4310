//! Agreement between coders, against values worked out by hand.
//!
//! Document one has 10 characters. Anna codes 0 to 4, Ben 2 to 6: both 2, only Anna 2, only Ben 2, neither 4.
//! Percent (2 + 4)/10 = 0.6. Kappa: each says "coded" 0.4 of the time, so chance agrees 0.16 + 0.36 = 0.52 and kappa is
//! (0.6 − 0.52)/0.48 = 1/6. Alpha: 20 values, 8 coded, 12 not, 4 units of disagreement, so
//! 1 − 19 · 4/(8 · 12) = 1 − 76/96 = 5/24.

use concord::args;
use concord::projects::Role;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::both;
use crate::harness::{Client, TestApp};
use crate::study::{code, document, execute};

struct Pair {
    p: i64,
    owner: Client,
    anna: Client,
    ben: Client,
    one: i64,
    code: i64,
}

async fn mark(app: &TestApp, p: i64, document: i64, code: i64, who: &Client, start: i64, end: i64) {
    execute(
        app,
        "INSERT INTO codings (guid, project_id, document_id, revision, code_id, coder_id, start_pos, end_pos, quote, before, after,
            created_at, updated_at) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, '', '', '', 0, 0)",
        args![Uuid::new_v4(), p, document, code, who.id, start, end],
    )
    .await;
}

async fn state(app: &TestApp, document: i64, who: &Client, state: &'static str) {
    execute(
        app,
        "INSERT INTO assignments (document_id, user_id, state, created_at, updated_at) VALUES ($1, $2, $3, 0, 0)",
        args![document, who.id, state],
    )
    .await;
}

async fn pair(app: &TestApp) -> Pair {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let anna = app.member(p, "anna@example.org", Role::Coder).await;
    let ben = app.member(p, "ben@example.org", Role::Coder).await;
    let one = document(app, p, owner.id, "0123456789").await;
    let actors = code(app, p, None, "Actors", None).await;
    let code = code(app, p, Some(actors), "Iran", None).await;
    mark(app, p, one, code, &anna, 0, 4).await;
    mark(app, p, one, code, &ben, 2, 6).await;
    state(app, one, &anna, "done").await;
    state(app, one, &ben, "done").await;
    Pair {
        p,
        owner,
        anna,
        ben,
        one,
        code,
    }
}

impl Pair {
    async fn ask(&self, who: &Client, query: &str) -> Json {
        who.get(&format!("/api/v1/projects/{}/agreement{query}", self.p))
            .await
            .expect(200)
            .json()
    }
    async fn page(&self, who: &Client, rest: &str) -> String {
        who.get(&format!("/projects/{}/agreement{rest}", self.p))
            .await
            .expect(200)
            .text()
    }
}

fn row<'a>(answer: &'a Json, measure: &str, scope: &str) -> &'a Json {
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["measure"] == measure && r["scope"] == scope)
        .unwrap_or_else(|| panic!("no {measure} {scope} in {answer}"))
}

#[track_caller]
fn close(row: &Json, value: f64) {
    let found = row["value"]
        .as_f64()
        .unwrap_or_else(|| panic!("no value: {row}"));
    assert!((found - value).abs() < 1e-12, "{found} is not {value}");
}

both!(coefficients_are_those_worked_out_by_hand, |app| {
    let study = pair(&app).await;
    let answer = study.ask(&study.anna, "").await;
    assert_eq!(answer["unit"], "character");
    assert_eq!(answer["n_units"], 10);
    assert_eq!(answer["n_documents"], 1);
    assert_eq!(answer["coders"], serde_json::json!(["anna", "ben"]));
    assert_eq!(answer["codes"], serde_json::json!(["Actors > Iran"]));
    close(row(&answer, "percent", "code"), 0.6);
    close(row(&answer, "cohen_kappa", "code"), 1.0 / 6.0);
    close(row(&answer, "krippendorff_alpha", "code"), 5.0 / 24.0);
    close(row(&answer, "krippendorff_alpha", "pooled"), 5.0 / 24.0);
    let table = answer["tables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["code"] == "Actors > Iran")
        .unwrap();
    assert_eq!(table["table"], serde_json::json!([[4, 2], [2, 2]]));
    // By document there is one unit, which both coded: nothing varies, so there is no alpha, and it is not 1.
    let answer = study.ask(&study.anna, "?unit=document").await;
    let alpha = row(&answer, "krippendorff_alpha", "code");
    assert!(alpha["value"].is_null(), "{alpha}");
    assert_eq!(alpha["reason"], "no_variation");
});

both!(what_is_not_done_is_missing_and_not_zero, |app| {
    let study = pair(&app).await;
    // Anna coded half of a second document; Ben is still at it: it must change nothing.
    let two = document(&app, study.p, study.owner.id, "abcdefghij").await;
    mark(&app, study.p, two, study.code, &study.anna, 0, 5).await;
    state(&app, two, &study.anna, "done").await;
    state(&app, two, &study.ben, "in_progress").await;
    let answer = study
        .ask(&study.anna, "?measures=percent,krippendorff_alpha")
        .await;
    assert_eq!(answer["n_units"], 10);
    close(row(&answer, "krippendorff_alpha", "code"), 5.0 / 24.0);
    // A third, done by both, where only Anna marked two of ten: there Ben's silence is a "no". Percent is then
    // (6 + 8)/20; 40 values, 10 coded, 30 not, 6 units of disagreement: alpha is 1 − 39 · 6/300.
    let three = document(&app, study.p, study.owner.id, "klmnopqrst").await;
    mark(&app, study.p, three, study.code, &study.anna, 0, 2).await;
    state(&app, three, &study.anna, "done").await;
    state(&app, three, &study.ben, "done").await;
    // Rows put there directly write no event; one tells the cache that the project changed.
    study
        .owner
        .patch(
            &format!("/api/v1/projects/{}", study.p),
            serde_json::json!({"name": "Study 2"}),
        )
        .await
        .expect(200);
    let answer = study
        .ask(&study.anna, "?measures=percent,krippendorff_alpha")
        .await;
    assert_eq!(answer["n_units"], 20);
    close(row(&answer, "percent", "code"), 0.7);
    close(
        row(&answer, "krippendorff_alpha", "code"),
        1.0 - 39.0 * 6.0 / 300.0,
    );
    let only = study
        .ask(&study.anna, &format!("?measures=percent&documents={three}"))
        .await;
    close(row(&only, "percent", "code"), 0.8);
});

both!(a_child_counts_for_its_parent_when_asked, |app| {
    let study = pair(&app).await;
    let answer = study
        .ask(&study.anna, "?measures=percent&subtree=true")
        .await;
    assert_eq!(
        answer["codes"],
        serde_json::json!(["Actors", "Actors > Iran"])
    );
    close(row(&answer, "percent", "code"), 0.6);
});

both!(wrong_questions_are_refused_by_field, |app| {
    let study = pair(&app).await;
    let base = format!("/api/v1/projects/{}/agreement", study.p);
    for (query, field) in [
        ("unit=page", "unit"),
        ("coverage=most", "coverage"),
        ("measures=luck", "measures"),
        ("interval=analytic", "interval"),
        ("seed=x", "seed"),
        ("codes=x", "codes"),
        ("codes=999999", "codes"),
        ("coders=999999", "coders"),
        ("documents=999999", "documents"),
        ("subtree=perhaps", "subtree"),
    ] {
        let answer = study.anna.get(&format!("{base}?{query}")).await.expect(422);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{query}");
    }
});

both!(every_member_reads_it_and_nobody_else, |app| {
    let study = pair(&app).await;
    let api = format!("/api/v1/projects/{}/agreement", study.p);
    let pages = [
        format!("/projects/{}/agreement", study.p),
        format!("/projects/{}/agreement/agreement.csv", study.p),
        format!("/projects/{}/agreement/disagreements", study.p),
    ];
    for role in Role::ALL.into_iter().filter(|r| *r != Role::Owner) {
        let email = format!("{}@example.com", role.as_str());
        let who = app.member(study.p, &email, role).await;
        for path in pages.iter().chain([&api]) {
            who.get(path).await.expect(200);
        }
    }
    let outsider = app.user("out@example.org").await;
    for path in pages.iter().chain([&api]) {
        outsider.get(path).await.expect(404);
    }
    app.stranger().get(&api).await.expect(401);
});

both!(
    a_blind_round_hides_a_colleague_without_making_zeros_of_him,
    |app| {
        let study = pair(&app).await;
        execute(
        &app,
        "INSERT INTO rounds (guid, project_id, name, state, blind, created_at, updated_at) VALUES ($1, $2, 'R', 'coding', TRUE, 0, 0)",
        args![Uuid::new_v4(), study.p],
    )
    .await;
        execute(
            &app,
            "INSERT INTO round_documents (round_id, document_id) SELECT id, $1 FROM rounds",
            args![study.one],
        )
        .await;
        // Anna may not see Ben's codings: there is nothing to compare, rather than a Ben who coded nothing.
        let answer = study.ask(&study.anna, "?measures=percent").await;
        assert_eq!(answer["n_units"], 0);
        assert_eq!(answer["n_documents"], 0);
        let page = study.page(&study.anna, "").await;
        assert!(page.contains("Nothing to compare yet"), "{page}");
        // The owner sees both.
        let answer = study.ask(&study.owner, "?measures=percent").await;
        close(row(&answer, "percent", "code"), 0.6);
    }
);

both!(
    the_page_shows_the_figures_and_leads_to_the_passages,
    |app| {
        let study = pair(&app).await;
        let page = study.page(&study.anna, "").await;
        // 5/24, 1/6 and 60 %.
        for text in [
            "0.21",
            "0.17",
            "60.0%",
            "Too few documents for an interval",
            "Too low to draw conclusions",
        ] {
            assert!(page.contains(text), "{text} is not in {page}");
        }
        let passages = study
            .page(
                &study.anna,
                &format!(
                    "/disagreements?code={}&a={}&b={}",
                    study.code, study.anna.id, study.ben.id
                ),
            )
            .await;
        // Anna alone has 0 to 2, Ben alone 4 to 6.
        for text in [">01</mark>", ">45</mark>", " passages."] {
            assert!(passages.contains(text), "{text} is not in {passages}");
        }
        assert!(passages.contains(&format!("/projects/{}/review/{}?a=", study.p, study.one)));
        assert!(passages.contains(&format!("/documents/{}/code#passage-4-6", study.one)));
        let csv = study.page(&study.anna, "/agreement.csv").await;
        let line = csv
            .lines()
            .find(|l| l.starts_with("character,any,percent,code,Actors > Iran,anna; ben,"))
            .unwrap_or_else(|| panic!("{csv}"));
        assert!(line.contains(",0.6,"), "{line}");
    }
);

both!(the_empty_page_says_what_is_missing, |app| {
    let owner = app.user("olga@example.org").await;
    let p = app.project(&owner).await;
    let page = owner
        .get(&format!("/projects/{p}/agreement"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("Nobody has marked a document done"), "{page}");
});
