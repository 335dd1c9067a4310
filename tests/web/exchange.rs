//! Downloads: every format to the letter, on both databases; filters, roles, and what a blind round hides.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use concord::activity::Batch;
use concord::args;
use concord::codebook;
use concord::coding::Filter;
use concord::exchange::store::{Reader, Scope};
use concord::projects::{Role, Visibility};
use uuid::Uuid;

use crate::both;
use crate::harness::{Answer, Client, TestApp};
use crate::study::{self, Study, execute};

/// 2023-11-14T22:13:20.000Z.
const WHEN: i64 = 1_700_000_000_000;

/// One coding, as little of it as a test cares for.
#[derive(Clone)]
struct Row<'a> {
    document: i64,
    code: i64,
    coder: i64,
    layer: &'a str,
    at: (i64, i64),
    quote: &'a str,
    memo: Option<&'a str>,
    weight: Option<f64>,
    round: Option<i64>,
}

async fn put(app: &TestApp, project: i64, row: Row<'_>) -> i64 {
    let mut tx = app.state.db.begin().await.unwrap();
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO codings (guid, project_id, document_id, revision, code_id, coder_id, layer, start_pos, end_pos, quote,
                before, after, memo, weight, codebook_version, round_id, version, created_at, updated_at)
             VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, 'b', 'a', $10, $11, 2, $12, 1, $13, $14) RETURNING id",
            args![
                Uuid::new_v4(),
                project,
                row.document,
                row.code,
                row.coder,
                row.layer,
                row.at.0,
                row.at.1,
                row.quote,
                row.memo,
                row.weight,
                row.round,
                WHEN,
                WHEN + 1
            ],
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// A study with two documents, three codes and codings that hold what breaks formats.
struct Coded {
    study: Study,
    plain: i64,
    heading: i64,
    gas: i64,
    ids: Vec<i64>,
}

impl Coded {
    async fn new(app: &TestApp) -> Coded {
        let study = Study::new(app).await;
        let p = study.p;
        let plain =
            study::document(app, p, study.owner.id, "=1+1. Second sentence.\nLast line").await;
        let heading = study::code(app, p, None, "Energy > oil", None).await;
        let gas = study::code(app, p, Some(heading), "Gas", None).await;
        execute(
            app,
            "UPDATE codes SET is_codable = FALSE WHERE id = $1",
            args![heading],
        )
        .await;
        execute(
            app,
            "UPDATE documents SET title = $2, doc_type = 'news', date = '2015-09', language = 'fa' WHERE id = $1",
            args![study.document, "A \"quoted\",\ntitle"],
        )
        .await;
        execute(
            app,
            "UPDATE documents SET title = '=SUM(A1)', date = '2020', language = 'en' WHERE id = $1",
            args![plain],
        )
        .await;
        for (id, name) in [(1_i64, "Israel"), (2, "Iran")] {
            execute(
                app,
                "INSERT INTO cases (id, guid, project_id, name, created_at) VALUES ($1, $2, $3, $4, 0)",
                args![id, Uuid::new_v4(), p, name],
            )
            .await;
            execute(
                app,
                "INSERT INTO document_cases (document_id, case_id) VALUES ($1, $2)",
                args![study.document, id],
            )
            .await;
        }
        for (id, name, kind) in [(1_i64, "speaker", "text"), (2, "Pages", "number")] {
            execute(
                app,
                "INSERT INTO attributes (id, guid, project_id, name, kind, created_at) VALUES ($1, $2, $3, $4, $5, 0)",
                args![id, Uuid::new_v4(), p, name, kind],
            )
            .await;
        }
        execute(
            app,
            "INSERT INTO document_attributes (document_id, attribute_id, value) VALUES ($1, 1, '@minister'), ($1, 2, '12')",
            args![study.document],
        )
        .await;
        let row = Row {
            document: study.document,
            code: study.code,
            coder: study.anna.id,
            layer: "coder",
            at: (19, 24),
            quote: "👩\u{200d}👦\u{200d}👧",
            memo: None,
            weight: None,
            round: None,
        };
        let mut ids = Vec::new();
        for row in [
            // 0: emoji.
            row.clone(),
            // 1: the second document, which must stand last.
            Row {
                document: plain,
                at: (0, 4),
                quote: "=1+1",
                memo: Some("=cmd|' /C calc'!A0"),
                ..row.clone()
            },
            // 2: Persian, with a weight and a memo of two lines.
            Row {
                code: gas,
                coder: study.ben.id,
                at: (27, 35),
                quote: "تحریم\u{200c}ها",
                memo: Some("one\ntwo"),
                weight: Some(-0.5),
                ..row.clone()
            },
            // 3 and 4: one passage, two coders, two codes.
            Row {
                coder: study.ben.id,
                at: (9, 18),
                quote: "sanctions",
                ..row.clone()
            },
            Row {
                code: gas,
                at: (9, 18),
                quote: "sanctions",
                weight: Some(2.0),
                ..row.clone()
            },
            // 5: what adjudication decided.
            Row {
                coder: study.lead.id,
                layer: "consensus",
                at: (9, 18),
                quote: "sanctions",
                ..row.clone()
            },
        ] {
            ids.push(put(app, p, row).await);
        }
        Coded {
            study,
            plain,
            heading,
            gas,
            ids,
        }
    }

