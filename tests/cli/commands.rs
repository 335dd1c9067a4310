//! Export, import and agreement; and what every command says when it is used wrongly or cannot.

use crate::support::{demo_data, on, run};

#[test]
fn wrong_usage_is_2_and_a_failure_1() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    run(&["frobnicate"]).expect(2);
    run(&[
        "export",
        "--project",
        "one",
        "--format",
        "csv",
        "--out",
        "x",
    ])
    .expect(2);
    let (_demo, data) = demo_data();
    let bad = on(
        &data,
        &["export", "--project", "1", "--format", "docx", "--out", "x"],
    )
    .expect(2);
    assert_eq!(bad.err.lines().count(), 1);
    assert!(bad.err.contains("codebook-csv"), "{}", bad.err);
    // A folder that was mistyped is not taken for an empty instance, nor made.
    for args in [
        &["check"][..],
        &["backup", "--out", "x.zip"],
        &[
            "export",
            "--project",
            "1",
            "--format",
            "csv",
            "--out",
            "x.csv",
        ],
        &["import", "--project", "1", "--as", "a@example.org", "x.txt"],
    ] {
        let said = on(&nowhere, args).complaint();
        assert!(said.contains("nowhere"), "{said}");
    }
    assert!(!nowhere.exists());
    assert!(!std::path::Path::new("x.csv").exists() && !std::path::Path::new("x.zip").exists());
}

#[test]
fn exports_are_written_whole_or_not_at_all() {
    let (folder, data) = demo_data();
    let out = folder.path().join("out");
    let path = out.to_str().unwrap();
    for format in ["csv", "jsonl", "xlsx", "matrix-csv", "codebook-csv"] {
        let args = [
            "export",
            "--project",
            "1",
            "--format",
            format,
            "--out",
            path,
        ];
        on(&data, &args).expect(0);
        let first = std::fs::read(&out).unwrap();
        on(&data, &args).expect(0);
        assert_eq!(first, std::fs::read(&out).unwrap(), "{format}");
        assert!(first.len() > 1000, "{format}");
    }
    let kept = std::fs::read(&out).unwrap();
    let said = on(
        &data,
        &["export", "--project", "9", "--format", "csv", "--out", path],
    )
    .complaint();
    assert!(said.contains("project"), "{said}");
    on(
        &data,
        &[
            "export",
            "--project",
            "1",
            "--format",
            "csv",
            "--out",
            path,
            "--date-from",
            "May",
        ],
    )
    .complaint();
    assert_eq!(kept, std::fs::read(&out).unwrap());
    on(
        &data,
        &[
            "export",
            "--project",
            "1",
            "--format",
            "csv",
            "--out",
            "/no/such/folder/x",
        ],
    )
    .complaint();
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn filters_are_flags() {
    let (folder, data) = demo_data();
    let out = folder.path().join("out.csv");
    let rows = |filters: &[&str]| {
        let mut args = vec![
            "export",
            "--project",
            "1",
            "--format",
            "csv",
            "--out",
            out.to_str().unwrap(),
        ];
        args.extend(filters);
        on(&data, &args).expect(0);
        csv::Reader::from_path(&out)
            .unwrap()
            .records()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    // The demo's data says: 1210 codings of coders and 94 accepted decisions.
    assert_eq!(rows(&[]).len(), 1304);
    assert_eq!(rows(&["--layer", "coder"]).len(), 1210);
    let consensus = rows(&["--layer", "consensus"]);
    assert_eq!(consensus.len(), 94);
    let persian = rows(&["--language", "fa", "--layer", "coder"]);
    assert!(!persian.is_empty() && persian.iter().all(|r| &r[6] == "fa"));
    let dated = rows(&[
        "--date-from",
        "2015",
        "--date-to",
        "2018",
        "--case",
        "Israel",
    ]);
    assert!(!dated.is_empty());
    assert!(
        dated
            .iter()
            .all(|r| ("2015"..="2018-99").contains(&&r[5]) && r[7].contains("Israel"))
    );
}

#[test]
fn a_codebook_comes_back_through_its_csv() {
    let (folder, data) = demo_data();
    let (first, second) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
    let export = |project: &str, out: &std::path::Path| {
        let args = [
            "export",
            "--project",
            project,
            "--format",
            "codebook-csv",
            "--out",
            out.to_str().unwrap(),
        ];
        on(&data, &args).expect(0);
        std::fs::read(out).unwrap()
    };
    let written = export("1", &first);
    let owner = "m.haddad@example.org";
    let made = on(
        &data,
        &["project", "create", "--name", "Copy", "--owner", owner],
    )
    .expect(0);
    let project = made.out.trim();
    let file = first.to_str().unwrap();
    on(
        &data,
        &[
            "import",
            "--project",
            project,
            "--as",
            owner,
            "--kind",
            "codebook",
            file,
        ],
    )
    .expect(0);
    assert_eq!(written, export(project, &second));
    // A viewer may not; a file that cannot be read fails, and says which.
    on(
        &data,
        &[
            "import",
            "--project",
            "1",
            "--as",
            "n.eze@example.org",
            "--kind",
            "codebook",
            file,
        ],
    )
    .complaint();
    let ran = on(
        &data,
        &[
            "import",
            "--project",
            project,
            "--as",
            owner,
            "--kind",
            "codebook",
            "/no/such.csv",
            file,
        ],
    )
    .expect(1);
    assert!(
        ran.out.contains("failed\t/no/such.csv") && ran.out.contains("imported\ta.csv"),
        "{}",
        ran.out
    );
}

#[test]
fn agreement_needs_no_data_and_repeats_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("matrix.json");
    // Two coders on four units, three alike: observed 3/4; category 1 at 4/8 and 2 at 4/8.
    // kappa: expected 1/2·1/4 + 1/2·3/4 = 1/2, so (3/4 - 1/2) / (1/2) = 1/2.
    std::fs::write(
        &file,
        r#"{"matrix": [[1, 1, 2, 2], [1, 2, 2, 2]], "measures": ["percent", "cohen_kappa"], "level": "nominal"}"#,
    )
    .unwrap();
    let args = ["agreement", file.to_str().unwrap(), "--seed", "7"];
    let first = on(&folder.path().join("none"), &args).expect(0);
    let answer: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    let value = |measure: &str| {
        answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["measure"] == measure)
            .unwrap()["value"]
            .as_f64()
            .unwrap()
    };
    assert!((value("percent") - 0.75).abs() < 1e-12);
    assert!((value("cohen_kappa") - 0.5).abs() < 1e-12);
    assert_eq!(first.out, run(&args).expect(0).out);
    assert!(!folder.path().join("none").exists());
    std::fs::write(
        &file,
        r#"{"documents": [{"id": "d1", "length": 10}], "coders": ["A", "B"], "codings": [["d9", "A", "x", 1, 2]]}"#,
    )
    .unwrap();
    let said = run(&args).complaint();
    assert!(said.contains("d9"), "{said}");
    let said = run(&["agreement", "/no/such.json"]).complaint();
    assert!(said.contains("/no/such.json"), "{said}");
}
