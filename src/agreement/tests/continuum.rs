//! The unitizing family, span matching and alpha over sets of codes against literal readings of their definitions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::brute::Random;
use super::{close, row, run, value};

const CODERS: [&str; 4] = ["A", "B", "C", "D"];
const CODES: [&str; 3] = ["x", "y", "z"];

/// Documents in which each coder's units are disjoint, some touching, each with one value.
struct Domain {
    lengths: Vec<usize>,
    coders: usize,
    done: Vec<Vec<bool>>,
    /// For each document and coder: start, end, value.
    units: Vec<Vec<Vec<(usize, usize, usize)>>>,
}

impl Domain {
    fn random(random: &mut Random) -> Self {
        let coders = 2 + random.below(3);
        let lengths: Vec<usize> = (0..1 + random.below(4))
            .map(|_| [0, 9, 40, 80][random.below(4)])
            .collect();
        let done = lengths
            .iter()
            .map(|_| (0..coders).map(|_| random.below(6) > 0).collect())
            .collect();
        let units = lengths
            .iter()
            .map(|&length| {
                (0..coders)
                    .map(|_| {
                        let (mut units, mut at) = (Vec::new(), 0);
                        loop {
                            let start = at + random.below(8) * random.below(2);
                            let end = start + 1 + random.below(9);
                            if end > length {
                                return units;
                            }
                            units.push((start, end, random.below(CODES.len())));
                            at = end;
                        }
                    })
                    .collect()
            })
            .collect();
        Self {
            lengths,
            coders,
            done,
            units,
        }
    }

    fn json(&self) -> Value {
        let mut codings = Vec::new();
        for (d, coders) in self.units.iter().enumerate() {
            for (c, units) in coders.iter().enumerate() {
                for (start, end, value) in units {
                    codings.push(json!([
                        format!("d{d}"),
                        CODERS[c],
                        CODES[*value],
                        start,
                        end
                    ]));
                }
            }
        }
        let done: serde_json::Map<String, Value> = (0..self.coders)
            .map(|c| {
                let finished = (0..self.lengths.len())
                    .filter(|d| self.done[*d][c])
                    .map(|d| format!("d{d}"));
                (CODERS[c].to_owned(), json!(finished.collect::<Vec<_>>()))
            })
            .collect();
        let documents: Vec<Value> = self
            .lengths
            .iter()
            .enumerate()
            .map(|(d, n)| json!({"id": format!("d{d}"), "length": n}))
            .collect();
        json!({"documents": documents, "coders": &CODERS[..self.coders], "codes": CODES,
               "domains": {"all": CODES}, "done": done, "codings": codings})
    }

    /// The sums of the definitions for some coders; only the given values count as valued, all else is a gap.
    fn sums(&self, members: &[usize], values: &[usize]) -> Sums {
        let q = values.len();
        let mut s = Sums {
            l: vec![vec![0.0; q + 1]; q + 1],
            squares: vec![0.0; q],
            shared: vec![0.0; q],
        };
        for (d, &length) in self.lengths.iter().enumerate() {
            let coders: Vec<usize> = members
                .iter()
                .copied()
                .filter(|c| self.done[d][*c])
                .collect();
            if coders.len() < 2 || (members.len() == 2 && coders.len() < 2) {
                continue;
            }
            let others = coders.len() as f64 - 1.0;
            let at = |c: usize, position: usize| {
                self.units[d][c]
                    .iter()
                    .find(|(start, end, _)| (*start..*end).contains(&position))
                    .and_then(|(_, _, value)| values.iter().position(|v| v == value))
                    .unwrap_or(q)
            };
            for &i in &coders {
                for &j in &coders {
                    if i != j {
                        for position in 0..length {
                            s.l[at(i, position)][at(j, position)] += 1.0 / others;
                        }
                    }
                }
                for (start, end, value) in &self.units[d][i] {
                    let Some(value) = values.iter().position(|v| v == value) else {
                        continue;
                    };
                    s.squares[value] += ((end - start) as f64).powi(2);
                    for &j in coders.iter().filter(|j| **j != i) {
                        let shared = (*start..*end).filter(|p| at(j, *p) < q).count() as f64;
                        s.shared[value] += shared * shared / others;
                    }
                }
            }
        }
        s
    }
}

struct Sums {
    l: Vec<Vec<f64>>,
    squares: Vec<f64>,
    shared: Vec<f64>,
}