    async fn export(&self, who: &Client, path: &str) -> Answer {
        who.get(&self.study.path(&format!("/export/{path}"))).await
    }

    /// The ids that a CSV holds, in its order.
    async fn exported(&self, who: &Client, query: &str) -> Vec<i64> {
        let answer = self.export(who, &format!("csv?{query}")).await.expect(200);
        csv_rows(&answer.bytes)
            .iter()
            .skip(1)
            .map(|r| r[0].parse().unwrap())
            .collect()
    }
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes)
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

both!(csv_is_the_table_of_the_contract_to_the_letter, |app| {
    let coded = Coded::new(&app).await;
    let (s, ids) = (&coded.study, &coded.ids);
    let answer = coded.export(&s.lead, "csv").await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"codings.csv\"; filename*=UTF-8''Study%20codings.csv"
    );
    let (anna, ben, lead) = (s.anna.id, s.ben.id, s.lead.id);
    let (d, plain, code, gas) = (s.document, coded.plain, s.code, coded.gas);
    let head = format!("Study,{d},\"A \"\"quoted\"\",\ntitle\",news,2015-09,fa,Iran; Israel");
    let tail = "2,2023-11-14T22:13:20.000Z,2023-11-14T22:13:20.001Z,12,@minister\r\n";
    let wanted = [
        "coding_id,project,document_id,document_title,document_type,document_date,language,cases,code_id,code_path,code_name,\
         coder_id,coder,layer,round,start,end,length,quote,before,after,memo,weight,codebook_version,created_at,updated_at,\
         attr_Pages,attr_speaker\r\n"
            .to_owned(),
        // "Energy" stands before "sanctions"; anna before ben before lena.
        format!("{},{head},{gas},Energy \\> oil > Gas,Gas,{anna},anna,coder,,9,18,9,sanctions,b,a,,2,{tail}", ids[4]),
        format!("{},{head},{code},sanctions,sanctions,{ben},ben,coder,,9,18,9,sanctions,b,a,,,{tail}", ids[3]),
        format!("{},{head},{code},sanctions,sanctions,{lead},lena,consensus,,9,18,9,sanctions,b,a,,,{tail}", ids[5]),
        format!("{},{head},{code},sanctions,sanctions,{anna},anna,coder,,19,24,5,👩\u{200d}👦\u{200d}👧,b,a,,,{tail}", ids[0]),
        format!(
            "{},{head},{gas},Energy \\> oil > Gas,Gas,{ben},ben,coder,,27,35,8,تحریم\u{200c}ها,b,a,\"one\ntwo\",-0.5,{tail}",
            ids[2]
        ),
        format!(
            "{},Study,{plain},=SUM(A1),statement,2020,en,,{code},sanctions,sanctions,{anna},anna,coder,,0,4,4,=1+1,b,a,\
             =cmd|' /C calc'!A0,,2,2023-11-14T22:13:20.000Z,2023-11-14T22:13:20.001Z,,\r\n",
            ids[1]
        ),
    ];
    assert_eq!(answer.text(), wanted.concat());
    let marked = coded.export(&s.lead, "csv?bom=true").await.expect(200);
    assert_eq!(marked.text(), format!("\u{feff}{}", wanted.concat()));
});

