//! Values printed in the literature.

use serde_json::{Value, json};

use super::{close, row, run, value};

/// Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Section A: two coders, binary, no missing
/// data; section B: two coders, five nominal categories; section C: four coders, missing data, all four levels.
#[test]
fn krippendorff_2011() {
    let a =
        json!({"matrix": [[0,1,0,0,0,0,0,0,1,0],[1,1,1,0,0,1,0,0,0,0]], "coders": ["Meg", "Owen"]});
    close(
        value(&run(&a), "krippendorff_alpha", "matrix", None, &[]),
        0.095,
        0.0005,
    );

    let b = json!({"matrix": [
        ["a","a","b","b","d","c","c","c","e","d","d","a"],
        ["b","a","b","b","b","c","c","c","e","d","d","d"]]});
    close(
        value(&run(&b), "krippendorff_alpha", "matrix", None, &[]),
        0.692,
        0.0005,
    );

    for (level, alpha) in [
        ("nominal", 0.743),
        ("ordinal", 0.815),
        ("interval", 0.849),
        ("ratio", 0.797),
    ] {
        let mut c = four_observers();
        c["level"] = json!(level);
        let answer = run(&c);
        close(
            value(&answer, "krippendorff_alpha", "matrix", None, &[]),
            alpha,
            0.0005,
        );
        assert_eq!(
            row(&answer, "krippendorff_alpha", "matrix", None, &[])["n_units"],
            11
        );
    }
}

/// The data of section C, which Gwet uses too (2014, table of 12 units and 4 raters with missing ratings).
pub(super) fn four_observers() -> Value {
    json!({"matrix": [
        [1,2,3,3,2,1,4,1,2,null,null,null],
        [1,2,3,3,2,2,4,1,2,5,null,3],
        [null,3,3,3,2,3,4,2,2,5,1,null],
        [1,2,3,3,2,4,4,1,2,5,1,null]],
        "coders": ["A", "B", "C", "D"], "categories": [1, 2, 3, 4, 5]})
}

/// Percent agreement is Gwet's over units; the pair-weighted figure inside alpha is another number.
#[test]
fn percent_is_not_one_minus_observed_disagreement() {
    let answer = run(&four_observers());
    close(
        value(&answer, "percent", "matrix", None, &[]),
        0.818,
        0.0005,
    );
    let alpha = row(&answer, "krippendorff_alpha", "matrix", None, &[]);
    close(1.0 - alpha["observed"].as_f64().unwrap(), 0.800, 0.0005);
}

/// Two coders who contradict each other on eight values: -.75, not -1.
#[test]
fn perfect_disagreement() {
    let answer = run(&json!({"matrix": [[0,0,1,1],[1,1,0,0]]}));
    assert_eq!(
        value(&answer, "krippendorff_alpha", "matrix", None, &[]),
        -0.75
    );
}

/// Feinstein & Cicchetti (1990), High agreement but low kappa: I. The problems of two paradoxes.
#[test]
fn kappa_paradoxes() {
    for (table, percent, kappa) in [
        ([[40, 9], [6, 45]], 0.85, 0.70),
        ([[80, 10], [5, 5]], 0.85, 0.32),
        ([[45, 15], [25, 15]], 0.60, 0.13),
        ([[25, 35], [5, 35]], 0.60, 0.26),
    ] {
        let answer = run(&two_by_two(table));
        close(
            value(&answer, "percent", "matrix", None, &[]),
            percent,
            1e-12,
        );
        close(
            value(&answer, "cohen_kappa", "matrix", None, &[]),
            kappa,
            0.005,
        );
    }
}

/// A matrix of two coders from a table of yes/no counts.
pub(super) fn two_by_two(table: [[usize; 2]; 2]) -> Value {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for (i, row) in table.iter().enumerate() {
        for (j, &n) in row.iter().enumerate() {
            a.extend(std::iter::repeat_n(i, n));
            b.extend(std::iter::repeat_n(j, n));
        }
    }
    json!({"matrix": [a, b], "categories": [0, 1]})
}

