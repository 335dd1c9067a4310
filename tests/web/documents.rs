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

/// A page's words without the marks that isolate directions.
fn plain(answer: &Answer) -> String {
    answer.text().replace(['\u{2068}', '\u{2069}'], "")
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

both!(what_cannot_be_a_document_is_refused_field_by_field, |app| {
    let t = team(&app).await;
    let refused = t
            .lead
            .post(
                &t.path("/documents"),
                json!({"title": " ", "text": " \n\u{200f}", "type": "poem", "date": "2015-02-30", "language": "Persian"}),
            )
            .await
            .expect(422)
            .json();
    assert_eq!(refused["type"], "/problems/invalid-input");
    let fields: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["title", "type", "date", "language", "text"]);
    let unknown = json!({"title": "A", "text": "b", "colour": "red"});
    t.lead
        .post(&t.path("/documents"), unknown)
        .await
        .expect(422);
    let list = json!({"title": "A", "text": "b", "attributes": {"x": [1]}});
    t.lead.post(&t.path("/documents"), list).await.expect(422);
    assert_eq!(app.count("SELECT COUNT(*) FROM documents").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM events").await, 0);
});

both!(every_path_asks_who_you_are_and_what_you_may, |app| {
    let t = team(&app).await;
    let d = t.add(json!({"title": "A", "text": "words"})).await["id"].clone();
    let one = t.path(&format!("/documents/{d}"));
    let reads = [
        t.path("/documents"),
        one.clone(),
        format!("{one}/text"),
        format!("{one}/blocks"),
        format!("{one}/find?q=words"),
        format!("{one}/assignments"),
        t.path("/cases"),
        t.path("/attributes"),
        format!("/projects/{}/documents", t.project),
        format!("/projects/{}/documents/{d}", t.project),
    ];
    for path in &reads {
        for who in [&t.owner, &t.lead, &t.coder, &t.reviewer, &t.viewer] {
            who.get(path).await.expect(200);
        }
        t.outsider.get(path).await.expect(404);
        if path.starts_with("/api") {
            app.stranger().get(path).await.expect(401);
        }
    }
    let user = t.coder.id;
    let writes: Vec<(&str, String, Json)> = vec![
        (
            "POST",
            t.path("/documents"),
            json!({"title": "B", "text": "b"}),
        ),
        ("PATCH", one.clone(), json!({"author": "X"})),
        (
            "POST",
            t.path("/documents/bulk"),
            json!({"documents": [d], "type": "news"}),
        ),
        (
            "POST",
            t.path("/documents/metadata?dry_run=true"),
            json!("id,author\n"),
        ),
        ("POST", t.path("/cases"), json!({"name": "Iran"})),
        (
            "PUT",
            format!("{one}/assignments"),
            json!({"coders": [user]}),
        ),
        ("DELETE", one.clone(), Json::Null),
    ];
    for (method, path, body) in &writes {
        for who in [&t.coder, &t.reviewer, &t.viewer] {
            let request = who.request(method, path).json(body);
            let answer = who.send(request).await.expect(403);
            assert_eq!(answer.json()["type"], "/problems/not-allowed");
        }
        let request = t.outsider.request(method, path).json(body);
        t.outsider.send(request).await.expect(404);
        let stranger = app.stranger();
        let request = stranger.request(method, path).json(body);
        stranger.send(request).await.expect(401);
    }
    // Of another project the document is not there.
    let other = app.project(&t.owner).await;
    t.owner
        .get(&format!("/api/v1/projects/{other}/documents/{d}/text"))
        .await
        .expect(404);
    t.owner
        .patch(
            &format!("/api/v1/projects/{other}/documents/{d}"),
            json!({"author": "X"}),
        )
        .await
        .expect(404);
    t.lead.get(&t.path("/documents/999999")).await.expect(404);
    t.lead.get(&t.path("/documents/x")).await.expect(404);
});

both!(slices_count_code_points_in_every_script, |app| {
    let t = team(&app).await;
    // 0 👩, 1 ZWJ, 2 👧, 3 space, then Persian from 4 to 11 with a ZWNJ at 6, 12 space, Hebrew from 13 to 16.
    let text = "👩\u{200d}👧 مي\u{200c}خواهم שלום";
    let d = t.add(json!({"title": "A", "text": text})).await;
    assert_eq!(d["length"], 17);
    assert_eq!(d["direction"], "rtl");
    let path = t.path(&format!("/documents/{}/text", d["id"]));
    for (query, words) in [
        ("?start=0&end=3", "👩\u{200d}👧"),
        ("?start=4&end=7", "مي\u{200c}"),
        ("?start=13", "שלום"),
        ("?end=1", "👩"),
        ("?start=5&end=5", ""),
    ] {
        assert_eq!(
            t.coder
                .get(&format!("{path}{query}"))
                .await
                .expect(200)
                .text(),
            words,
            "{query}"
        );
    }
    for query in ["?start=-1", "?start=3&end=2", "?end=18", "?start=18"] {
        let answer = t.coder.get(&format!("{path}{query}")).await.expect(422);
        assert!(
            answer.json()["detail"].as_str().unwrap().contains("17"),
            "{query}"
        );
    }
});

both!(blocks_come_by_window_and_find_folds_spelling, |app| {
    let t = team(&app).await;
    let text: Vec<String> = (0..300)
        .map(|i| format!("Paragraph {i} speaks of كتاب."))
        .collect();
    let text = text.join("\n\n");
    let d = t.add(json!({"title": "A", "text": text})).await;
    let path = t.path(&format!("/documents/{}", d["id"]));
    let first = t
        .viewer
        .get(&format!("{path}/blocks?limit=500"))
        .await
        .expect(200)
        .json();
    assert_eq!(first["total"], 300);
    assert_eq!(first["items"].as_array().unwrap().len(), 200);
    assert_eq!(first["items"][0]["index"], 0);
    assert_eq!(first["items"][0]["text"], "Paragraph 0 speaks of كتاب.");
    assert_eq!(first["items"][0]["dir"], "ltr");
    assert_eq!(first["items"][0]["end"], 27);
    assert_eq!(first["items"][1]["start"], 29);
    let around = t
        .viewer
        .get(&format!("{path}/blocks?at=29&limit=4"))
        .await
        .expect(200)
        .json();
    let seen: Vec<i64> = around["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["index"].as_i64().unwrap())
        .collect();
    assert_eq!(seen, [0, 1, 2, 3]);
    let last = t
        .viewer
        .get(&format!("{path}/blocks?at=99999999&limit=4"))
        .await
        .expect(200)
        .json();
    assert_eq!(last["items"][3]["index"], 299);
    // Persian spelling finds the Arabic letters, at their place in the text as it stands.
    let hits = t
        .viewer
        .get(&format!("{path}/find?q=کتاب"))
        .await
        .expect(200)
        .json();
    assert_eq!(hits["total"], 300);
    assert_eq!(hits["items"][0], json!({"start": 22, "end": 26}));
    assert_eq!(hits["items"][1], json!({"start": 29 + 22, "end": 29 + 26}));
    let none = t
        .viewer
        .get(&format!("{path}/find?q=%20"))
        .await
        .expect(200)
        .json();
    assert_eq!(none["total"], 0);
    let long = "x".repeat(201);
    t.viewer
        .get(&format!("{path}/find?q={long}"))
        .await
        .expect(422);
});

both!(lists_filter_by_partial_dates_words_cases_and_more, |app| {
    let t = team(&app).await;
    let mut made = Vec::new();
    for (title, date, kind, language, case, author) in [
        ("Year", Some("2015"), "news", "en", "Iran", "Карим"),
        (
            "Month",
            Some("2015-09"),
            "statement",
            "ru",
            "Israel",
            "Levin",
        ),
        ("Day", Some("2015-09-30"), "news", "fa", "Iran", "Orlov"),
        (
            "Later",
            Some("2016-01-01"),
            "interview",
            "en",
            "Israel",
            "Orlov",
        ),
        ("Never", None, "other", "en", "Syria", "كريم"),
    ] {
        let d = t
            .add(json!({"title": title, "text": "words", "date": date, "type": kind, "language": language,
                "cases": [case], "author": author}))
            .await;
        made.push(d["id"].as_i64().unwrap());
    }
    let check = async |query: &str, wanted: &[usize]| {
        let list = t
            .viewer
            .get(&t.path(&format!("/documents?{query}")))
            .await
            .expect(200)
            .json();
        let wanted: Vec<i64> = wanted.iter().map(|i| made[*i]).collect();
        assert_eq!(ids(&list), wanted, "{query}");
    };
    check("", &[0, 1, 2, 3, 4]).await;
    check("date_from=2015-10-01", &[0, 3]).await;
    check("date_from=2015-09-30&date_to=2015-09-30", &[0, 1, 2]).await;
    check("date_to=2015-08", &[0]).await;
    check("date_to=2015", &[0, 1, 2]).await;
    check("date_from=2016", &[3]).await;
    check("type=news,interview", &[0, 2, 3]).await;
    check("language=fa,ru", &[1, 2]).await;
    check("case=Iran", &[0, 2]).await;
    check("case=Iran,Syria", &[0, 2, 4]).await;
    check("q=ORLOV", &[2, 3]).await;
    // A Persian kaf finds an Arabic one.
    check("q=کریم", &[4]).await;
    check("q=syria", &[4]).await;
    check("type=news&case=Iran&date_from=2015-09-29", &[0, 2]).await;
    t.viewer
        .get(&t.path("/documents?date_from=2015-9"))
        .await
        .expect(422);
    t.viewer
        .get(&t.path("/documents?assigned_to=somebody"))
        .await
        .expect(422);
    // Pages of two.
    let first = t
        .viewer
        .get(&t.path("/documents?limit=2"))
        .await
        .expect(200)
        .json();
    assert_eq!(ids(&first), made[..2]);
    let next = format!(
        "/documents?limit=2&cursor={}",
        first["next"].as_str().unwrap()
    );
    let second = t.viewer.get(&t.path(&next)).await.expect(200).json();
    assert_eq!(ids(&second), made[2..4]);
    let next = format!(
        "/documents?limit=2&cursor={}",
        second["next"].as_str().unwrap()
    );
    let last = t.viewer.get(&t.path(&next)).await.expect(200).json();
    assert_eq!((ids(&last), &last["next"]), (vec![made[4]], &Json::Null));
});

both!(corrections_follow_versions_and_can_be_undone, |app| {
    let t = team(&app).await;
    let d = t
        .add(json!({"title": "A", "text": "words", "cases": ["Iran"], "attributes": {"n": 1, "x": "y"}, "author": "Me"}))
        .await;
    let path = t.path(&format!("/documents/{}", d["id"]));
    let patch = async |version: &str, body: Json| {
        let request = t
            .lead
            .request("PATCH", &path)
            .header("if-match", version)
            .json(&body);
        t.lead.send(request).await
    };
    let changed = patch("\"1\"", json!({"title": "B", "author": null, "cases": ["Israel"], "attributes": {"x": null, "n": 2.5}}))
        .await
        .expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.json();
    assert_eq!(
        (&changed["title"], &changed["author"]),
        (&json!("B"), &Json::Null)
    );
    assert_eq!(changed["cases"], json!(["Israel"]));
    assert_eq!(changed["attributes"], json!({"n": 2.5}));
    let stale = patch("\"1\"", json!({"title": "C"}))
        .await
        .expect(409)
        .json();
    assert_eq!(stale["current"]["title"], "B");
    assert_eq!(stale["current"]["version"], 2);
    // A number's attribute takes no words, and nothing else of the change is kept then.
    let refused = patch("\"2\"", json!({"title": "C", "attributes": {"n": "many"}}))
        .await
        .expect(422)
        .json();
    assert_eq!(refused["errors"][0]["field"], "attributes.n");
    // What changes nothing makes no version.
    let same = patch("\"2\"", json!({"title": " B "})).await.expect(200);
    assert_eq!(same.header("etag"), "\"2\"");
    for _ in 0..2 {
        t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
        let back = t.viewer.get(&path).await.expect(200).json();
        assert_eq!(
            (&back["title"], &back["author"]),
            (&json!("A"), &json!("Me"))
        );
        assert_eq!(
            (&back["cases"], &back["attributes"]),
            (&json!(["Iran"]), &json!({"n": 1, "x": "y"}))
        );
        t.lead.post(&t.path("/redo"), json!({})).await.expect(200);
        let again = t.viewer.get(&path).await.expect(200).json();
        assert_eq!(
            (&again["title"], &again["cases"]),
            (&json!("B"), &json!(["Israel"]))
        );
    }
});

both!(removal_sets_aside_and_undo_brings_back, |app| {
    let t = team(&app).await;
    let d = t
        .add(json!({"title": "A", "text": "words", "cases": ["Iran"]}))
        .await;
    let path = t.path(&format!("/documents/{}", d["id"]));
    let stale = t.lead.request("DELETE", &path).header("if-match", "\"9\"");
    t.lead.send(stale).await.expect(409);
    t.lead.delete(&path).await.expect(204);
    for gone in [
        path.clone(),
        format!("{path}/text"),
        format!("{path}/blocks"),
        format!("{path}/assignments"),
    ] {
        t.viewer.get(&gone).await.expect(404);
    }
    assert!(ids(&t.viewer.get(&t.path("/documents")).await.json()).is_empty());
    assert_eq!(app.count("SELECT COUNT(*) FROM documents").await, 1);
    t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
    let back = t.viewer.get(&path).await.expect(200).json();
    assert_eq!(
        (&back["title"], &back["cases"]),
        (&json!("A"), &json!(["Iran"]))
    );
    assert_eq!(
        t.viewer
            .get(&format!("{path}/text"))
            .await
            .expect(200)
            .text(),
        "words"
    );
    // Undo once more: it had never been made.
    t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
    t.viewer.get(&path).await.expect(404);
    t.lead.post(&t.path("/redo"), json!({})).await.expect(200);
    t.viewer.get(&path).await.expect(200);
});

both!(files_go_in_each_with_its_own_outcome, |app| {
    let t = team(&app).await;
    let cp1251: Vec<u8> = {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(
            "Россия и Иран подписали договор о всеобъемлющем стратегическом партнёрстве, и Москва приветствовала это решение.",
        );
        bytes.into_owned()
    };
    let utf16: Vec<u8> = std::iter::once(0xFEFF_u16)
        .chain("שלום לכולם".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let html = b"<html><head><title>Talks resume</title></head><body><h1>Talks</h1><p>One</p><script>alert(1)</script></body></html>";
    let files: Vec<(&str, &[u8])> = vec![
        ("a.txt", b"First\r\nline"),
        ("picture.png", b"\x89PNG\r\n\x1a\nxxxx"),
        ("empty.txt", b""),
        ("b.txt", &cp1251),
        ("../../c.txt", &utf16),
        ("again.txt", b"First\r\nline"),
        ("page.html", html),
        ("broken.docx", b"PK\x03\x04 not really"),
    ];
    let answer = t.upload(&files).await.expect(200).json();
    let items = answer["items"].as_array().unwrap();
    let told: Vec<(&str, &str)> = items
        .iter()
        .map(|i| (i["file"].as_str().unwrap(), i["status"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("a.txt", "imported"),
            ("picture.png", "failed"),
            ("empty.txt", "failed"),
            ("b.txt", "imported"),
            ("c.txt", "imported"),
            ("again.txt", "duplicate"),
            ("page.html", "imported"),
            ("broken.docx", "failed"),
        ]
    );
    assert_eq!(items[5]["document"], items[0]["document"]);
    assert_eq!(items[1]["problem"]["type"], "/problems/unsupported-format");
    assert_eq!(items[2]["problem"]["type"], "/problems/empty");
    assert_eq!(items[7]["problem"]["type"], "/problems/damaged");
    for failed in [1, 2, 7] {
        assert!(
            items[failed]["problem"]["detail"]
                .as_str()
                .unwrap()
                .ends_with('.')
        );
        assert!(items[failed].get("document").is_none());
    }
    let read = async |i: usize| {
        let path = t.path(&format!("/documents/{}", items[i]["document"]));
        (
            t.viewer.get(&path).await.expect(200).json(),
            t.viewer
                .get(&format!("{path}/text"))
                .await
                .expect(200)
                .text(),
            t.viewer.get(&format!("{path}/original")).await.expect(200),
        )
    };
    let (a, text, original) = read(0).await;
    assert_eq!(
        (a["title"].as_str(), text.as_str()),
        (Some("a"), "First\nline")
    );
    assert_eq!(original.bytes, b"First\r\nline");
    assert_eq!(a["original"]["size"], 11);
    assert_eq!(
        a["original"]["sha256"],
        concord::secrets::hash("First\r\nline")
    );
    let (b, text, original) = read(3).await;
    assert!(text.starts_with("Россия и Иран"));
    assert_eq!(
        (&b["encoding"], &b["language"]),
        (&json!("windows-1251"), &json!("ru"))
    );
    assert_eq!(original.bytes, cp1251);
    let (c, text, original) = read(4).await;
    assert_eq!(
        (text.as_str(), &c["direction"]),
        ("שלום לכולם", &json!("rtl"))
    );
    assert_eq!(original.bytes, utf16);
    // A page from elsewhere comes back as a download that can run nothing.
    let (page, text, original) = read(6).await;
    assert_eq!(
        (page["title"].as_str(), text.as_str()),
        (Some("Talks resume"), "Talks\n\nOne")
    );
    assert_eq!(original.bytes, html);
    assert_eq!(
        original.header("content-disposition"),
        "attachment; filename=\"page.html\"; filename*=UTF-8''page.html"
    );
    assert_eq!(original.header("x-content-type-options"), "nosniff");
    assert!(
        original
            .header("content-security-policy")
            .contains("sandbox")
    );
    // One undo takes the whole upload back.
    t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
    assert!(ids(&t.viewer.get(&t.path("/documents")).await.json()).is_empty());
    // What was set aside is no duplicate.
    let again = t
        .upload(&[("a.txt", b"First\r\nline")])
        .await
        .expect(200)
        .json();
    assert_eq!(again["items"][0]["status"], "imported");
    let none = reqwest::multipart::Form::new().text("type", "news");
    t.send_form(none).await.expect(422);
});

both!(tables_and_archives_give_an_item_for_each_document, |app| {
    let t = team(&app).await;
    let csv = "headline;body;date;type;genre;score\nOne;First text;2015-09;news;essay;1\nTwo;;2016;news;essay;2\nThree;Third text;2017-13;poem;verse;3\n";
    let answer = t
        .upload(&[("t.csv", csv.as_bytes())])
        .await
        .expect(200)
        .json();
    let items = answer["items"].as_array().unwrap();
    let told: Vec<(i64, &str)> = items
        .iter()
        .map(|i| (i["row"].as_i64().unwrap(), i["status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(1, "imported"), (2, "failed"), (3, "imported")]);
    assert_eq!(items[1]["problem"]["type"], "/problems/no-text");
    let one = t
        .viewer
        .get(&t.path(&format!("/documents/{}", items[0]["document"])))
        .await
        .json();
    assert_eq!(
        (&one["title"], &one["type"], &one["date"]),
        (&json!("One"), &json!("news"), &json!("2015-09"))
    );
    assert_eq!(one["attributes"], json!({"genre": "essay", "score": "1"}));
    let three = t
        .viewer
        .get(&t.path(&format!("/documents/{}", items[2]["document"])))
        .await
        .json();
    assert_eq!(
        (&three["type"], &three["date"]),
        (&json!("other"), &Json::Null)
    );
    assert_eq!(
        three["attributes"],
        json!({"date": "2017-13", "genre": "verse", "score": "3", "type": "poem"})
    );
    let known = t
        .upload(&[("t.csv", csv.as_bytes())])
        .await
        .expect(200)
        .json();
    assert_eq!(known["items"][0]["status"], "duplicate");
    // Columns by choice.
    let form = reqwest::multipart::Form::new()
        .text("type", "interview")
        .text("case", "Iran")
        .text(
            "columns",
            json!({"text": ["q", "a"], "title": "who"}).to_string(),
        )
        .part(
            "file",
            reqwest::multipart::Part::bytes("who,q,a\nAnna,Why?,Because.\n".as_bytes().to_vec())
                .file_name("i.csv"),
        );
    let chosen = t.send_form(form).await.expect(200).json();
    let path = t.path(&format!("/documents/{}", chosen["items"][0]["document"]));
    assert_eq!(
        t.viewer.get(&format!("{path}/text")).await.text(),
        "Why?\n\nBecause."
    );
    let d = t.viewer.get(&path).await.json();
    assert_eq!(
        (&d["title"], &d["type"], &d["cases"]),
        (&json!("Anna"), &json!("interview"), &json!(["Iran"]))
    );

    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("a/one.txt", &b"one"[..]),
        ("two.bin", b"\x00\x01\x02\x03"),
        ("three.md", b"# Three\n\nwords"),
    ] {
        use std::io::Write;
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let answer = t.upload(&[("z.zip", &zip)]).await.expect(200).json();
    let items = answer["items"].as_array().unwrap();
    let told: Vec<(&str, &str)> = items
        .iter()
        .map(|i| (i["file"].as_str().unwrap(), i["status"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("a/one.txt", "imported"),
            ("two.bin", "failed"),
            ("three.md", "imported")
        ]
    );
    assert_eq!(items[0]["archive"], "z.zip");
    let original = t
        .viewer
        .get(&t.path(&format!("/documents/{}/original", items[0]["document"])))
        .await
        .expect(200);
    assert_eq!(original.bytes, b"one");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_over_the_limit_is_refused_and_the_others_go_in() {
    let app = TestApp::sqlite().await;
    let small = app
        .beside(|config| {
            config.limits.file_bytes = 1_000;
            config.limits.code_points = 500;
        })
        .await;
    let mut t = team(&app).await;
    t.lead = t.lead.at(&small);
    let (big, long) = (vec![b'a'; 1_001], vec![b'b'; 501]);
    let answer = t
        .upload(&[
            ("big.txt", &big),
            ("long.txt", &long),
            ("small.txt", b"small"),
        ])
        .await
        .expect(200)
        .json();
    let told: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["status"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["failed", "failed", "imported"]);
    for i in [0, 1] {
        assert_eq!(answer["items"][i]["problem"]["type"], "/problems/too-large");
    }
    let long = "c".repeat(501);
    let refused = t
        .lead
        .post(&t.path("/documents"), json!({"title": "A", "text": long}))
        .await
        .expect(413);
    assert!(refused.json()["detail"].as_str().unwrap().contains("500"));
}

both!(assignments_belong_to_coders_and_keep_their_state, |app| {
    let t = team(&app).await;
    let d = t.add(json!({"title": "A", "text": "words"})).await["id"].clone();
    let path = t.path(&format!("/documents/{d}/assignments"));
    let state = |list: &Json| -> Vec<(i64, String)> {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| {
                (
                    a["user"]["id"].as_i64().unwrap(),
                    a["state"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let (lead, coder) = (t.lead.id, t.coder.id);
    let set = t
        .lead
        .put(&path, json!({"coders": [coder, lead]}))
        .await
        .expect(200)
        .json();
    let mut wanted = vec![(lead, "todo".to_owned()), (coder, "todo".to_owned())];
    wanted.sort();
    assert_eq!(state(&set), wanted);
    // Reviewers do not code; strangers are no members.
    for id in [t.reviewer.id, t.outsider.id, 999_999] {
        let refused = t
            .lead
            .put(&path, json!({"coders": [id]}))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["field"], "coders");
    }
    let mine = t
        .coder
        .patch(&format!("{path}/me"), json!({"state": "done"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&mine["state"], &mine["user"]["id"]),
        (&json!("done"), &json!(coder))
    );
    t.coder
        .patch(&format!("{path}/me"), json!({"state": "finished"}))
        .await
        .expect(422);
    t.coder
        .patch(&format!("{path}/{lead}"), json!({"state": "done"}))
        .await
        .expect(403);
    t.reviewer
        .patch(&format!("{path}/me"), json!({"state": "done"}))
        .await
        .expect(403);
    t.lead
        .patch(&format!("{path}/{}", t.owner.id), json!({"state": "done"}))
        .await
        .expect(404);
    // Who stays keeps her state.
    let set = t
        .lead
        .put(&path, json!({"coders": [coder]}))
        .await
        .expect(200)
        .json();
    assert_eq!(state(&set), [(coder, "done".to_owned())]);
    let filtered = async |who: &Client, query: &str| {
        ids(&who
            .get(&t.path(&format!("/documents?{query}")))
            .await
            .expect(200)
            .json())
        .len()
    };
    assert_eq!(filtered(&t.coder, "assigned_to=me").await, 1);
    assert_eq!(filtered(&t.coder, "assigned_to=me&state=todo").await, 0);
    assert_eq!(
        filtered(&t.viewer, &format!("assigned_to={coder}&state=done")).await,
        1
    );
    assert_eq!(filtered(&t.lead, "assigned_to=me").await, 0);
    // `me` takes the document on; another coder's undo is not in its way.
    let own = t
        .owner
        .patch(&format!("{path}/me"), json!({"state": "in_progress"}))
        .await
        .expect(200)
        .json();
    assert_eq!(own["state"], "in_progress");
    t.coder.post(&t.path("/undo"), json!({})).await.expect(200);
    t.owner.post(&t.path("/undo"), json!({})).await.expect(200);
    let now = t.viewer.get(&path).await.expect(200).json();
    assert_eq!(state(&now), [(coder, "todo".to_owned())]);
});

both!(two_coders_of_one_document_undo_their_own_state, |app| {
    let t = team(&app).await;
    let d = t.add(json!({"title": "A", "text": "words"})).await["id"].clone();
    let path = t.path(&format!("/documents/{d}/assignments"));
    t.coder
        .patch(&format!("{path}/me"), json!({"state": "done"}))
        .await
        .expect(200);
    t.owner
        .patch(&format!("{path}/me"), json!({"state": "done"}))
        .await
        .expect(200);
    t.coder.post(&t.path("/undo"), json!({})).await.expect(200);
    let now = t.viewer.get(&path).await.expect(200).json();
    assert_eq!(now["items"].as_array().unwrap().len(), 1);
    assert_eq!(now["items"][0]["user"]["id"], t.owner.id);
});

both!(many_are_changed_at_once_or_none, |app| {
    let t = team(&app).await;
    let mut made = Vec::new();
    for i in 0..4 {
        let d = t
            .add(json!({"title": format!("D{i}"), "text": "words", "cases": ["Iran"]}))
            .await;
        made.push(d["id"].as_i64().unwrap());
    }
    let bulk = t.path("/documents/bulk");
    t.lead
        .post(
            &bulk,
            json!({"documents": [made[0], 999_999], "type": "news"}),
        )
        .await
        .expect(404);
    t.lead
        .post(&bulk, json!({"documents": made, "type": "poem"}))
        .await
        .expect(422);
    t.lead
        .post(&bulk, json!({"documents": [], "type": "news"}))
        .await
        .expect(422);
    let news = async || ids(&t.viewer.get(&t.path("/documents?type=news")).await.json());
    assert!(news().await.is_empty());
    let done = t
        .lead
        .post(&bulk, json!({"documents": made[..3], "type": "news", "language": "fa", "add_cases": ["Israel"], "remove_cases": ["Iran"]}))
        .await
        .expect(200)
        .json();
    assert_eq!(done["documents"], 3);
    assert_eq!(news().await, made[..3]);
    let d = t
        .viewer
        .get(&t.path(&format!("/documents/{}", made[0])))
        .await
        .json();
    assert_eq!(
        (&d["language"], &d["cases"]),
        (&json!("fa"), &json!(["Israel"]))
    );
    t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
    assert!(news().await.is_empty());
    // Owner, lead and coder code: four documents, one each, nobody more than two.
    t.lead
        .post(&bulk, json!({"documents": made, "assign": "spread"}))
        .await
        .expect(200);
    let load =
        async |who: &Client| ids(&who.get(&t.path("/documents?assigned_to=me")).await.json()).len();
    let mut loads = [
        load(&t.owner).await,
        load(&t.lead).await,
        load(&t.coder).await,
    ];
    loads.sort_unstable();
    assert_eq!(loads, [1, 1, 2]);
    t.lead
        .post(&bulk, json!({"documents": made, "assign": "everyone"}))
        .await
        .expect(200);
    assert_eq!(load(&t.coder).await, 4);
    t.lead
        .post(&bulk, json!({"documents": made[1..], "remove": true}))
        .await
        .expect(200);
    assert_eq!(
        ids(&t.viewer.get(&t.path("/documents")).await.json()),
        made[..1]
    );
    t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
    assert_eq!(ids(&t.viewer.get(&t.path("/documents")).await.json()), made);
});

both!(
    metadata_from_a_table_is_shown_first_and_all_or_nothing,
    |app| {
        let t = team(&app).await;
        t.upload(&[("a.txt", b"words of a"), ("b.txt", b"words of b")])
            .await
            .expect(200);
        let c = t
            .add(json!({"title": "C", "text": "words", "attributes": {"score": 1}}))
            .await["id"]
            .clone();
        let send = async |csv: String, dry: bool| {
            let path = t.path(&format!("/documents/metadata?dry_run={dry}"));
            let request = t
                .lead
                .request("POST", &path)
                .header("content-type", "text/csv")
                .body(csv);
            t.lead.send(request).await
        };
        let good = format!(
            "id,file,title,type,date,language,cases,author,score\n,a.txt,The first,Field notes,30.09.2015,Persian,Iran; Israel,,7\n{c},,,,2016,,,Levin,\n,,b,,,,,,\n"
        );
        let plan = send(good.clone(), true).await.expect(200).json();
        assert_eq!(
            (&plan["problems"], &plan["unchanged"]),
            (&json!(0), &json!(1))
        );
        let fields: Vec<&str> = plan["rows"][0]["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["field"].as_str().unwrap())
            .collect();
        assert_eq!(
            fields,
            [
                "title",
                "type",
                "date",
                "language",
                "cases",
                "attributes.score"
            ]
        );
        // Only looked at.
        let unchanged = t.viewer.get(&t.path("/documents?q=first")).await.json();
        assert!(ids(&unchanged).is_empty());
        let bad = format!("id,title,date,score\n{c},,someday,\n,Nobody,2015,\n,b,2015,many\n");
        let plan = send(bad.clone(), true).await.expect(200).json();
        assert_eq!(plan["problems"], 3);
        send(bad, false).await.expect(422);
        let b = t.viewer.get(&t.path("/documents?q=b.txt")).await.json();
        assert_eq!(b["items"][0]["date"], Json::Null);
        send(good, false).await.expect(200);
        let a = t.viewer.get(&t.path("/documents?q=a.txt")).await.json()["items"][0].clone();
        assert_eq!(
            (&a["title"], &a["type"], &a["date"]),
            (
                &json!("The first"),
                &json!("field_notes"),
                &json!("2015-09-30")
            )
        );
        assert_eq!(
            (&a["language"], &a["cases"], &a["attributes"]["score"]),
            (&json!("fa"), &json!(["Iran", "Israel"]), &json!(7))
        );
        let c = t
            .viewer
            .get(&t.path(&format!("/documents/{c}")))
            .await
            .json();
        assert_eq!(
            (&c["author"], &c["date"], &c["attributes"]["score"]),
            (&json!("Levin"), &json!("2016"), &json!(1))
        );
        // One undo for the whole table.
        t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
        assert!(ids(&t.viewer.get(&t.path("/documents?q=first")).await.json()).is_empty());
        let no_table = t
            .lead
            .request("POST", &t.path("/documents/metadata"))
            .body("");
        t.lead.send(no_table).await.expect(422);
    }
);

both!(cases_and_attributes_are_renamed_and_come_back, |app| {
    let t = team(&app).await;
    let d = t.add(json!({"title": "A", "text": "words", "cases": ["Iran"], "attributes": {"year": "2015"}})).await["id"].clone();
    let one = async || {
        t.viewer
            .get(&t.path(&format!("/documents/{d}")))
            .await
            .expect(200)
            .json()
    };
    let cases = t.viewer.get(&t.path("/cases")).await.expect(200).json();
    let case = cases["items"][0].clone();
    assert_eq!(
        (&case["name"], &case["documents"]),
        (&json!("Iran"), &json!(1))
    );
    let path = t.path(&format!("/cases/{}", case["id"]));
    t.lead
        .patch(&path, json!({"name": "Islamic Republic of Iran"}))
        .await
        .expect(200);
    assert_eq!(one().await["cases"], json!(["Islamic Republic of Iran"]));
    t.lead
        .post(&t.path("/cases"), json!({"name": "Israel"}))
        .await
        .expect(201);
    t.lead
        .post(&t.path("/cases"), json!({"name": " Israel "}))
        .await
        .expect(422);
    t.lead
        .patch(&path, json!({"name": "Israel"}))
        .await
        .expect(422);
    t.lead.delete(&path).await.expect(204);
    assert_eq!(one().await["cases"], json!([]));
    t.lead.post(&t.path("/undo"), json!({})).await.expect(200);
    assert_eq!(one().await["cases"], json!(["Islamic Republic of Iran"]));
    let attributes = t
        .viewer
        .get(&t.path("/attributes"))
        .await
        .expect(200)
        .json();
    let path = t.path(&format!("/attributes/{}", attributes["items"][0]["id"]));
    t.lead
        .patch(&path, json!({"kind": "boolean"}))
        .await
        .expect(422);
    t.lead
        .patch(&path, json!({"kind": "number", "name": "published"}))
        .await
        .expect(200);
    assert_eq!(one().await["attributes"], json!({"published": 2015}));
});

both!(the_pages_work_without_scripts, |app| {
    let t = team(&app).await;
    let lead = app.browser(&t.lead).await;
    let base = format!("/projects/{}/documents", t.project);
    let empty = lead.get(&base).await.expect(200).text();
    assert!(empty.contains("Documents are what your team reads and codes"));
    let form = reqwest::multipart::Form::new()
        .part(
            "file",
            reqwest::multipart::Part::bytes(b"good words".to_vec()).file_name("good.txt"),
        )
        .part(
            "file",
            reqwest::multipart::Part::bytes(b"\x89PNG\r\n\x1a\n".to_vec()).file_name("bad.png"),
        );
    let sent = lead
        .request("POST", &format!("{base}/upload"))
        .multipart(form);
    let page = plain(&lead.send(sent).await.expect(200));
    assert!(
        page.contains("Added: one paragraph")
            && page.contains("Left out: this kind of file is not read.")
    );
    lead.form(
        &format!("{base}/paste"),
        &[("title", ""), ("text", "kept <b>words</b>")],
    )
    .await
    .expect(422)
    .text()
    .contains("kept &#60;b&#62;words")
    .then_some(())
    .expect("the words that were typed");
    let made = lead
        .form(
            &format!("{base}/paste"),
            &[("title", "Pasted"), ("text", "words & more")],
        )
        .await
        .expect(303);
    let detail = made
        .header("location")
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let page = lead.get(&detail).await.expect(200).text();
    assert!(page.contains("<h1><bdi>Pasted</bdi></h1>"));
    let fields = [
        ("version", "1"),
        ("title", "Pasted"),
        ("type", "news"),
        ("date", "2015-9"),
        ("cases", "Iran; Israel"),
        ("language", ""),
    ];
    let wrong = lead.form(&detail, &fields).await.expect(422).text();
    assert!(wrong.contains("Write a date as 2015-09-30") && wrong.contains("value=\"2015-9\""));
    let fields = [
        ("version", "1"),
        ("title", "Pasted"),
        ("type", "news"),
        ("date", "2015-09"),
        ("cases", "Iran; Israel"),
        ("language", "en"),
        ("new-attribute", "score"),
        ("new-attribute-kind", "number"),
        ("new-attribute-value", "3"),
    ];
    lead.form(&detail, &fields).await.expect(303);
    let id: i64 = detail.rsplit('/').next().unwrap().parse().unwrap();
    let d = t
        .viewer
        .get(&t.path(&format!("/documents/{id}")))
        .await
        .json();
    assert_eq!(
        (&d["type"], &d["date"], &d["cases"]),
        (
            &json!("news"),
            &json!("2015-09"),
            &json!(["Iran", "Israel"])
        )
    );
    assert_eq!(d["attributes"], json!({"score": 3}));
    let stale = lead.form(&detail, &fields).await.expect(409).text();
    assert!(stale.contains("What you typed is still here"));
    // The list, sorted and filtered; a change to the one selected; removal and undo.
    let list = lead
        .get(&format!("{base}?type=news&sort=title"))
        .await
        .expect(200)
        .text();
    assert!(
        list.contains("Pasted")
            && !list.contains(">good<")
            && list.contains("aria-sort=\"ascending\"")
    );
    let moved = lead
        .form(
            &format!("{base}/bulk"),
            &[
                ("document", &id.to_string()),
                ("action", "language"),
                ("language", "ru"),
                ("back", "type=news"),
            ],
        )
        .await
        .expect(303);
    assert_eq!(
        moved.header("location"),
        format!("{base}?type=news&notice=changed&n=1")
    );
    let gone = lead
        .form(
            &format!("{base}/bulk"),
            &[("document", &id.to_string()), ("action", "remove")],
        )
        .await
        .expect(303);
    let list = plain(&lead.get(gone.header("location")).await.expect(200));
    assert!(list.contains("One document was removed") && list.contains(&format!("{base}/restore")));
    lead.form(&format!("{base}/restore"), &[("document", &id.to_string())])
        .await
        .expect(303);
    t.viewer
        .get(&t.path(&format!("/documents/{id}")))
        .await
        .expect(200);
    // Those who only read see no way to change.
    let viewer = app.browser(&t.viewer).await;
    let page = viewer.get(&base).await.expect(200).text();
    assert!(
        !page.contains("bulk-form\">")
            && !page.contains("type=\"file\"")
            && !page.contains("name=\"action\"")
    );
    viewer
        .form(
            &format!("{base}/bulk"),
            &[("document", "1"), ("action", "remove")],
        )
        .await
        .expect(403);
    viewer.get(&format!("{base}/paste")).await.expect(403);
});

both!(a_table_is_chosen_column_by_column, |app| {
    let t = team(&app).await;
    let lead = app.browser(&t.lead).await;
    let base = format!("/projects/{}/documents", t.project);
    let csv = "nr,question,answer\n1,Why?,Because.\n2,How?,So.\n";
    let part = || reqwest::multipart::Part::bytes(csv.as_bytes().to_vec()).file_name("talk.csv");
    let sent = lead
        .request("POST", &format!("{base}/table"))
        .multipart(reqwest::multipart::Form::new().part("file", part()));
    let page = plain(&lead.send(sent).await.expect(200));
    assert!(page.contains("Because.") && page.contains("2 rows"));
    let sha = concord::secrets::hash(csv);
    assert!(page.contains(&sha));
    let done = lead
        .form(
            &format!("{base}/table/import"),
            &[
                ("sha256", &sha),
                ("name", "talk.csv"),
                ("text", "question"),
                ("text", "answer"),
                ("title", "question"),
            ],
        )
        .await
        .expect(200);
    assert!(plain(&done).contains("2 documents were added."));
    let list = t.viewer.get(&t.path("/documents?q=why")).await.json();
    assert_eq!(list["items"][0]["attributes"], json!({"nr": "1"}));
    lead.form(
        &format!("{base}/table/import"),
        &[("sha256", "../../../etc/passwd"), ("name", "x.csv")],
    )
    .await
    .expect(404);
    // Metadata, shown before it is done.
    let table = "title,author\nWhy?,Anna\n";
    let form = reqwest::multipart::Form::new().part(
        "file",
        reqwest::multipart::Part::bytes(table.as_bytes().to_vec()).file_name("m.csv"),
    );
    let sent = lead
        .request("POST", &format!("{base}/metadata"))
        .multipart(form);
    let page = plain(&lead.send(sent).await.expect(200));
    assert!(
        page.contains("one document would change") && page.contains("<ins><bdi>Anna</bdi></ins>")
    );
    let digest = page
        .split("name=\"digest\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let fields = |digest: &str| {
        [
            ("sha256".to_owned(), concord::secrets::hash(table)),
            ("name".to_owned(), "m.csv".to_owned()),
            ("digest".to_owned(), digest.to_owned()),
        ]
    };
    let moved = fields("something else");
    let moved: Vec<(&str, &str)> = moved
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let again = lead
        .form(&format!("{base}/metadata/apply"), &moved)
        .await
        .expect(422)
        .text();
    assert!(again.contains("Look again at what would change now."));
    let right = fields(&digest);
    let right: Vec<(&str, &str)> = right
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    lead.form(&format!("{base}/metadata/apply"), &right)
        .await
        .expect(303);
    let list = t.viewer.get(&t.path("/documents?q=anna")).await.json();
    assert_eq!(list["items"][0]["title"], "Why?");
});

both!(an_idempotency_key_makes_one_document, |app| {
    let t = team(&app).await;
    let send = async || {
        let request = t
            .lead
            .request("POST", &t.path("/documents"))
            .header("idempotency-key", "k1")
            .json(&json!({"title": "A", "text": "words"}));
        t.lead.send(request).await.expect(201).json()
    };
    assert_eq!(send().await["id"], send().await["id"]);
    assert_eq!(app.count("SELECT COUNT(*) FROM documents").await, 1);
});
