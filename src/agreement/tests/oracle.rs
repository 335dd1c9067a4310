//! Random cases with the answers of independent packages (`tests/fixtures/agreement/make.py` made them).

use serde_json::Value;

use super::{close, run};

fn check(fixture: &str, least: usize) {
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let mut compared = 0;
    for case in fixture["cases"].as_array().unwrap() {
        let answer = run(&case["input"]);
        for expected in case["expected"].as_array().unwrap() {
            let coders = match &expected["coders"] {
                Value::Null => &answer["coders"],
                pair => pair,
            };
            let row = answer["results"]
                .as_array()
                .unwrap()
                .iter()
                .find(|r| {
                    r["measure"] == expected["measure"]
                        && (expected["scope"].is_null() || r["scope"] == expected["scope"])
                        && r["code"] == expected["code"]
                        && r["coders"] == *coders
                })
                // With two coders a measure of all coders has no second row for the pair.
                .unwrap_or_else(|| panic!("no row for {expected}"));
            let value = row["value"]
                .as_f64()
                .unwrap_or_else(|| panic!("{expected}: {row:#}"));
            close(value, expected["value"].as_f64().unwrap(), 1e-9);
            if let Some(se) = expected["se"].as_f64() {
                // Where nothing varies between units irrCAC writes 1e-15 for a standard error of 0.
                close(row["se"].as_f64().unwrap(), se, 1e-9);
            }
            compared += 1;
        }
    }
    assert!(compared >= least, "only {compared} comparisons");
}

#[test]
fn matrices() {
    check(
        include_str!("../../../tests/fixtures/agreement/matrix.json"),
        500,
    );
}

#[test]
fn codings() {
    check(
        include_str!("../../../tests/fixtures/agreement/codings.json"),
        300,
    );
}

#[test]
fn sets() {
    check(
        include_str!("../../../tests/fixtures/agreement/sets.json"),
        40,
    );
}