both!(jsonl_holds_the_same_fields_typed, |app| {
    let coded = Coded::new(&app).await;
    let answer = coded.export(&coded.study.lead, "jsonl").await.expect(200);
    let lines: Vec<serde_json::Value> = answer
        .text()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let table = coded.export(&coded.study.lead, "csv").await.expect(200);
    let table = csv_rows(&table.bytes);
    assert_eq!(lines.len(), 6);
    for (line, row) in lines.iter().zip(&table[1..]) {
        // The same columns with the same values, whatever their type.
        assert_eq!(line.as_object().unwrap().len(), table[0].len());
        for (name, cell) in table[0].iter().zip(row) {
            let value = match &line[name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(s) => s.clone(),
                serde_json::Value::Number(n) => n.as_f64().unwrap().to_string(),
                serde_json::Value::Array(a) => a
                    .iter()
                    .map(|v| v.as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join("; "),
                other => panic!("{name}: {other}"),
            };
            assert_eq!(&value, cell, "{name}");
        }
    }
    assert_eq!(lines[0]["weight"], 2.0);
    assert_eq!(lines[0]["attr_Pages"], 12.0);
    assert!(lines[1]["weight"].is_null() && lines[5]["attr_Pages"].is_null());
    assert_eq!(lines[0]["cases"], serde_json::json!(["Iran", "Israel"]));
    assert_eq!(lines[5]["cases"], serde_json::json!([]));
});

both!(the_workbook_says_what_it_holds_and_text_stays_text, |app| {
    let coded = Coded::new(&app).await;
    let lead = &coded.study.lead;
    let path = format!("xlsx?coder={}", coded.study.anna.id);
    let answer = coded.export(lead, &path).await.expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes.clone())).unwrap();
    assert_eq!(
        book.sheet_names(),
        ["codings", "codebook", "documents", "coders", "about"]
    );
    let sheet = book.worksheet_range("codings").unwrap();
    assert_eq!(sheet.get_size(), (4, 28));
    assert_eq!(
        sheet.get_value((3, 18)),
        Some(&Data::String("=1+1".to_owned()))
    );
    assert_eq!(
        sheet.get_value((3, 21)),
        Some(&Data::String("=cmd|' /C calc'!A0".to_owned()))
    );
    assert!(book.worksheet_formula("codings").unwrap().is_empty());
    let codebook = book.worksheet_range("codebook").unwrap();
    assert_eq!(
        codebook.get_value((0, 0)),
        Some(&Data::String("code_path".to_owned()))
    );
    assert_eq!(codebook.get_size().0, 4);
    let documents = book.worksheet_range("documents").unwrap();
    assert_eq!(
        documents.get_value((2, 1)),
        Some(&Data::String("=SUM(A1)".to_owned()))
    );
    let about: Vec<(String, String)> = book
        .worksheet_range("about")
        .unwrap()
        .rows()
        .map(|r| (r[0].to_string(), r[1].to_string()))
        .collect();
    for wanted in [
        ("filter: coder", coded.study.anna.id.to_string()),
        ("layer", "all".to_owned()),
        ("rows", "3".to_owned()),
    ] {
        assert!(
            about.contains(&(wanted.0.to_owned(), wanted.1.clone())),
            "{wanted:?} in {about:?}"
        );
    }
    assert_eq!(coded.export(lead, &path).await.bytes, answer.bytes);
});