impl Sums {
    /// The whole table of expected coincidences, by the formula.
    fn expected(&self) -> (Vec<f64>, f64, Vec<Vec<f64>>) {
        let q = self.squares.len();
        let rows: Vec<f64> = self.l.iter().map(|row| row.iter().sum()).collect();
        let total: f64 = rows.iter().sum();
        let s = |c: usize| if c == q { rows[q] } else { self.squares[c] };
        let all: f64 = (0..=q).map(s).sum();
        let cell = |c: usize, k: usize| {
            total * (rows[c] * rows[k] - if c == k { s(c) } else { 0.0 }) / (total * total - all)
        };
        let table = (0..=q)
            .map(|c| (0..=q).map(|k| cell(c, k)).collect())
            .collect();
        (rows, total, table)
    }

    fn u_alpha(&self) -> Option<f64> {
        let (_, total, e) = self.expected();
        let diagonal = |t: &[Vec<f64>]| (0..t.len()).map(|c| t[c][c]).sum::<f64>();
        ratio(total - diagonal(&self.l), total - diagonal(&e))
    }

    fn bar_u_alpha(&self) -> Option<f64> {
        let q = self.squares.len();
        let (rows, _, e) = self.expected();
        ratio(rows[q] - self.l[q][q], (0..q).map(|k| e[q][k]).sum())
    }

    fn starred(&self) -> (Vec<f64>, f64, Vec<Vec<f64>>) {
        let q = self.squares.len();
        let rows: Vec<f64> = (0..q).map(|c| self.l[c][..q].iter().sum()).collect();
        let total: f64 = rows.iter().sum();
        let all: f64 = self.shared.iter().sum();
        let cell = |c: usize, k: usize| {
            (rows[c] * rows[k] - if c == k { self.shared[c] } else { 0.0 }) / (total - all / total)
        };
        let table = (0..q)
            .map(|c| (0..q).map(|k| cell(c, k)).collect())
            .collect();
        (rows, total, table)
    }

    fn cu_alpha(&self) -> Option<f64> {
        let (_, total, e) = self.starred();
        let same: f64 = (0..e.len()).map(|c| self.l[c][c]).sum();
        let expected: f64 = (0..e.len()).map(|c| e[c][c]).sum();
        ratio(total - same, total - expected)
    }

    fn ku_alpha(&self, k: usize) -> Option<f64> {
        let (rows, _, e) = self.starred();
        let row: f64 = e[k].iter().sum();
        ratio(row / rows[k] * (rows[k] - self.l[k][k]), row - e[k][k])
    }
}

fn ratio(observed: f64, expected: f64) -> Option<f64> {
    (expected > 1e-9 && expected < 1e9).then(|| 1.0 - observed / expected)
}

fn compare(row: &Value, expected: Option<f64>) {
    match expected {
        Some(expected) => {
            let found = row["value"]
                .as_f64()
                .unwrap_or_else(|| panic!("{expected}: {row:#}"));
            close(found, expected, 1e-9);
        }
        None => assert!(
            row["value"].is_null() && row["reason"].is_string(),
            "{row:#}"
        ),
    }
}

#[test]
fn unitizing_equals_definition() {
    let mut random = Random::new(2016);
    let mut defined = 0;
    for _ in 0..200 {
        let domain = Domain::random(&mut random);
        let answer = run(&domain.json());
        let all: Vec<usize> = (0..domain.coders).collect();
        let mut groups = vec![all.clone()];
        groups.extend(
            all.iter()
                .flat_map(|a| (a + 1..domain.coders).map(|b| vec![*a, b])),
        );
        for group in groups {
            let names: Vec<&str> = group.iter().map(|c| CODERS[*c]).collect();
            let find = |measure: &str, code: Option<&str>| {
                let rows = answer["results"].as_array().unwrap().iter();
                rows.clone()
                    .find(|r| {
                        r["measure"] == measure
                            && r["domain"] == "all"
                            && r["code"] == json!(code)
                            && r["coders"] == json!(names)
                    })
                    .unwrap()
            };
            let sums = domain.sums(&group, &[0, 1, 2]);
            compare(find("u_alpha", None), sums.u_alpha());
            compare(find("bar_u_alpha", None), sums.bar_u_alpha());
            compare(find("cu_alpha", None), sums.cu_alpha());
            for (k, code) in CODES.iter().enumerate() {
                compare(find("ku_alpha", Some(code)), sums.ku_alpha(k));
            }
            defined += usize::from(sums.cu_alpha().is_some());
            for (k, code) in CODES.iter().enumerate() {
                let one = domain.sums(&group, &[k]).u_alpha();
                // One value against gaps: both measures look at the same cells.
                for measure in ["u_alpha", "bar_u_alpha"] {
                    compare(row(&answer, measure, "code", Some(code), &names), one);
                }
            }
        }
    }
    assert!(defined > 100, "only {defined}");
}