/// Hayes, A. F. & Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding data.
/// Table 1: forty articles, five observers, missing judgements; ordinal alpha is .7598.
#[test]
fn hayes_krippendorff_2007() {
    let table = [
        "112.2", "1101.", "2333.", ".00.0", "000.0", "000.0", "102.1", "1.20.", "222.2", "2111.",
        ".100.", "0000.", "1222.", "33223", "111.1", "111.1", "212.2", "1233.", "1101.", "000.0",
        "0011.", "00.00", "2333.", "0000.", "12.22", "0111.", "00010", "1212.", "1122.", "112.2",
        "110.0", "2121.", "22.22", "3222.", "222.2", "223.2", "222.2", "22.12", "2222.", "111.1",
    ];
    let matrix: Vec<Vec<Option<u32>>> = (0..5)
        .map(|o| {
            table
                .iter()
                .map(|unit| unit.chars().nth(o).unwrap().to_digit(10))
                .collect()
        })
        .collect();
    let input = |level: &str| json!({"matrix": matrix, "categories": [0, 1, 2, 3], "level": level});
    close(
        value(
            &run(&input("ordinal")),
            "krippendorff_alpha",
            "matrix",
            None,
            &[],
        ),
        0.7598,
        0.00005,
    );
    // Nominal and interval figures of two other programs for the same table.
    close(
        value(
            &run(&input("nominal")),
            "krippendorff_alpha",
            "matrix",
            None,
            &[],
        ),
        0.477,
        0.0005,
    );
    close(
        value(
            &run(&input("interval")),
            "krippendorff_alpha",
            "matrix",
            None,
            &[],
        ),
        0.757,
        0.0005,
    );
}

/// A matrix with as many coders as each unit has ratings, from counts per category. Which coder gave which rating is
/// not known, so only coefficients that do not ask for it may be looked at.
fn from_counts(counts: &[[usize; 5]]) -> Value {
    let units: Vec<Vec<usize>> = counts
        .iter()
        .map(|row| {
            (0..5)
                .flat_map(|k| std::iter::repeat_n(k + 1, row[k]))
                .collect()
        })
        .collect();
    let matrix: Vec<Vec<usize>> = (0..units[0].len())
        .map(|c| units.iter().map(|u| u[c]).collect())
        .collect();
    json!({"matrix": matrix, "categories": [1, 2, 3, 4, 5]})
}

/// Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Table 1: thirty patients, six
/// psychiatrists, five diagnoses; kappa is .430. Alpha of the same table is .4334.
#[test]
fn fleiss_1971() {
    let counts = [
        [0, 0, 0, 6, 0],
        [0, 3, 0, 0, 3],
        [0, 1, 4, 0, 1],
        [0, 0, 0, 0, 6],
        [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0],
        [0, 0, 4, 0, 2],
        [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0],
        [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0],
        [1, 1, 0, 4, 0],
        [0, 3, 3, 0, 0],
        [1, 0, 0, 5, 0],
        [0, 2, 0, 3, 1],
        [0, 0, 5, 0, 1],
        [3, 0, 0, 1, 2],
        [5, 1, 0, 0, 0],
        [0, 2, 0, 4, 0],
        [1, 0, 2, 0, 3],
        [0, 0, 0, 0, 6],
        [0, 1, 0, 5, 0],
        [0, 2, 0, 1, 3],
        [2, 0, 0, 4, 0],
        [1, 0, 0, 4, 1],
        [0, 5, 0, 1, 0],
        [4, 0, 0, 0, 2],
        [0, 2, 0, 4, 0],
        [1, 0, 5, 0, 0],
        [0, 0, 0, 0, 6],
    ];
    let answer = run(&from_counts(&counts));
    close(
        value(&answer, "fleiss_kappa", "matrix", None, &[]),
        0.430,
        0.0005,
    );
    close(
        value(&answer, "krippendorff_alpha", "matrix", None, &[]),
        0.4334,
        0.00005,
    );
    let row = row(&answer, "fleiss_kappa", "matrix", None, &[]);
    close(row["observed"].as_f64().unwrap(), 0.556, 0.0005);
    close(row["expected"].as_f64().unwrap(), 0.220, 0.0005);
}

/// A matrix of two coders from a table of counts of three categories.
fn three_by_three(table: [[usize; 3]; 3]) -> Value {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for (i, row) in table.iter().enumerate() {
        for (j, &n) in row.iter().enumerate() {
            a.extend(std::iter::repeat_n(i, n));
            b.extend(std::iter::repeat_n(j, n));
        }
    }
    json!({"matrix": [a, b], "categories": [0, 1, 2]})
}