both!(every_format_repeats_byte_for_byte, |app| {
    let coded = Coded::new(&app).await;
    for format in ["csv", "jsonl", "xlsx", "matrix-csv", "codebook-csv"] {
        let first = coded.export(&coded.study.owner, format).await.expect(200);
        let second = coded.export(&coded.study.owner, format).await.expect(200);
        assert!(!first.bytes.is_empty(), "{format}");
        assert_eq!(first.bytes, second.bytes, "{format}");
    }
});

both!(each_filter_leaves_what_it_says, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    let ids = &coded.ids;
    let round = s.round(&app, "coding", false).await;
    execute(
        &app,
        "UPDATE codings SET round_id = $1 WHERE id = $2",
        args![round, ids[0]],
    )
    .await;
    // In the order of the rows: 4, 3, 5, 0, 2, 1.
    let pick = |places: &[usize]| places.iter().map(|&i| ids[i]).collect::<Vec<_>>();
    for (query, wanted) in [
        (String::new(), pick(&[4, 3, 5, 0, 2, 1])),
        (format!("document={}", coded.plain), pick(&[1])),
        ("type=news".to_owned(), pick(&[4, 3, 5, 0, 2])),
        ("case=Israel".to_owned(), pick(&[4, 3, 5, 0, 2])),
        ("case=Iran,Israel".to_owned(), pick(&[4, 3, 5, 0, 2])),
        ("case=Syria".to_owned(), Vec::new()),
        ("language=en".to_owned(), pick(&[1])),
        ("date_from=2016".to_owned(), pick(&[1])),
        ("date_to=2015-09-01".to_owned(), pick(&[4, 3, 5, 0, 2])),
        // A heading stands for the codes below it.
        (format!("code={}", coded.heading), pick(&[4, 2])),
        (format!("code={}", s.code), pick(&[3, 5, 0, 1])),
        (
            format!("coder={},{}", s.ben.id, s.lead.id),
            pick(&[3, 5, 2]),
        ),
        ("layer=consensus".to_owned(), pick(&[5])),
        ("layer=coder&language=fa".to_owned(), pick(&[4, 3, 0, 2])),
        (format!("round={round}"), pick(&[0])),
    ] {
        assert_eq!(coded.exported(&s.lead, &query).await, wanted, "{query}");
    }
    for bad in ["date_from=2015-9", "code=x", "layer=mine", "bom=maybe"] {
        let answer = coded
            .export(&s.lead, &format!("csv?{bad}"))
            .await
            .expect(422);
        let field = bad.split('=').next().unwrap();
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let answer = coded
        .export(&s.lead, "matrix-csv?unit=word")
        .await
        .expect(422);
    assert_eq!(answer.json()["errors"][0]["field"], "unit");
});

both!(documents_set_aside_are_left_out, |app| {
    let coded = Coded::new(&app).await;
    execute(
        &app,
        "UPDATE documents SET deleted_at = 1 WHERE id = $1",
        args![coded.plain],
    )
    .await;
    let lead = &coded.study.lead;
    assert!(!coded.exported(lead, "").await.contains(&coded.ids[1]));
    let matrix = coded
        .export(lead, "matrix-csv?unit=document")
        .await
        .expect(200);
    assert!(
        csv_rows(&matrix.bytes)[1..]
            .iter()
            .all(|r| r[0] == coded.study.document.to_string())
    );
});

both!(who_may_download, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    let reviewer = app.member(s.p, "rita@example.org", Role::Reviewer).await;
    let viewer = app.member(s.p, "vera@example.org", Role::Viewer).await;
    let outsider = app.user("otto@example.org").await;
    for format in ["csv", "jsonl", "xlsx", "matrix-csv", "codebook-csv"] {
        coded.export(&app.stranger(), format).await.expect(401);
        let refused = coded.export(&outsider, format).await.expect(404);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        coded.export(&viewer, format).await.expect(403);
        for who in [&s.owner, &s.lead, &s.anna, &reviewer] {
            coded.export(who, format).await.expect(200);
        }
    }
    let unknown = coded.export(&s.owner, "docx").await.expect(404);
    assert_eq!(unknown.json()["type"], "/problems/not-found");
    let page = format!("/projects/{}/downloads", s.p);
    app.browser(&viewer).await.get(&page).await.expect(403);
    app.browser(&outsider).await.get(&page).await.expect(404);
    // The project can let its viewers download.
    execute(
        &app,
        "UPDATE projects SET settings = $2 WHERE id = $1",
        args![s.p, r#"{"viewers_export": true}"#],
    )
    .await;
    coded.export(&viewer, "csv").await.expect(200);
    app.browser(&viewer).await.get(&page).await.expect(200);
});

