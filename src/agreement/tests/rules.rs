//! The rules about data: missing is not empty, a coder's own overlaps are one, undefined is a value, and what is wrong
//! with an input is said in one line.

use serde_json::{Value, json};

use super::super::{CodingsInput, Input, disagreements, per_document, run_json};
use super::{close, refused, row, run, value};

/// A document that one coder has not finished says nothing about her; one that she finished without a coding does.
#[test]
fn missing_is_not_empty() {
    let mut input = json!({"documents": [{"id": "d", "length": 100}, {"id": "e", "length": 100}],
        "coders": ["A", "B"], "done": {"A": ["d", "e"], "B": ["d"]},
        "codings": [["d", "A", "x", 0, 10], ["d", "B", "x", 0, 10], ["e", "A", "x", 0, 50]]});
    let answer = run(&input);
    assert_eq!(
        (&answer["n_units"], &answer["n_documents"]),
        (&json!(100), &json!(1))
    );
    assert_eq!(
        value(&answer, "krippendorff_alpha", "code", Some("x"), &[]),
        1.0
    );
    input["done"]["B"] = json!(["d", "e"]);
    let answer = run(&input);
    assert_eq!(answer["n_documents"], 2);
    close(
        value(&answer, "percent", "code", Some("x"), &[]),
        0.75,
        1e-15,
    );
    // Codings in a document that their coder has not finished do not count either.
    input["done"]["A"] = json!(["d"]);
    assert_eq!(
        value(&run(&input), "krippendorff_alpha", "code", Some("x"), &[]),
        1.0
    );
}

/// Units of a single coder must not reach the category shares: pairable units alone give Fleiss -.05 here, and Gwet's
/// convention, which is offered for a matrix only, makes .77 of the same data.
#[test]
fn not_assigned_is_missing() {
    // 20 units of two coders with 2 disagreements, one each way, and 80 units of one coder, 32 of them coded.
    let pairs = |one: usize| {
        (0..100).map(move |u| match u {
            0 | 1 => json!(u64::from(u == one)),
            2..20 => json!(0),
            _ if one == 0 => json!(u64::from(u < 52)),
            _ => Value::Null,
        })
    };
    let mut input = json!({"matrix": [pairs(0).collect::<Vec<_>>(), pairs(1).collect::<Vec<_>>()],
        "categories": [0, 1], "marginals": "pairable"});
    let answer = run(&input);
    close(value(&answer, "percent", "matrix", None, &[]), 0.90, 1e-12);
    close(
        value(&answer, "fleiss_kappa", "matrix", None, &[]),
        -0.05,
        0.005,
    );
    // o_01 = 2, n_1 = 2, n = 40.
    close(
        value(&answer, "krippendorff_alpha", "matrix", None, &[]),
        1.0 - 39.0 * 2.0 / (2.0 * 38.0),
        1e-12,
    );
    input["marginals"] = json!("all");
    let all = run(&input);
    // Shares over all units: (20 * .05 + 32) / 100 = .33.
    close(
        value(&all, "fleiss_kappa", "matrix", None, &[]),
        1.0 - 0.1 / (2.0 * 0.33 * 0.67),
        1e-12,
    );
    close(
        value(&all, "krippendorff_alpha", "matrix", None, &[]),
        1.0 - 39.0 * 2.0 / (2.0 * 38.0),
        1e-12,
    );
}

#[test]
fn own_overlaps_count_once() {
    let input = |codings: Value| json!({"documents": [{"id": "d", "length": 50}], "coders": ["A", "B"], "codings": codings});
    let once = run(&input(json!([
        ["d", "A", "x", 0, 20],
        ["d", "B", "x", 5, 20]
    ])));
    let twice = run(&input(json!([
        ["d", "A", "x", 0, 15],
        ["d", "A", "x", 5, 20],
        ["d", "A", "x", 6, 9],
        ["d", "B", "x", 5, 20]
    ])));
    assert_eq!(once["results"], twice["results"]);
    assert_eq!(once["tables"], twice["tables"]);
}

