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