both!(a_blind_round_hides_colleagues_in_every_format, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    let round = s.round(&app, "coding", true).await;
    for user in [s.anna.id, s.ben.id] {
        execute(
            &app,
            "INSERT INTO assignments (document_id, user_id, state, created_at, updated_at) VALUES ($1, $2, 'done', 0, 0)",
            args![s.document, user],
        )
        .await;
    }
    let ids = &coded.ids;
    // Her own, and what stands outside the round.
    assert_eq!(coded.exported(&s.anna, "").await, [ids[4], ids[0], ids[1]]);
    assert_eq!(coded.exported(&s.ben, "").await, [ids[3], ids[2], ids[1]]);
    assert_eq!(
        coded
            .exported(&s.anna, &format!("coder={}", s.ben.id))
            .await,
        [0_i64; 0]
    );
    assert_eq!(coded.exported(&s.anna, "layer=consensus").await, [0_i64; 0]);
    assert_eq!(coded.exported(&s.lead, "").await.len(), 6);
    let lines = coded.export(&s.anna, "jsonl").await.expect(200).text();
    assert_eq!(lines.lines().count(), 3);
    assert!(!lines.contains("\"ben\""));
    let bytes = coded.export(&s.anna, "xlsx").await.expect(200).bytes;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.worksheet_range("codings").unwrap().get_size().0, 4);
    assert_eq!(book.worksheet_range("coders").unwrap().get_size().0, 2);
    // In the matrix a colleague's cells are empty: not even a 0 may be told.
    let cells = |bytes: &[u8], coder: &str| -> Vec<Vec<String>> {
        csv_rows(bytes)
            .into_iter()
            .filter(|r| r[0] == s.document.to_string() && r[4] == coder)
            .map(|r| r[6..].to_vec())
            .collect()
    };
    let seen = coded
        .export(&s.anna, "matrix-csv?unit=document")
        .await
        .expect(200)
        .bytes;
    assert_eq!(cells(&seen, "anna"), [["1", "1"]]);
    assert_eq!(cells(&seen, "ben"), [["", ""]]);
    let seen = coded
        .export(&s.anna, "matrix-csv?unit=document&layer=consensus")
        .await
        .expect(200)
        .bytes;
    assert_eq!(cells(&seen, "consensus"), [["", ""]]);
    let seen = coded
        .export(&s.lead, "matrix-csv?unit=document")
        .await
        .expect(200)
        .bytes;
    assert_eq!(cells(&seen, "ben"), [["1", "1"]]);
    let page = app
        .browser(&s.anna)
        .await
        .get(&format!("/projects/{}/downloads", s.p))
        .await
        .expect(200)
        .text();
    assert!(page.contains("is blind: of its documents this holds only your own codings"));
    assert!(
        page.contains("Download \u{2068}3\u{2069} codings as"),
        "{page}"
    );
    execute(
        &app,
        "UPDATE rounds SET state = 'revealed' WHERE id = $1",
        args![round],
    )
    .await;
    assert_eq!(coded.exported(&s.anna, "").await.len(), 6);
});

