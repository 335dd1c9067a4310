//! The definitions read literally, on arrays of characters, against the sweep over boundaries.
//!
//! Slow on purpose: every character of every document gets one cell per coder and code, and every coefficient is
//! written out from its definition with loops over units and pairs of coders.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{close, row, run};

pub(super) struct Random(ChaCha8Rng);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.0.next_u64() % n as u64) as usize
    }
}

const CODERS: [&str; 4] = ["A", "B", "C", "D"];
const CODES: [&str; 3] = ["x", "y", "z"];

/// A project with overlapping and touching spans, coders who have not finished everything, an empty document.
pub(super) struct Project {
    pub lengths: Vec<usize>,
    pub coders: usize,
    pub done: Vec<Vec<bool>>,
    pub codings: Vec<(usize, usize, usize, usize, usize)>,
}

impl Project {
    pub fn random(random: &mut Random) -> Self {
        let coders = 2 + random.below(3);
        let lengths: Vec<usize> = (0..1 + random.below(5))
            .map(|_| [0, 1, 17, 40, 90][random.below(5)])
            .collect();
        let done = lengths
            .iter()
            .map(|_| (0..coders).map(|_| random.below(5) > 0).collect())
            .collect();
        let mut codings = Vec::new();
        for _ in 0..random.below(40) {
            let d = random.below(lengths.len());
            if lengths[d] == 0 {
                continue;
            }
            let start = random.below(lengths[d]);
            let end = (start + 1 + random.below(20)).min(lengths[d]);
            codings.push((
                d,
                random.below(coders),
                random.below(CODES.len()),
                start,
                end,
            ));
        }
        Self {
            lengths,
            coders,
            done,
            codings,
        }
    }

    pub fn json(&self) -> Value {
        let name = |d: usize| format!("d{d}");
        let done: serde_json::Map<String, Value> = (0..self.coders)
            .map(|c| {
                let finished: Vec<String> = (0..self.lengths.len())
                    .filter(|d| self.done[*d][c])
                    .map(name)
                    .collect();
                (CODERS[c].to_owned(), json!(finished))
            })
            .collect();
        json!({
            "documents": self.lengths.iter().enumerate()
                .map(|(d, n)| json!({"id": name(d), "length": n})).collect::<Vec<_>>(),
            "coders": &CODERS[..self.coders],
            "codes": CODES,
            "done": done,
            "codings": self.codings.iter()
                .map(|(d, c, k, s, e)| json!([name(*d), CODERS[*c], CODES[*k], s, e])).collect::<Vec<_>>(),
        })
    }

    /// Every pair of coders.
    pub fn pairs(&self) -> Vec<[usize; 2]> {
        (0..self.coders)
            .flat_map(|a| (a + 1..self.coders).map(move |b| [a, b]))
            .collect()
    }

    /// For each unit (a character) the values of the given coders, `None` where a coder has not finished.
    /// `code` absent: coded with anything.
    pub fn units(&self, coders: &[usize], code: Option<usize>) -> Vec<Vec<Option<bool>>> {
        let mut units = Vec::new();
        for (d, &length) in self.lengths.iter().enumerate() {
            for position in 0..length {
                let coded = |c: usize| {
                    self.codings.iter().any(|&(cd, cc, ck, s, e)| {
                        cd == d
                            && cc == c
                            && code.is_none_or(|k| k == ck)
                            && (s..e).contains(&position)
                    })
                };
                units.push(
                    coders
                        .iter()
                        .map(|&c| self.done[d][c].then(|| coded(c)))
                        .collect(),
                );
            }
        }
        units
    }
}

/// Sums over one table of units; everything else follows.
#[derive(Default, Clone)]
struct Sums {
    o: [[f64; 2]; 2],
    units: f64,
    agree: f64,
    share: f64,
}

fn sums(units: &[Vec<Option<bool>>]) -> Sums {
    let mut s = Sums::default();
    for unit in units {
        let values: Vec<usize> = unit.iter().flatten().map(|v| usize::from(*v)).collect();
        let m = values.len();
        if m < 2 {
            continue;
        }
        s.units += 1.0;
        let mut agreeing = 0.0;
        for i in 0..m {
            for j in 0..m {
                if i != j {
                    s.o[values[i]][values[j]] += 1.0 / (m as f64 - 1.0);
                    agreeing += f64::from(u8::from(values[i] == values[j]));
                }
            }
        }
        s.agree += agreeing / (m * (m - 1)) as f64;
        s.share += values.iter().sum::<usize>() as f64 / m as f64;
    }
    s
}

fn alpha(s: &Sums) -> Option<f64> {
    let (n0, n1) = (s.o[0][0] + s.o[0][1], s.o[1][0] + s.o[1][1]);
    let n = n0 + n1;
    let observed = (s.o[0][1] + s.o[1][0]) / n;
    let expected = 2.0 * n0 * n1 / (n * (n - 1.0));
    (expected > 1e-9).then(|| 1.0 - observed / expected)
}

fn kappa(agreed: f64, expected: f64) -> Option<f64> {
    (1.0 - expected > 1e-9).then(|| (agreed - expected) / (1.0 - expected))
}

