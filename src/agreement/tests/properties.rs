//! What must hold for any data, and intervals against doing the same by hand.

use serde_json::{Value, json};

use super::super::names::Interval;
use super::super::resample::Plan;
use super::super::run_json;
use super::brute::{Project, Random};
use super::{close, row, run, value};

/// Values by what they are about, whatever the order of rows and coders.
fn values(answer: &Value) -> Vec<(String, Option<f64>)> {
    let mut values: Vec<(String, Option<f64>)> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        // The bias index has a sign that says which coder coded more.
        .filter(|r| r["measure"] != "bias_index")
        .map(|r| {
            let mut coders: Vec<&str> = r["coders"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c.as_str().unwrap())
                .collect();
            coders.sort_unstable();
            let key = format!(
                "{} {} {} {} {coders:?}",
                r["measure"], r["scope"], r["code"], r["variant"]
            );
            (key, r["value"].as_f64())
        })
        .collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
}

#[track_caller]
fn same(a: &Value, b: &Value) {
    let (a, b) = (values(a), values(b));
    assert_eq!(a.len(), b.len());
    for ((key, x), (other, y)) in a.iter().zip(&b) {
        assert_eq!(key, other);
        match (x, y) {
            (Some(x), Some(y)) => close(*x, *y, 1e-9),
            _ => assert_eq!(x, y, "{key}"),
        }
    }
}

fn reversed(list: &Value) -> Value {
    Value::Array(list.as_array().unwrap().iter().rev().cloned().collect())
}

#[test]
fn order_does_not_matter() {
    let mut random = Random::new(11);
    for _ in 0..60 {
        let input = Project::random(&mut random).json();
        let answer = run(&input);
        let mut turned = input.clone();
        for key in ["documents", "coders", "codings", "codes"] {
            turned[key] = reversed(&input[key]);
        }
        same(&answer, &run(&turned));
    }
}

#[test]
fn names_of_codes_do_not_matter() {
    let mut random = Random::new(12);
    for _ in 0..30 {
        let input = Project::random(&mut random).json();
        let text = input.to_string();
        let renamed = text
            .replace("\"x\"", "\"zebra\"")
            .replace("\"y\"", "\"apple\"");
        let back = run(&serde_json::from_str(&renamed).unwrap()).to_string();
        let back = back
            .replace("\"zebra\"", "\"x\"")
            .replace("\"apple\"", "\"y\"");
        same(&run(&input), &serde_json::from_str(&back).unwrap());
    }
}

/// Every document twice: what is a share stays; alpha's correction for small samples shrinks as it should.
#[test]
fn doubling_the_data() {
    let mut random = Random::new(13);
    for _ in 0..60 {
        let project = Project::random(&mut random);
        let input = project.json();
        let double = json!({
            "documents": twice(&input["documents"], |d| d["id"] = json!(format!("{}'", d["id"].as_str().unwrap()))),
            "coders": input["coders"], "codes": input["codes"],
            "codings": twice(&input["codings"], |c| c[0] = json!(format!("{}'", c[0].as_str().unwrap()))),
            "done": input["done"].as_object().unwrap().iter().map(|(c, list)| {
                (c.clone(), twice(list, |d| *d = json!(format!("{}'", d.as_str().unwrap()))))
            }).collect::<serde_json::Map<_, _>>(),
        });
        let (once, doubled) = (run(&input), run(&double));
        let pairs = once["results"]
            .as_array()
            .unwrap()
            .iter()
            .zip(doubled["results"].as_array().unwrap());
        for (a, b) in pairs {
            assert_eq!(a["reason"], b["reason"], "{a:#}");
            let (Some(x), Some(y)) = (a["value"].as_f64(), b["value"].as_f64()) else {
                continue;
            };
            match a["measure"].as_str().unwrap() {
                "krippendorff_alpha"
                    if a["scope"] != "mean" && a["coders"].as_array().unwrap().len() == 2 =>
                {
                    let codes = if a["scope"] == "pooled" { 3.0 } else { 1.0 };
                    let n = 2.0 * codes * a["n_units"].as_f64().unwrap();
                    close(
                        1.0 - y,
                        (1.0 - x) * (2.0 * n - 1.0) / (2.0 * (n - 1.0)),
                        1e-9,
                    );
                }
                "krippendorff_alpha" | "u_alpha" | "bar_u_alpha" | "cu_alpha" | "ku_alpha"
                | "alpha_jaccard" | "alpha_masi" => {}
                _ => close(x, y, 1e-9),
            }
        }
    }
}