both!(the_matrix_tells_not_coded_from_not_read, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    for (user, state) in [(s.anna.id, "done"), (s.ben.id, "in_progress")] {
        execute(
            &app,
            "INSERT INTO assignments (document_id, user_id, state, created_at, updated_at) VALUES ($1, $2, $3, 0, 0)",
            args![s.document, user, state],
        )
        .await;
    }
    let query = |unit: &str| format!("matrix-csv?unit={unit}&document={}", s.document);
    let rows = csv_rows(
        &coded
            .export(&s.lead, &query("sentence"))
            .await
            .expect(200)
            .bytes,
    );
    let d = s.document.to_string();
    // The heading that nobody applied has no column. Anna: sanctions at 19..24, Gas at 9..18, both in the first sentence.
    let first = "Tehran\u{2019}s sanctions 👩\u{200d}👦\u{200d}👧";
    let wanted: Vec<Vec<String>> = [
        [
            "document_id",
            "unit",
            "start",
            "end",
            "coder",
            "text",
            "Energy \\> oil > Gas",
            "sanctions",
        ],
        [&d, "1", "0", "24", "anna", first, "1", "1"],
        [&d, "1", "0", "24", "ben", first, "", ""],
        [
            &d,
            "2",
            "27",
            "42",
            "anna",
            "تحریم\u{200c}ها و نفت.",
            "0",
            "0",
        ],
        [&d, "2", "27", "42", "ben", "تحریم\u{200c}ها و نفت.", "", ""],
        [&d, "3", "43", "46", "anna", "End", "0", "0"],
        [&d, "3", "43", "46", "ben", "End", "", ""],
    ]
    .iter()
    .map(|r| r.iter().map(|c| (*c).to_owned()).collect())
    .collect();
    assert_eq!(rows, wanted);
    // Left out, the unit is the sentence.
    let same = coded
        .export(&s.lead, &format!("matrix-csv?document={d}"))
        .await
        .expect(200);
    assert_eq!(csv_rows(&same.bytes), wanted);
    let paragraphs = csv_rows(
        &coded
            .export(&s.lead, &query("paragraph"))
            .await
            .expect(200)
            .bytes,
    );
    assert_eq!(paragraphs.len(), 1 + 2 * 2);
    assert_eq!(paragraphs[3][..5], [&d, "2", "27", "46", "anna"]);
    let whole = csv_rows(
        &coded
            .export(&s.lead, &query("document"))
            .await
            .expect(200)
            .bytes,
    );
    assert_eq!(whole.len(), 1 + 2);
    assert_eq!(whole[1][..5], [&d, "1", "0", "46", "anna"]);
    assert_eq!(whole[1][5], study::TEXT);
    // Consensus is one reading, and says something once something was decided.
    let path = format!("{}&layer=consensus", query("document"));
    let before = csv_rows(&coded.export(&s.lead, &path).await.expect(200).bytes);
    assert_eq!(before[1][4..5], ["consensus"]);
    assert_eq!(before[1][6..], ["", ""]);
    execute(
        &app,
        "INSERT INTO decisions (project_id, document_id, code_id, start_pos, end_pos, outcome, coding_id, decided_by, decided_at)
         VALUES ($1, $2, $3, 9, 18, 'accept', $4, $5, 0)",
        args![s.p, s.document, s.code, coded.ids[5], s.lead.id],
    )
    .await;
    let after = csv_rows(&coded.export(&s.lead, &path).await.expect(200).bytes);
    assert_eq!(after[1][6..], ["0", "1"]);
});

both!(a_matrix_of_a_round_holds_its_documents_and_coders, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    let round = s.round(&app, "coding", false).await;
    execute(
        &app,
        "DELETE FROM round_coders WHERE round_id = $1 AND user_id = $2",
        args![round, s.ben.id],
    )
    .await;
    let path = format!("matrix-csv?unit=document&round={round}");
    let rows = csv_rows(&coded.export(&s.lead, &path).await.expect(200).bytes);
    let seen: Vec<(&str, &str)> = rows[1..]
        .iter()
        .map(|r| (r[0].as_str(), r[4].as_str()))
        .collect();
    assert_eq!(seen, [(s.document.to_string().as_str(), "anna")]);
});