/// Objects are read like lists, and codes that are not named come from the codings.
#[test]
fn both_forms_of_a_coding() {
    let a = run(
        &json!({"documents": [{"id": "d", "length": 9}], "coders": ["A", "B"],
        "codings": [{"document": "d", "coder": "A", "code": "x", "start": 1, "end": 4}]}),
    );
    let b = run(
        &json!({"documents": [{"id": "d", "length": 9}], "coders": ["A", "B"],
        "codings": [["d", "A", "x", 1, 4]], "codes": ["x"]}),
    );
    assert_eq!(a, b);
    assert_eq!(a["codes"], json!(["x"]));
}

#[test]
fn undefined_has_a_reason_and_no_number() {
    let reason = |answer: &Value, measure: &str, code: &str| {
        let row = row(answer, measure, "code", Some(code), &[]).clone();
        assert!(
            row["value"].is_null() && row["se"].is_null() && row["ci"].is_null(),
            "{row:#}"
        );
        row["reason"].as_str().unwrap().to_owned()
    };
    let base = json!({"documents": [{"id": "d", "length": 10}], "coders": ["A", "B"],
        "codes": ["unused", "everywhere", "alone"],
        "codings": [["d", "A", "everywhere", 0, 10], ["d", "B", "everywhere", 0, 10], ["d", "A", "alone", 0, 10]]});
    let answer = run(&base);
    for measure in [
        "krippendorff_alpha",
        "cohen_kappa",
        "scott_pi",
        "fleiss_kappa",
        "conger_kappa",
    ] {
        assert_eq!(reason(&answer, measure, "unused"), "no_variation");
        assert_eq!(reason(&answer, measure, "everywhere"), "no_variation");
    }
    assert_eq!(reason(&answer, "light_kappa", "unused"), "undefined_pair");
    for measure in [
        "positive_agreement",
        "coded_only_agreement",
        "holsti",
        "f1_exact",
        "u_alpha",
    ] {
        assert_eq!(reason(&answer, measure, "unused"), "no_spans");
    }
    assert_eq!(
        reason(&answer, "negative_agreement", "everywhere"),
        "no_variation"
    );
    // What is computed without 0/0 is a number even so.
    assert_eq!(value(&answer, "percent", "code", Some("unused"), &[]), 1.0);
    assert_eq!(
        value(&answer, "cohen_kappa", "code", Some("alone"), &[]),
        0.0
    );
    let mean = row(&answer, "krippendorff_alpha", "mean", None, &[]);
    assert_eq!(
        (&mean["n_defined"], &mean["n_undefined"]),
        (&json!(1), &json!(2))
    );

    let mut nobody = base.clone();
    nobody["done"] = json!({"A": ["d"]});
    assert_eq!(
        reason(&run(&nobody), "percent", "alone"),
        "no_pairable_units"
    );
    let mut alone = base;
    alone["coders"] = json!(["A"]);
    alone["codings"] = json!([]);
    let answer = run(&alone);
    for measure in [
        "percent",
        "cohen_kappa",
        "krippendorff_alpha",
        "f1_iou",
        "u_alpha",
    ] {
        assert_eq!(reason(&answer, measure, "alone"), "one_coder");
    }
    let empty = run(
        &json!({"documents": [{"id": "d", "length": 0}], "coders": ["A", "B"], "codes": ["x"], "codings": []}),
    );
    assert_eq!(reason(&empty, "krippendorff_alpha", "x"), "empty_text");
    let nothing = run(&json!({"documents": [], "coders": [], "codings": []}));
    assert_eq!(
        row(&nothing, "krippendorff_alpha", "any", None, &[])["reason"],
        "one_coder"
    );
}

/// Nothing in any answer is a number that JSON cannot hold, and no value comes with a reason.
#[test]
fn a_value_or_a_reason() {
    let mut random = super::brute::Random::new(5);
    for _ in 0..100 {
        let answer = run(&super::brute::Project::random(&mut random).json());
        for row in answer["results"].as_array().unwrap() {
            assert_eq!(row["value"].is_null(), row["reason"].is_string(), "{row:#}");
        }
    }
}

fn units(unit: &str, coverage: Option<&str>, codings: Value) -> Value {
    let mut input = json!({"documents": [{"id": "d", "language": "en",
            "text": "One two three. Four five six.\n\nSeven eight."}],
        "coders": ["A", "B"], "unit": unit, "codings": codings,
        "measures": ["percent", "krippendorff_alpha"]});
    if let Some(coverage) = coverage {
        input["coverage"] = json!(coverage);
    }
    run(&input)
}