/// Cohen, J. (1960). A coefficient of agreement for nominal scales: proportions .44 .07 .09 / .05 .20 .05 / .01 .03 .06 of
/// 200 give .492; and .25 .13 .12 / .12 .02 .16 / .03 .15 .02 less than chance, -.09. Brennan & Prediger (1981) put 1/q
/// in the place of the expected agreement: (.70 - 1/3)/(2/3) = .55.
#[test]
fn cohen_1960() {
    let answer = run(&three_by_three([[88, 14, 18], [10, 40, 10], [2, 6, 12]]));
    close(
        value(&answer, "cohen_kappa", "matrix", None, &[]),
        0.492,
        0.0005,
    );
    close(
        value(&answer, "brennan_prediger", "matrix", None, &[]),
        0.55,
        1e-12,
    );
    assert_eq!(
        answer["tables"][0]["table"],
        json!([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    );
    let answer = run(&three_by_three([[25, 13, 12], [12, 2, 16], [3, 15, 2]]));
    close(
        value(&answer, "cohen_kappa", "matrix", None, &[]),
        -0.09,
        0.005,
    );
}

/// Brennan & Prediger's coefficient depends on the categories of the scheme, not on those that were seen.
#[test]
fn categories_of_the_scheme_count() {
    let seen = json!({"matrix": [[1, 1, 2, 2], [1, 1, 2, 1]]});
    let scheme = json!({"matrix": [[1, 1, 2, 2], [1, 1, 2, 1]], "categories": [1, 2, 3, 4]});
    close(
        value(&run(&seen), "brennan_prediger", "matrix", None, &[]),
        0.5,
        1e-12,
    );
    let answer = run(&scheme);
    close(
        value(&answer, "brennan_prediger", "matrix", None, &[]),
        (0.75 - 0.25) / 0.75,
        1e-12,
    );
    assert_eq!(
        row(&answer, "brennan_prediger", "matrix", None, &[])["q"],
        4
    );
    assert_eq!(
        value(&answer, "krippendorff_alpha", "matrix", None, &[]),
        value(&run(&seen), "krippendorff_alpha", "matrix", None, &[])
    );
}

/// Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement: 125
/// subjects, 118 + 0 agreements; kappa and pi fall below zero where AC1 is .94.
#[test]
fn gwet_2008() {
    let answer = run(&two_by_two([[118, 5], [2, 0]]));
    close(
        value(&answer, "cohen_kappa", "matrix", None, &[]),
        -0.0234,
        0.00005,
    );
    close(
        value(&answer, "scott_pi", "matrix", None, &[]),
        -0.0288,
        0.00005,
    );
    close(
        value(&answer, "gwet_ac1", "matrix", None, &[]),
        0.9408,
        0.00005,
    );
}

/// Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th ed.: twelve units, four raters, missing ratings.
/// Coefficients with their standard errors and intervals.
#[test]
fn gwet_2014() {
    let mut input = four_observers();
    input["interval"] = json!("analytic");
    let answer = run(&input);
    for (measure, coefficient, se, low) in [
        ("gwet_ac1", 0.77544, 0.14295, Some(0.46081)),
        ("fleiss_kappa", 0.76117, 0.15302, Some(0.42438)),
        ("brennan_prediger", 0.77273, 0.14472, Some(0.45421)),
        ("percent", 0.81818, 0.12561, None),
    ] {
        let row = row(&answer, measure, "matrix", None, &[]);
        close(row["value"].as_f64().unwrap(), coefficient, 0.000_005);
        close(row["se"].as_f64().unwrap(), se, 0.000_005);
        assert_eq!(row["ci_method"], "analytic");
        assert_eq!(row["ci"][1], 1.0, "cut at 1");
        if let Some(low) = low {
            close(row["ci"][0].as_f64().unwrap(), low, 0.000_005);
        }
    }
    let alpha = row(&answer, "krippendorff_alpha", "matrix", None, &[]);
    assert_eq!(
        (&alpha["se"], &alpha["ci_reason"]),
        (&Value::Null, &json!("no_analytic_formula"))
    );
}

/// Fleiss's kappa must keep units with missing values: dropping them gives .64 on this table instead of .76.
#[test]
fn units_with_missing_values_are_kept() {
    let answer = run(&four_observers());
    close(
        value(&answer, "fleiss_kappa", "matrix", None, &[]),
        0.76,
        0.005,
    );
}

/// Artstein, R. & Poesio, M. (2008). Inter-coder agreement for computational linguistics: the table of dialogue acts,
/// 46 6 0 / 0 32 0 / 0 6 10; observed .88, S .82, pi .7995, kappa .8013.
#[test]
fn artstein_poesio_2008() {
    let answer = run(&three_by_three([[46, 6, 0], [0, 32, 0], [0, 6, 10]]));
    close(value(&answer, "percent", "matrix", None, &[]), 0.88, 1e-12);
    close(
        value(&answer, "brennan_prediger", "matrix", None, &[]),
        0.82,
        1e-12,
    );
    close(
        value(&answer, "scott_pi", "matrix", None, &[]),
        0.7995,
        0.00005,
    );
    close(
        value(&answer, "cohen_kappa", "matrix", None, &[]),
        0.8013,
        0.00005,
    );
}

/// Distances between sets as Artstein & Poesio (2008, on Passonneau 2006) explain them, by hand: equal sets 0; {a} and
/// {a, b} share half, one contains the other: Jaccard 1/2, MASI 1 - 1/2 * 2/3 = 2/3; {a, b} and {b, c} overlap: Jaccard 2/3,
/// MASI 1 - 1/3 * 1/3 = 8/9; disjoint 1; two empty sets 0.
#[test]
fn distances_between_sets() {
    // Two units of two coders: sets X, Y in the first, X, X in the second, so that n = 4 with three X and one Y:
    // alpha = 1 - 3 d / (3 d) = 0 whatever d; with observed = 2 d / 4 the distance itself can be read.
    let observed = |x: Value, y: Value| {
        let answer = run(&json!({"sets": [[x, x], [y, x]], "coders": ["A", "B"]}));
        let of = |measure| {
            row(&answer, measure, "sets", None, &[])["observed"]
                .as_f64()
                .unwrap()
                * 2.0
        };
        (of("alpha_jaccard"), of("alpha_masi"))
    };
    for (x, y, jaccard, masi) in [
        (json!(["a"]), json!(["a", "b"]), 0.5, 2.0 / 3.0),
        (json!(["a", "b"]), json!(["b", "c"]), 2.0 / 3.0, 8.0 / 9.0),
        (json!(["a"]), json!(["b"]), 1.0, 1.0),
        (json!([]), json!(["b"]), 1.0, 1.0),
    ] {
        let (found_jaccard, found_masi) = observed(x, y);
        close(found_jaccard, jaccard, 1e-12);
        close(found_masi, masi, 1e-12);
    }
    let (jaccard, masi) = observed(json!([]), json!([]));
    assert_eq!((jaccard, masi), (0.0, 0.0));
}

/// Cicchetti & Feinstein (1990), High agreement but low kappa: II: positive and negative agreement tell the two tables
/// of the first paradox apart; Byrt, Bishop & Carlin (1993): prevalence and bias index.
#[test]
fn specific_agreement() {
    for ([a, b, c, d], positive, negative) in [
        ([40, 9, 6, 45], 80.0 / 95.0, 90.0 / 105.0),
        ([80, 10, 5, 5], 160.0 / 175.0, 10.0 / 25.0),
    ] {
        let answer = run(&coded(a, b, c, d));
        close(
            value(&answer, "positive_agreement", "code", Some("x"), &[]),
            positive,
            1e-12,
        );
        close(
            value(&answer, "holsti", "code", Some("x"), &[]),
            positive,
            1e-12,
        );
        close(
            value(&answer, "negative_agreement", "code", Some("x"), &[]),
            negative,
            1e-12,
        );
        let n = f64::from(a + b + c + d);
        close(
            value(&answer, "prevalence_index", "code", Some("x"), &[]),
            f64::from(a - d) / n,
            1e-12,
        );
        close(
            value(&answer, "bias_index", "code", Some("x"), &[]),
            f64::from(b - c) / n,
            1e-12,
        );
        let table = answer["tables"]
            .as_array()
            .unwrap()
            .iter()
            .find(|t| t["code"] == "x")
            .unwrap();
        assert_eq!(table["table"], json!([[d, c], [b, a]]));
    }
}

/// A document of characters that both, the first, the second or neither of two coders gave a code.
pub(super) fn coded(a: i32, b: i32, c: i32, d: i32) -> Value {
    json!({"documents": [{"id": "d", "length": a + b + c + d}], "coders": ["A", "B"],
        "codings": [["d", "A", "x", 0, a + b], ["d", "B", "x", 0, a], ["d", "B", "x", a + b, a + b + c]]})
}

/// Text that nobody coded swamps percent agreement: 800 of 1000 characters uncoded by both give 85 %, of what was coded
/// only a quarter agrees, and kappa is .31.
#[test]
fn uncoded_text_swamps_percent() {
    let answer = run(&coded(50, 75, 75, 800));
    close(
        value(&answer, "percent", "code", Some("x"), &[]),
        0.85,
        1e-12,
    );
    close(
        value(&answer, "coded_only_agreement", "code", Some("x"), &[]),
        0.25,
        1e-12,
    );
    close(
        value(&answer, "cohen_kappa", "code", Some("x"), &[]),
        0.31,
        0.005,
    );
}