/// Four units of one length, two coders: l = 40, gaps and units by hand.
#[test]
fn u_alpha_by_hand() {
    // A [0, 4), B [2, 6) of 20 characters: l_c = 8, l_phi = 32, l_c,phi = 4, S_c = 32, S_phi = 32.
    // e_c,phi = 40 * 8 * 32 / (1600 - 64); u = 1 - 4/e.
    let answer = run(
        &json!({"documents": [{"id": "d", "length": 20}], "coders": ["A", "B"],
        "codings": [["d", "A", "x", 0, 4], ["d", "B", "x", 2, 6]]}),
    );
    let expected = 1.0 - 4.0 / (40.0 * 8.0 * 32.0 / 1536.0);
    close(
        value(&answer, "u_alpha", "code", Some("x"), &[]),
        expected,
        1e-12,
    );
}

/// A coder who splits a unit in two touching ones changes the expected coincidences of the unitizing alpha a little, and
/// nothing at the level of characters.
#[test]
fn splitting_a_unit() {
    let case = |codings: Value| {
        let input = json!({"documents": [{"id": "d", "length": 200}], "coders": ["A", "B"], "codings": codings});
        run(&input)
    };
    let whole = case(json!([["d", "A", "x", 50, 90], ["d", "B", "x", 50, 90]]));
    let split = case(json!([
        ["d", "A", "x", 50, 70],
        ["d", "A", "x", 70, 90],
        ["d", "B", "x", 50, 88]
    ]));
    let same = case(json!([["d", "A", "x", 50, 90], ["d", "B", "x", 50, 88]]));
    for measure in ["krippendorff_alpha", "percent", "gwet_ac1"] {
        assert_eq!(
            value(&split, measure, "code", Some("x"), &[]),
            value(&same, measure, "code", Some("x"), &[])
        );
    }
    assert_eq!(value(&whole, "u_alpha", "code", Some("x"), &[]), 1.0);
    let (a, b) = (
        value(&split, "u_alpha", "code", Some("x"), &[]),
        value(&same, "u_alpha", "code", Some("x"), &[]),
    );
    assert!(a != b && (a - b).abs() < 0.01, "{a} {b}");
}

#[test]
fn overlapping_codes_of_a_domain_are_refused_with_their_places() {
    let input = json!({"documents": [{"id": "d", "length": 100}], "coders": ["A", "B", "C"],
        "domains": {"actors": ["iran", "israel"]},
        "codings": [["d", "A", "iran", 0, 20], ["d", "A", "israel", 15, 30], ["d", "B", "iran", 0, 20],
                    ["d", "C", "iran", 0, 10], ["d", "C", "israel", 10, 30]]});
    let answer = run(&input);
    let find = |coders: &[&str]| {
        let rows = answer["results"].as_array().unwrap();
        rows.iter()
            .find(|r| {
                r["measure"] == "cu_alpha"
                    && r["domain"] == "actors"
                    && r["coders"] == json!(coders)
            })
            .unwrap()
    };
    let row = find(&["A", "B", "C"]);
    assert_eq!(row["value"], Value::Null);
    assert_eq!(row["reason"], "overlapping_codes");
    assert_eq!(
        row["conflicts"],
        json!([{"document": "d", "coder": "A", "codes": ["iran", "israel"], "start": 15, "end": 20}])
    );
    assert!(find(&["B", "C"])["value"].is_f64());
}

/// F1 over spans: as many one-to-one matches as there can be, undefined where nobody marked anything.
#[test]
fn span_f1() {
    let input = json!({"documents": [{"id": "d", "length": 100}, {"id": "e", "length": 100}],
        "coders": ["A", "B"], "codes": ["x", "y", "unused"],
        "codings": [["d", "A", "x", 0, 10], ["d", "A", "x", 20, 30], ["d", "A", "x", 25, 40],
                    ["d", "B", "x", 0, 10], ["d", "B", "x", 22, 40], ["e", "B", "x", 0, 5],
                    ["e", "A", "y", 10, 20], ["e", "B", "y", 12, 24]]});
    let answer = run(&input);
    // A's spans of x are [0, 10) and [20, 40): her own overlap is one span.
    let exact = row(&answer, "f1_exact", "code", Some("x"), &[]);
    assert_eq!(
        (&exact["tp"], &exact["n1"], &exact["n2"]),
        (&json!(1), &json!(2), &json!(3))
    );
    close(exact["value"].as_f64().unwrap(), 2.0 / 5.0, 1e-15);
    close(
        value(&answer, "f1_iou", "code", Some("x"), &[]),
        4.0 / 5.0,
        1e-15,
    );
    let overlap = row(&answer, "f1_overlap", "code", Some("y"), &[]);
    assert_eq!(
        (&overlap["median_start_diff"], &overlap["median_end_diff"]),
        (&json!(2.0), &json!(4.0))
    );
    assert_eq!(
        row(&answer, "f1_iou", "code", Some("y"), &[])["threshold"],
        0.5
    );
    // 8 of 14 characters shared: above one half, below .6.
    close(value(&answer, "f1_iou", "code", Some("y"), &[]), 1.0, 1e-15);
    let unused = row(&answer, "f1_exact", "code", Some("unused"), &[]);
    assert_eq!(
        (&unused["value"], &unused["reason"]),
        (&Value::Null, &json!("no_spans"))
    );
    // Micro over codes: 1 exact of 3 + 4 spans... 2 tp / (n1 + n2) over both codes.
    let any = row(&answer, "f1_exact", "any", None, &[]);
    assert_eq!(
        (&any["tp"], &any["n1"], &any["n2"]),
        (&json!(1), &json!(3), &json!(4))
    );
    let mut strict = input;
    strict["threshold"] = json!(0.6);
    assert_eq!(
        row(&run(&strict), "f1_iou", "code", Some("y"), &[])["tp"],
        0
    );
}