fn twice(list: &Value, change: impl Fn(&mut Value)) -> Value {
    let mut all = list.as_array().unwrap().clone();
    let mut copies = all.clone();
    copies.iter_mut().for_each(change);
    all.extend(copies);
    Value::Array(all)
}

/// Two coders who did the same agree entirely, by every measure that has a value.
#[test]
fn agreement_with_oneself_is_one() {
    let mut random = Random::new(14);
    let mut seen = 0;
    for _ in 0..60 {
        let mut input = Project::random(&mut random).json();
        input["coders"] = json!(["A", "B"]);
        input["done"] = Value::Null;
        let own: Vec<Value> = input["codings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|c| c[1] == "A")
            .cloned()
            .collect();
        let mut both = own.clone();
        for mut coding in own {
            coding[1] = json!("B");
            both.push(coding);
        }
        input["codings"] = Value::Array(both);
        for r in run(&input)["results"].as_array().unwrap() {
            let counts =
                ["prevalence_index", "bias_index"].contains(&r["measure"].as_str().unwrap());
            if let (Some(value), false) = (r["value"].as_f64(), counts) {
                close(value, 1.0, 1e-12);
                seen += 1;
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn same_bytes_for_same_input_and_seed() {
    let mut input = long_project(12);
    input["interval"] = json!("bootstrap");
    input["replicates"] = json!(100);
    let text = input.to_string();
    let first = run_json(&text, Some(7)).unwrap();
    assert_eq!(first, run_json(&text, Some(7)).unwrap());
    let other: Value = serde_json::from_str(&run_json(&text, Some(8)).unwrap()).unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        (&first["seed"], &first["replicates"]),
        (&json!(7), &json!(100))
    );
    let ci =
        |answer: &Value| row(answer, "krippendorff_alpha", "code", Some("x"), &[])["ci"].clone();
    assert_ne!(ci(&first), ci(&other));
}

/// Documents with codings of three coders that agree more or less.
fn long_project(documents: usize) -> Value {
    let mut random = Random::new(15);
    let mut codings = Vec::new();
    for d in 0..documents {
        for code in ["x", "y"] {
            for _ in 0..3 {
                let start = random.below(60);
                for coder in ["A", "B", "C"] {
                    if random.below(4) > 0 {
                        let start = start + random.below(6);
                        codings.push(json!([
                            format!("d{d}"),
                            coder,
                            code,
                            start,
                            start + 5 + random.below(20)
                        ]));
                    }
                }
            }
        }
    }
    json!({"documents": (0..documents).map(|d| json!({"id": format!("d{d}"), "length": 100})).collect::<Vec<_>>(),
        "coders": ["A", "B", "C"], "codes": ["x", "y"], "domains": {"x alone": ["x"]}, "codings": codings})
}

/// The same project with each document as often as `times` says.
fn resampled(input: &Value, times: &[u32]) -> Value {
    let mut documents = Vec::new();
    let mut codings = Vec::new();
    for (d, n) in times.iter().enumerate() {
        for copy in 0..*n {
            let id = json!(format!("d{d}/{copy}"));
            documents.push(json!({"id": id, "length": 100}));
            for coding in input["codings"].as_array().unwrap() {
                if coding[0] == format!("d{d}") {
                    let mut coding = coding.clone();
                    coding[0] = id.clone();
                    codings.push(coding);
                }
            }
        }
    }
    let mut project = input.clone();
    project["documents"] = json!(documents);
    project["codings"] = json!(codings);
    project
}

/// What must be found again by computing everything anew for each replicate: rows of every family.
const ROWS: [(&str, &str, Option<&str>, &[&str]); 14] = [
    ("krippendorff_alpha", "code", Some("x"), &[]),
    ("krippendorff_alpha", "any", None, &[]),
    ("krippendorff_alpha", "pooled", None, &[]),
    ("krippendorff_alpha", "mean", None, &[]),
    ("krippendorff_alpha", "pooled", None, &["A", "C"]),
    ("conger_kappa", "code", Some("y"), &[]),
    ("light_kappa", "code", Some("y"), &[]),
    ("gwet_ac1", "code", Some("x"), &["A", "B"]),
    ("cohen_kappa", "code", Some("x"), &["B", "C"]),
    ("u_alpha", "code", Some("x"), &[]),
    ("u_alpha", "code", Some("x"), &["A", "B"]),
    ("f1_iou", "any", None, &["A", "B"]),
    ("alpha_jaccard", "sets", None, &[]),
    ("alpha_masi", "sets", None, &[]),
];

#[test]
fn jackknife_leaves_out_one_document_at_a_time() {
    let documents = 12;
    let mut input = long_project(documents);
    let replicates: Vec<Value> = (0..documents)
        .map(|out| {
            run(&resampled(
                &input,
                &(0..documents)
                    .map(|d| u32::from(d != out))
                    .collect::<Vec<_>>(),
            ))
        })
        .collect();
    input["interval"] = json!("jackknife");
    let answer = run(&input);
    for (measure, scope, code, coders) in ROWS {
        let found = row(&answer, measure, scope, code, coders);
        let values: Vec<f64> = replicates
            .iter()
            .map(|r| value(r, measure, scope, code, coders))
            .collect();
        let g = documents as f64;
        let mean = values.iter().sum::<f64>() / g;
        let se = ((g - 1.0) / g * values.iter().map(|v| (v - mean).powi(2)).sum::<f64>()).sqrt();
        close(found["se"].as_f64().unwrap(), se, 1e-9);
        assert_eq!(found["ci_method"], "jackknife");
        // t with 11 degrees of freedom.
        let low = found["value"].as_f64().unwrap() - 2.200_985_160 * se;
        close(found["ci"][0].as_f64().unwrap(), low, 1e-6);
    }
}

#[test]
fn bootstrap_draws_whole_documents() {
    let (documents, replicates, seed) = (10, 40, 3);
    let mut input = long_project(documents);
    let plan = Plan::new(Interval::Bootstrap, documents, replicates, seed).unwrap();
    let drawn: Vec<Value> = (0..replicates as usize)
        .map(|b| run(&resampled(&input, &plan.times(b))))
        .collect();
    input["interval"] = json!("bootstrap");
    input["replicates"] = json!(replicates);
    input["seed"] = json!(seed);
    let answer = run(&input);
    for (measure, scope, code, coders) in ROWS {
        let found = row(&answer, measure, scope, code, coders);
        let mut values: Vec<f64> = drawn
            .iter()
            .map(|r| value(r, measure, scope, code, coders))
            .collect();
        values.sort_by(f64::total_cmp);
        // Place .025 * 39 = .975 between the first two of forty, .975 * 39 = 38.025 between the last two.
        close(
            found["ci"][0].as_f64().unwrap(),
            values[0] + 0.975 * (values[1] - values[0]),
            1e-9,
        );
        close(
            found["ci"][1].as_f64().unwrap(),
            values[38] + 0.025 * (values[39] - values[38]),
            1e-9,
        );
        assert_eq!(
            (&found["ci_method"], &found["undefined_share"]),
            (&json!("cluster_bootstrap"), &json!(0.0))
        );
    }
    let every: u32 = (0..replicates as usize)
        .map(|b| plan.times(b).iter().sum::<u32>())
        .sum();
    assert_eq!(every, replicates * documents as u32);
}

#[test]
fn too_few_documents_give_no_interval() {
    let mut input = long_project(9);
    for interval in ["bootstrap", "jackknife"] {
        input["interval"] = json!(interval);
        let answer = run(&input);
        let row = row(&answer, "krippendorff_alpha", "pooled", None, &[]);
        assert_eq!(
            (&row["ci"], &row["ci_reason"]),
            (&Value::Null, &json!("too_few_documents"))
        );
    }
}

/// A code used in one document of twelve: a third of the bootstrap's replicates do not have it.
#[test]
fn undefined_replicates_give_no_interval() {
    let mut input = long_project(12);
    input["codes"] = json!(["x", "y", "rare"]);
    input["codings"].as_array_mut().unwrap().extend([
        json!(["d3", "A", "rare", 0, 9]),
        json!(["d3", "B", "rare", 2, 9]),
    ]);
    input["interval"] = json!("bootstrap");
    let answer = run(&input);
    let row = row(&answer, "krippendorff_alpha", "code", Some("rare"), &[]);
    assert!(row["value"].is_f64() && row["ci"].is_null());
    assert_eq!(row["ci_reason"], "undefined_replicates");
    // (11/12)^12 of all replicates lack the document.
    close(
        row["undefined_share"].as_f64().unwrap(),
        (11.0f64 / 12.0).powi(12),
        0.03,
    );
}
