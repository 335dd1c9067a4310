//! Themes over HTTP: tables worked out by hand, the quotes behind a mark, and what a blind round keeps back.

use serde_json::json;

use crate::both;
use crate::harness::TestApp;
use crate::study::{Study, code, int};

/// Two documents of 40 and 20 characters in two cases.
async fn cases(app: &TestApp, study: &Study) -> (i64, i64) {
    let make = |text: &str, date: &str, case: &str| {
        let body = json!({"title": case, "text": text, "type": "statement", "date": date, "language": "en", "cases": [case]});
        let lead = study.lead.clone();
        let path = study.path("/documents");
        async move { int(&lead.post(&path, body).await.expect(201).json()["id"]) }
    };
    let _ = app;
    let iran = make(
        "abcdefghij klmnopqrst uvwxyz abcdefghijk",
        "2015-09-30",
        "Iran",
    )
    .await;
    let israel = make("abcdefghij klmnopqrs", "2017", "Israel").await;
    (iran, israel)
}

both!(
    frequencies_count_passages_documents_and_the_union_of_text,
    |app| {
        let study = Study::new(&app).await;
        let (iran, israel) = cases(&app, &study).await;
        for (who, document, start, end) in [
            (&study.anna, iran, 0, 10),
            (&study.ben, iran, 5, 15),
            (&study.anna, israel, 0, 5),
        ] {
            who.post(
                &study.path("/codings"),
                json!({"document": document, "code": study.code, "start": start, "end": end}),
            )
            .await
            .expect(201);
        }
        let answer = study
            .ben
            .get(&study.path("/themes/frequencies"))
            .await
            .expect(200)
            .json();
        assert_eq!(answer["layer"], "coder");
        let row = &answer["items"][0];
        assert_eq!(row["code"], study.code);
        assert_eq!(row["passages"], 3);
        assert_eq!(row["documents"], 2);
        // 0..15 by two coders together, and 0..5: 15 + 5.
        assert_eq!(row["characters"], 20);
        // The study's own document has 46 characters beside 40 and 20.
        let share = row["share_of_text"].as_f64().unwrap();
        assert!((share - 20.0 / 106.0).abs() < 1e-12, "{share}");

        let by_case = study
            .ben
            .get(&study.path("/themes/frequencies?by=case&case=Iran"))
            .await
            .expect(200)
            .json();
        let iran_row = by_case["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["group"] == "Iran")
            .unwrap();
        assert_eq!(
            (&iran_row["passages"], &iran_row["characters"]),
            (&json!(2), &json!(15))
        );

        // 2016 lies between and has nothing; a document without a date is counted apart.
        let trend = study
            .ben
            .get(&study.path("/themes/trend?by=year"))
            .await
            .expect(200)
            .json();
        assert_eq!(trend["periods"], json!(["2015", "2016", "2017"]));
        assert_eq!(trend["undated"], 1);
        let passages: Vec<_> = trend["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| int(&i["passages"]))
            .collect();
        assert_eq!(passages, [2, 0, 1]);
        // A document of 2017 is in no month.
        let months = study
            .ben
            .get(&study.path("/themes/trend?by=month"))
            .await
            .expect(200)
            .json();
        assert_eq!(months["undated"], 2);
    }
);

both!(
    codes_meet_where_they_share_text_and_the_quotes_are_those,
    |app| {
        let study = Study::new(&app).await;
        let other = code(&app, study.p, None, "energy", None).await;
        let mut ids = Vec::new();
        for (code, start, end) in [(study.code, 0, 8), (other, 5, 10), (other, 27, 30)] {
            let made = study
                .anna
                .post(
                    &study.path("/codings"),
                    json!({"document": study.document, "code": code, "start": start, "end": end}),
                )
                .await
                .expect(201)
                .json();
            ids.push(int(&made["id"]));
        }
        let pairs = study
            .anna
            .get(&study.path("/themes/cooccurrence?within=overlap"))
            .await
            .expect(200)
            .json();
        assert_eq!(pairs["items"].as_array().unwrap().len(), 1);
        let pair = &pairs["items"][0];
        assert_eq!(pair["count"], 1);
        // 3 shared characters of 0..10 and 27..30: 13.
        assert!((pair["jaccard"].as_f64().unwrap() - 3.0 / 13.0).abs() < 1e-12);
        let page = study
            .anna
            .get(&format!(
                "/projects/{}/passages?code={}&with={other}&exact=true&within=overlap",
                study.p, study.code
            ))
            .await
            .expect(200)
            .text();
        assert!(page.contains(&format!("#coding-{}", ids[0])));
        assert!(page.contains(&format!("#coding-{}", ids[1])));
        assert!(!page.contains(&format!("#coding-{}", ids[2])));
    }
);

both!(a_blind_round_is_not_counted_for_colleagues, |app| {
    let study = Study::new(&app).await;
    study.mark(&study.anna, 0, 8).await;
    study.round(&app, "coding", true).await;
    let passages = |who: crate::harness::Client| {
        let path = study.path("/themes/frequencies");
        async move { int(&who.get(&path).await.expect(200).json()["items"][0]["passages"]) }
    };
    assert_eq!(passages(study.anna.clone()).await, 1);
    assert_eq!(passages(study.ben.clone()).await, 0);
    assert_eq!(passages(study.lead.clone()).await, 1);
    let page = format!("/projects/{}/passages", study.p);
    assert!(
        !study
            .ben
            .get(&page)
            .await
            .expect(200)
            .text()
            .contains("#coding-")
    );
    let review = format!("/projects/{}/review/{}", study.p, study.document);
    assert!(
        !study
            .ben
            .get(&review)
            .await
            .expect(200)
            .text()
            .contains("#coding-")
    );
    assert!(
        study
            .lead
            .get(&review)
            .await
            .expect(200)
            .text()
            .contains("#coding-")
    );
});

both!(figures_come_as_files_and_strangers_get_none, |app| {
    let study = Study::new(&app).await;
    study.mark(&study.anna, 0, 8).await;
    for name in ["frequency", "trend", "cases", "together"] {
        let svg = study
            .anna
            .get(&format!("/projects/{}/themes/{name}.svg", study.p))
            .await
            .expect(200);
        assert_eq!(svg.header("content-type"), "image/svg+xml");
        assert!(
            svg.text().starts_with("<?xml") && svg.text().contains("<svg"),
            "{name}"
        );
        let csv = study
            .anna
            .get(&format!("/projects/{}/themes/{name}.csv", study.p))
            .await
            .expect(200);
        assert!(
            csv.text().starts_with("Code,") || csv.text().starts_with("Period,"),
            "{name}"
        );
    }
    let stranger = app.user("stranger@example.net").await;
    stranger
        .get(&study.path("/themes/frequencies"))
        .await
        .expect(404);
    app.stranger()
        .get(&study.path("/themes/frequencies"))
        .await
        .expect(401);
    for (query, field) in [
        ("by=colour", "by"),
        ("layer=mine", "layer"),
        ("date_from=x", "date_from"),
    ] {
        let answer = study
            .anna
            .get(&study.path(&format!("/themes/frequencies?{query}")))
            .await
            .expect(422)
            .json();
        assert_eq!(answer["errors"][0]["field"], field);
    }
});

both!(two_layers_are_compared_side_by_side, |app| {
    let study = Study::new(&app).await;
    study.mark(&study.anna, 0, 8).await;
    study.mark(&study.ben, 0, 8).await;
    study.mark(&study.anna, 27, 30).await;
    study.mark(&study.ben, 27, 34).await;
    let list = study
        .anna
        .get(&format!("/projects/{}/review", study.p))
        .await
        .expect(200)
        .text();
    assert!(
        list.contains(&format!(
            "/review/{}?a={}&amp;b={}",
            study.document, study.anna.id, study.ben.id
        )) || list.contains(&format!(
            "/review/{}?a={}&#38;b={}",
            study.document, study.anna.id, study.ben.id
        ))
    );
    let page = study
        .anna
        .get(&format!(
            "/projects/{}/review/{}?a={}&b={}",
            study.p, study.document, study.anna.id, study.ben.id
        ))
        .await
        .expect(200)
        .text();
    // One coding the same on both sides, one with other edges.
    assert_eq!(
        page.matches("code--chip\" data-code=\"1\" data-standing=\"same\"")
            .count(),
        2,
        "{page}"
    );
    assert_eq!(
        page.matches("code--chip\" data-code=\"1\" data-standing=\"range\"")
            .count(),
        2
    );
    assert_eq!(page.matches("data-differs").count(), 1);
});