#[test]
fn f1_of_three_coders_has_a_mean_of_pairs() {
    let answer = run(
        &json!({"documents": [{"id": "d", "length": 10}], "coders": ["A", "B", "C"],
        "codings": [["d", "A", "x", 0, 5], ["d", "B", "x", 0, 5]]}),
    );
    let mean = row(&answer, "f1_exact", "code", Some("x"), &[]);
    assert_eq!(mean["variant"], "mean_of_pairs");
    close(
        mean["value"].as_f64().unwrap(),
        (1.0 + 0.0 + 0.0) / 3.0,
        1e-15,
    );
}

/// Alpha over sets of codes on characters, read literally: every pair of values of every unit, every pair of values
/// that there are.
#[test]
fn sets_of_codes_equal_definition() {
    let mut random = Random::new(99);
    for _ in 0..60 {
        let project = super::brute::Project::random(&mut random);
        let answer = run(&project.json());
        let mut units: Vec<Vec<BTreeSet<usize>>> = Vec::new();
        for (d, &length) in project.lengths.iter().enumerate() {
            for position in 0..length {
                let sets = (0..project.coders)
                    .filter(|c| project.done[d][*c])
                    .map(|c| {
                        let here = |&&(cd, cc, _, s, e): &&(usize, usize, usize, usize, usize)| {
                            cd == d && cc == c && (s..e).contains(&position)
                        };
                        project
                            .codings
                            .iter()
                            .filter(here)
                            .map(|coding| coding.2)
                            .collect()
                    });
                units.push(sets.collect());
            }
        }
        units.retain(|unit| unit.len() >= 2);
        for (measure, masi) in [("alpha_jaccard", false), ("alpha_masi", true)] {
            for coded_only in [false, true] {
                let counted: Vec<&Vec<BTreeSet<usize>>> = units
                    .iter()
                    .filter(|u| !coded_only || u.iter().any(|s| !s.is_empty()))
                    .collect();
                let variant = if coded_only {
                    json!("coded_units_only")
                } else {
                    Value::Null
                };
                let found = answer["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|r| r["measure"] == measure && r["variant"] == variant)
                    .unwrap();
                compare(found, set_alpha(&counted, masi));
                assert_eq!(found["n_units"], counted.len());
            }
        }
    }
}

fn distance(a: &BTreeSet<usize>, b: &BTreeSet<usize>, masi: bool) -> f64 {
    if a == b {
        return 0.0;
    }
    let jaccard = a.intersection(b).count() as f64 / a.union(b).count() as f64;
    let m = match (masi, a.is_subset(b) || b.is_subset(a), a.is_disjoint(b)) {
        (false, _, _) => 1.0,
        (true, true, _) => 2.0 / 3.0,
        (true, false, false) => 1.0 / 3.0,
        (true, false, true) => 0.0,
    };
    1.0 - jaccard * m
}

fn set_alpha(units: &[&Vec<BTreeSet<usize>>], masi: bool) -> Option<f64> {
    let values: Vec<&BTreeSet<usize>> = units.iter().flat_map(|u| u.iter()).collect();
    let n = values.len() as f64;
    let mut observed = 0.0;
    for unit in units {
        for (i, a) in unit.iter().enumerate() {
            for b in &unit[i + 1..] {
                observed += 2.0 * distance(a, b, masi) / (unit.len() as f64 - 1.0);
            }
        }
    }
    let expected: f64 = values
        .iter()
        .map(|a| values.iter().map(|b| distance(a, b, masi)).sum::<f64>())
        .sum();
    ratio(observed / n, expected / (n * (n - 1.0)))
}