/// Units longer than a character: any part of a sentence or paragraph counts, half of a token.
#[test]
fn longer_units() {
    // A codes "One" and the "F" of "Four", B nothing.
    let codings = json!([["d", "A", "x", 0, 3], ["d", "A", "x", 15, 16]]);
    for (unit, n, agreeing) in [
        ("token", 8, 7.0),
        ("sentence", 3, 1.0),
        ("paragraph", 2, 1.0),
        ("document", 1, 0.0),
        ("character", 43, 39.0),
    ] {
        let answer = units(unit, None, codings.clone());
        assert_eq!(answer["n_units"], n, "{unit}");
        close(
            value(&answer, "percent", "code", Some("x"), &[]),
            agreeing / f64::from(n),
            1e-12,
        );
    }
    let answer = units("token", Some("any"), codings.clone());
    close(
        value(&answer, "percent", "code", Some("x"), &[]),
        6.0 / 8.0,
        1e-12,
    );
    let answer = units("sentence", Some("half"), codings);
    close(
        value(&answer, "percent", "code", Some("x"), &[]),
        1.0,
        1e-12,
    );
    assert!(answer["segmenter"].as_str().is_some_and(|s| !s.is_empty()));
    // Exactly half of a token, from two codings of its parts: "Four" is [15, 19).
    let halves = json!([["d", "A", "x", 15, 16], ["d", "A", "x", 18, 19]]);
    let answer = units("token", None, halves);
    close(
        value(&answer, "percent", "code", Some("x"), &[]),
        7.0 / 8.0,
        1e-12,
    );
}

/// A code counts for the codes above it when that is asked for, as the union of their spans.
#[test]
fn subtree() {
    let mut input = json!({"documents": [{"id": "d", "length": 100}], "coders": ["A", "B"],
        "codes": ["actors", "actors > iran", "actors > israel", "actors2"],
        "codings": [["d", "A", "actors > iran", 0, 10], ["d", "A", "actors > israel", 5, 20],
                    ["d", "B", "actors", 0, 20], ["d", "B", "actors2", 30, 40]]});
    assert!(
        value(
            &run(&input),
            "krippendorff_alpha",
            "code",
            Some("actors"),
            &[]
        ) < 0.0
    );
    input["subtree"] = json!(true);
    assert_eq!(
        value(
            &run(&input),
            "krippendorff_alpha",
            "code",
            Some("actors"),
            &[]
        ),
        1.0
    );
}