/// Share of "coded" of each coder over units with at least two values.
fn coder_shares(units: &[Vec<Option<bool>>]) -> Vec<f64> {
    let pairable: Vec<&Vec<Option<bool>>> = units
        .iter()
        .filter(|u| u.iter().flatten().count() >= 2)
        .collect();
    (0..units.first().map_or(0, Vec::len))
        .filter_map(|c| {
            let values: Vec<bool> = pairable.iter().filter_map(|u| u[c]).collect();
            (!values.is_empty())
                .then(|| values.iter().filter(|v| **v).count() as f64 / values.len() as f64)
        })
        .collect()
}

fn cohen(units: &[Vec<Option<bool>>]) -> Option<f64> {
    let both: Vec<(bool, bool)> = units.iter().filter_map(|u| Some((u[0]?, u[1]?))).collect();
    let n = both.len() as f64;
    let share = |f: &dyn Fn(&(bool, bool)) -> bool| both.iter().filter(|v| f(v)).count() as f64 / n;
    let (p1, p2) = (share(&|v| v.0), share(&|v| v.1));
    kappa(share(&|v| v.0 == v.1), p1 * p2 + (1.0 - p1) * (1.0 - p2))
}

/// Every measure of all coders (or of two) that the definitions give for these units.
fn expected(units: &[Vec<Option<bool>>]) -> Vec<(&'static str, Option<f64>)> {
    let s = sums(units);
    let pa = s.agree / s.units;
    let pi = s.share / s.units;
    let shares = coder_shares(units);
    let mut products = Vec::new();
    for (g, a) in shares.iter().enumerate() {
        for (h, b) in shares.iter().enumerate() {
            if g != h {
                products.push(a * b + (1.0 - a) * (1.0 - b));
            }
        }
    }
    let conger = products.iter().sum::<f64>() / products.len() as f64;
    vec![
        ("percent", Some(pa)),
        ("krippendorff_alpha", alpha(&s)),
        ("fleiss_kappa", kappa(pa, pi * pi + (1.0 - pi) * (1.0 - pi))),
        ("gwet_ac1", kappa(pa, 2.0 * pi * (1.0 - pi))),
        ("brennan_prediger", kappa(pa, 0.5)),
        ("conger_kappa", kappa(pa, conger)),
    ]
}

fn compare(row: &Value, expected: Option<f64>) {
    match expected {
        Some(value) => {
            close(
                row["value"]
                    .as_f64()
                    .unwrap_or_else(|| panic!("{value}: {row:#}")),
                value,
                1e-9,
            );
            assert_eq!(row["reason"], Value::Null);
        }
        None => {
            assert_eq!(row["value"], Value::Null, "{row:#}");
            assert_ne!(row["reason"], Value::Null);
        }
    }
}

#[test]
fn sweep_equals_characters() {
    let mut random = Random::new(20_260_101);
    let mut compared = 0;
    for _ in 0..300 {
        let project = Project::random(&mut random);
        let answer = run(&project.json());
        let all: Vec<usize> = (0..project.coders).collect();
        let scopes: Vec<(&str, Option<usize>)> = vec![
            ("any", None),
            ("code", Some(0)),
            ("code", Some(1)),
            ("code", Some(2)),
        ];
        for (scope, code) in scopes {
            let name = code.map(|k| CODES[k]);
            let units = project.units(&all, code);
            let pairable = units
                .iter()
                .filter(|u| u.iter().flatten().count() >= 2)
                .count();
            assert_eq!(answer["n_units"], pairable);
            if pairable == 0 {
                let row = row(&answer, "krippendorff_alpha", scope, name, &[]);
                assert_eq!(row["value"], Value::Null);
                continue;
            }
            for (measure, value) in expected(&units) {
                compare(row(&answer, measure, scope, name, &[]), value);
                compared += 1;
            }
            for [a, b] in project.pairs() {
                let units = project.units(&[a, b], code);
                if units.iter().all(|u| u.iter().flatten().count() < 2) {
                    continue;
                }
                let pair = [CODERS[a], CODERS[b]];
                compare(
                    row(&answer, "cohen_kappa", scope, name, &pair),
                    cohen(&units),
                );
                for (measure, value) in expected(&units) {
                    if matches!(measure, "percent" | "krippendorff_alpha" | "gwet_ac1") {
                        compare(row(&answer, measure, scope, name, &pair), value);
                    }
                    if measure == "fleiss_kappa" {
                        compare(row(&answer, "scott_pi", scope, name, &pair), value);
                    }
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 1000, "only {compared} comparisons");
}

/// Pooled alpha sums coincidences over codes; the mean is over the codes where alpha exists.
#[test]
fn pooled_and_mean() {
    let mut random = Random::new(7);
    for _ in 0..200 {
        let project = Project::random(&mut random);
        let all: Vec<usize> = (0..project.coders).collect();
        let per_code: Vec<Sums> = (0..CODES.len())
            .map(|k| sums(&project.units(&all, Some(k))))
            .collect();
        if per_code[0].units == 0.0 {
            continue;
        }
        let answer = run(&project.json());
        let mut pooled = Sums::default();
        for s in &per_code {
            for c in 0..2 {
                for k in 0..2 {
                    pooled.o[c][k] += s.o[c][k];
                }
            }
        }
        compare(
            row(&answer, "krippendorff_alpha", "pooled", None, &[]),
            alpha(&pooled),
        );
        let values: Vec<f64> = per_code.iter().filter_map(alpha).collect();
        let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let row = row(&answer, "krippendorff_alpha", "mean", None, &[]);
        compare(row, mean);
        assert_eq!(row["n_defined"], values.len());
        assert_eq!(row["n_undefined"], CODES.len() - values.len());
    }
}