both!(rows_are_in_order_however_the_pages_fall, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    // Thirty more on one passage, in the opposite of their order, so that pages end inside it.
    for i in 0..30_i64 {
        let coder = if i % 2 == 0 { &s.ben } else { &s.anna };
        put(
            &app,
            s.p,
            Row {
                document: s.document,
                code: if i % 3 == 0 { coded.gas } else { s.code },
                coder: coder.id,
                layer: "coder",
                at: (9, 18),
                quote: "sanctions",
                memo: None,
                weight: None,
                round: None,
            },
        )
        .await;
    }
    let scope = Scope {
        project: s.p,
        visibility: Visibility::operator(),
        filter: Filter::default(),
    };
    let mut orders = Vec::new();
    for page in [1, 2, 7, 31, 1000] {
        let mut reader = Reader::open_with(&app.state.db, scope.clone(), page)
            .await
            .unwrap();
        let mut rows = Vec::new();
        while let Some(more) = reader.next().await.unwrap() {
            rows.extend(more);
        }
        assert!(rows.is_sorted_by_key(|r| (
            r.document.id,
            r.start,
            r.end,
            r.code.path.clone(),
            r.coder.clone(),
            r.id
        )));
        orders.push(rows.iter().map(|r| r.id).collect::<Vec<_>>());
    }
    assert_eq!(orders[0].len(), 36);
    assert!(orders.iter().all(|o| *o == orders[0]));
});

both!(the_codebook_comes_back_from_its_csv, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    execute(
        &app,
        "UPDATE codes SET description = $2, use_when = '=1', examples = $3, scale = $4, color = 7 WHERE id = $1",
        args![
            coded.gas,
            "two\nlines, \"quoted\"",
            r#"["an example","دومین\nمثال"]"#,
            r#"{"min":-2.0,"max":2.0,"step":1.0,"labels":[]}"#
        ],
    )
    .await;
    let csv = coded.export(&s.lead, "codebook-csv").await.expect(200);
    let rows = csv_rows(&csv.bytes);
    assert_eq!(
        rows[0],
        [
            "code_path",
            "color",
            "description",
            "use_when",
            "do_not_use_when",
            "is_codable",
            "scale_min",
            "scale_max",
            "examples"
        ]
    );
    assert_eq!(rows.len(), 4);
    let other = app.project(&s.owner).await;
    let sheet = codebook::csv::read(&csv.bytes).unwrap();
    let batch = Batch::new();
    let hand = codebook::store::Hand {
        project: other,
        actor: s.owner.id,
        batch: &batch,
        now: WHEN,
    };
    let mut tx = app.state.db.begin().await.unwrap();
    let plan = codebook::import::apply(&mut tx, hand, &sheet)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(plan.created(), 3);
    let again = s
        .owner
        .get(&format!("/api/v1/projects/{other}/export/codebook-csv"))
        .await
        .expect(200);
    assert_eq!(again.text(), csv.text());
});

both!(the_page_shows_the_first_rows_and_the_exact_count, |app| {
    let coded = Coded::new(&app).await;
    let s = &coded.study;
    let anna = app.browser(&s.anna).await;
    let base = format!("/projects/{}/downloads", s.p);
    let page = anna.get(&base).await.expect(200).text();
    // Coders' layer unless asked otherwise: five of the six.
    assert!(page.contains("Download \u{2068}5\u{2069} codings as"));
    assert!(page.contains(&format!("/api/v1/projects/{}/export/csv?layer=coder", s.p)));
    assert!(page.contains("=1+1"), "cells are shown as they are");
    let page = anna
        .get(&format!(
            "{base}?format=matrix-csv&unit=paragraph&layer=coder"
        ))
        .await
        .expect(200)
        .text();
    // Two paragraphs in each document, two coders.
    assert!(
        page.contains("Download \u{2068}8\u{2069} rows as"),
        "{page}"
    );
    let page = anna
        .get(&format!("{base}?format=codebook-csv"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("Download \u{2068}3\u{2069} codes as"));
    let page = anna
        .get(&format!("{base}?language=xx"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("Nothing matches"));
    let page = anna
        .get(&format!("{base}?date_from=2015-9"))
        .await
        .expect(422)
        .text();
    assert!(page.contains("date_from") && page.contains("value=\"2015-9\""));
    app.stranger().get(&base).await.expect(303);
});