#[test]
fn what_is_wrong_is_named_in_one_line() {
    let base = json!({"documents": [{"id": "d", "length": 10}], "coders": ["A", "B"], "codes": ["x"],
        "codings": [["d", "A", "x", 0, 5]]});
    let with = |key: &str, value: Value| {
        let mut input = base.clone();
        input[key] = value;
        input
    };
    for (input, words) in [
        (
            with(
                "codings",
                json!([["d", "A", "x", 0, 5], ["e", "A", "x", 0, 5]]),
            ),
            "codings[1]: unknown document \"e\"",
        ),
        (
            with("codings", json!([["d", "C", "x", 0, 5]])),
            "codings[0]: unknown coder \"C\"",
        ),
        (
            with("codings", json!([["d", "A", "y", 0, 5]])),
            "codings[0]: unknown code \"y\"",
        ),
        (
            with("codings", json!([["d", "A", "x", 5, 5]])),
            "codings[0]: start 5 must be below end 5",
        ),
        (
            with("codings", json!([["d", "A", "x", 7, 5]])),
            "codings[0]: start 7 must be below end 5",
        ),
        (
            with("codings", json!([["d", "A", "x", 5, 11]])),
            "codings[0]: range 5..11 is outside document \"d\" of length 10",
        ),
        (
            with("codings", json!([["d", "A", "x", -1, 5]])),
            "codings[0].start: -1 is negative",
        ),
        (
            with("codings", json!([["d", "A", "x", "0", 5]])),
            "codings[0].start: must be a whole number, not a string",
        ),
        (
            with("codings", json!([["d", "A", "x", 0.5, 5]])),
            "codings[0].start: must be a whole number, not 0.5",
        ),
        (
            with("codings", json!([["d", "A", 3, 0, 5]])),
            "codings[0].code: must be a string, not a number",
        ),
        (
            with("codings", json!([["d", "A", "x", 0]])),
            "codings[0]: must have 5 values",
        ),
        (
            with(
                "codings",
                json!([{"document": "d", "coder": "A", "code": "x", "start": 0}]),
            ),
            "codings[0].end: is missing",
        ),
        (
            with("codings", json!({})),
            "codings: must be a list, not an object",
        ),
        (
            with("coders", json!(["A", "A"])),
            "coders[1]: \"A\" is given twice",
        ),
        (
            with("documents", json!([{"id": "d"}])),
            "documents[0] \"d\": needs a length or a text",
        ),
        (
            with(
                "documents",
                json!([{"id": "d", "length": 10, "text": "short"}]),
            ),
            "documents[0] \"d\": length 10 is not",
        ),
        (
            with("documents", json!([{"id": "d", "length": -4}])),
            "documents[0] \"d\": length -4 is negative",
        ),
        (
            with("documents", json!([{"length": 4}])),
            "documents[0]: needs an id",
        ),
        (
            with("done", json!({"Z": ["d"]})),
            "done: unknown coder \"Z\"",
        ),
        (
            with("done", json!({"A": ["q"]})),
            "done[\"A\"]: unknown document \"q\"",
        ),
        (with("unit", json!("word")), "unit: \"word\" is not known"),
        (
            with("unit", json!("sentence")),
            "document \"d\": unit sentence needs its text",
        ),
        (
            with("coverage", json!("most")),
            "coverage: \"most\" is not known",
        ),
        (
            with("measures", json!(["kappa"])),
            "measures[0]: \"kappa\" is not a measure",
        ),
        (with("threshold", json!(0)), "threshold: must be above 0"),
        (
            with("threshold", json!("half")),
            "threshold: must be a number",
        ),
        (
            with("interval", json!("analytic")),
            "interval: \"analytic\" does not apply to codings",
        ),
        (with("replicates", json!(0)), "replicates: must be between"),
        (with("seed", json!(-1)), "seed: must not be negative"),
        (
            with("domains", json!({"actors": "iran"})),
            "domains[\"actors\"]: must be a list, not a string",
        ),
        (with("matrix", json!([[1]])), "input: has both"),
        (
            json!({"coders": []}),
            "input: needs \"documents\", \"matrix\" or \"sets\"",
        ),
        (json!([1]), "input: must be an object, not a list"),
        (
            json!({"matrix": [[1, 2], [1]]}),
            "matrix[1]: has 1 units, the first row 2",
        ),
        (
            json!({"matrix": [[1, true]]}),
            "matrix[0][1]: must be a number or a string",
        ),
        (
            json!({"matrix": [[1, 4]], "categories": [1, 2]}),
            "matrix[0][1]: 4 is not among the categories",
        ),
        (
            json!({"matrix": [["a", "b"]], "level": "interval"}),
            "level: interval needs numbers",
        ),
        (
            json!({"matrix": [["low", "high"]], "level": "ordinal"}),
            "categories: are needed in scheme order",
        ),
        (
            json!({"matrix": [[-1, 2]], "level": "ratio"}),
            "level: ratio needs values of at least 0",
        ),
        (
            json!({"matrix": [[1, 2]], "coders": ["A", "B"]}),
            "coders: 2 names for 1 rows",
        ),
        (
            json!({"matrix": [[1, 2]], "measures": ["f1_iou"]}),
            "measures[0]: \"f1_iou\" does not apply to a matrix",
        ),
        (
            json!({"sets": [[["a"], "b"], [[], []]]}),
            "sets[0][1]: must be a list, not a string",
        ),
    ] {
        let message = refused(&input);
        assert!(
            message.starts_with(words),
            "{message:?} does not start with {words:?}"
        );
        assert!(!message.contains('\n'), "{message:?}");
    }
    let message = run_json("{\"documents\": [", None).unwrap_err().to_string();
    assert!(
        message.starts_with("input: not valid JSON") && !message.contains('\n'),
        "{message}"
    );
}

/// Keys that are not known are ignored, a key set to null is left out, and 10.0 is a whole number.
#[test]
fn tolerant_where_it_is_safe() {
    let answer = run(
        &json!({"note": "pilot", "documents": [{"id": "d", "length": 10.0, "title": "t"}],
        "coders": ["A", "B"], "done": null, "codings": [["d", "A", "x", 0.0, 5.0]]}),
    );
    assert_eq!(answer["n_units"], 10);
}

/// Sets may be given per coder or per unit; the names of the coders decide, else the longer side is the units.
#[test]
fn both_layouts_of_sets() {
    let rows = json!([[["a"], [], ["b"]], [["a"], ["a"], ["b", "c"]]]);
    let turned = json!([[["a"], ["a"]], [[], ["a"]], [["b"], ["b", "c"]]]);
    let by_coder = run(&json!({"sets": rows}));
    let by_unit = run(&json!({"sets": turned}));
    assert_eq!(by_coder["results"], by_unit["results"]);
    assert_eq!(
        (&by_coder["layout"], &by_unit["layout"]),
        (&json!("coders_in_rows"), &json!("units_in_rows"))
    );
    let three = run(&json!({"sets": turned, "coders": ["A", "B", "C"]}));
    assert_eq!(
        (&three["layout"], &three["n_units"]),
        (&json!("coders_in_rows"), &json!(2))
    );
}

fn codings(input: &Value) -> CodingsInput {
    match Input::from_json(&input.to_string()).unwrap() {
        Input::Codings(codings) => codings,
        other => panic!("{other:?}"),
    }
}

/// Document, start, end, who has the code, who lacks it.
type Place = (u32, u32, u32, Vec<u32>, Vec<u32>);

#[test]
fn places_of_disagreement() {
    let mut input = json!({"documents": [{"id": "d", "text": "One two three. Four five six."}, {"id": "e", "length": 50}],
        "coders": ["A", "B", "C"], "codes": ["x", "y"], "done": {"A": ["d", "e"], "B": ["d"], "C": ["d", "e"]},
        "codings": [["d", "A", "x", 0, 10], ["d", "B", "x", 5, 12], ["d", "C", "x", 8, 10], ["e", "B", "x", 0, 5],
                    ["e", "A", "y", 0, 5]]});
    let found = |input: &Value, code: Option<u32>| -> Vec<Place> {
        let found = disagreements(&codings(input), code).unwrap();
        found
            .into_iter()
            .map(|d| (d.document, d.span.start, d.span.end, d.has, d.lacks))
            .collect()
    };
    // [8, 10) is coded by all; B has not finished e.
    assert_eq!(
        found(&input, Some(0)),
        vec![
            (0, 0, 5, vec![0], vec![1, 2]),
            (0, 5, 8, vec![0, 1], vec![2]),
            (0, 10, 12, vec![1], vec![0, 2])
        ]
    );
    assert_eq!(found(&input, Some(1)), vec![(1, 0, 5, vec![0], vec![2])]);
    assert_eq!(found(&input, None).len(), 4);
    assert!(disagreements(&codings(&input), Some(9)).is_err());

    let figures = per_document(&codings(&input), Some(0)).unwrap();
    let answer = run(&{
        let mut one = input.clone();
        one["done"] = json!({"A": ["d"], "B": ["d"], "C": ["d"]});
        one
    });
    assert_eq!(
        figures[0].alpha.unwrap(),
        value(&answer, "krippendorff_alpha", "code", Some("x"), &[])
    );
    assert_eq!(
        figures[0].percent.unwrap(),
        value(&answer, "percent", "code", Some("x"), &[])
    );
    assert_eq!((figures[0].n_units, figures[0].n_disagreed), (29, 10));
    // Nobody who has finished e used x there.
    assert_eq!((figures[1].alpha, figures[1].n_disagreed), (None, 0));
    let pooled = per_document(&codings(&input), None).unwrap();
    assert_eq!(
        pooled[0].alpha.unwrap(),
        value(&answer, "krippendorff_alpha", "pooled", None, &[])
    );

    // By sentence the passage is the sentence: A and C coded only the first, B too.
    input["unit"] = json!("sentence");
    input["documents"][1] = json!({"id": "e", "text": "x".repeat(50)});
    assert_eq!(found(&input, Some(0)), vec![]);
    input["codings"][1] = json!(["d", "B", "x", 16, 18]);
    let by_sentence = found(&input, Some(0));
    assert_eq!(
        (by_sentence.len(), &by_sentence[1].3, by_sentence[1].1),
        (2, &vec![1], 15)
    );
}
