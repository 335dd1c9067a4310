//! What must hold of the measures on any corpus, beside a count made character by character.

use proptest::prelude::*;

use super::tests::{code, coding, doc, request};
use super::*;

const LENGTHS: [u32; 4] = [40, 64, 7, 30];

fn any_corpus() -> impl Strategy<Value = Corpus> {
    let one = (0..4usize, 0..6i64, 0..3i64, 0..64u32, 1..30u32);
    proptest::collection::vec(one, 0..60).prop_map(|rows| {
        let codings = rows
            .into_iter()
            .map(|(d, code, coder, start, length)| {
                let start = start % LENGTHS[d];
                coding(
                    d as i64,
                    code,
                    coder,
                    start,
                    (start + length).min(LENGTHS[d]),
                )
            })
            .collect();
        Corpus {
            documents: (0..4)
                .map(|d| {
                    let case = ["Iran", "Israel"][d % 2];
                    doc(d as i64, LENGTHS[d], LENGTHS[d] / 5, "news", &[case])
                })
                .collect(),
            // 0 above 1 and 2, 2 above 3; 4 and 5 alone.
            codes: [None, Some(0), Some(0), Some(2), None, None]
                .into_iter()
                .enumerate()
                .map(|(id, parent)| code(id as i64, parent, true))
                .collect(),
            codings,
        }
    })
}

/// The characters that a code covers, one by one.
fn covered(corpus: &Corpus, codes: &[i64]) -> std::collections::BTreeSet<(i64, u32)> {
    let rows = corpus.codings.iter().filter(|r| codes.contains(&r.code));
    rows.flat_map(|r| (r.start..r.end).map(|at| (r.document, at)))
        .collect()
}

proptest! {
    #[test]
    fn characters_are_what_counting_one_by_one_gives(corpus in any_corpus()) {
        let plain = frequencies(&corpus, None, false, &request()).items;
        let rolled = frequencies(&corpus, None, true, &request()).items;
        for item in &plain {
            prop_assert_eq!(item.characters as usize, covered(&corpus, &[item.code]).len());
            prop_assert!(item.characters <= 141);
        }
        prop_assert_eq!(rolled[0].characters as usize, covered(&corpus, &[0, 1, 2, 3]).len());
        prop_assert_eq!(rolled[2].characters as usize, covered(&corpus, &[2, 3]).len());
        for (parent, child) in [(0, 0), (0, 1), (0, 2), (2, 2), (2, 3)] {
            prop_assert!(rolled[parent].characters >= plain[child].characters);
            prop_assert!(rolled[parent].documents >= plain[child].documents);
            prop_assert!(rolled[parent].passages >= plain[child].passages);
        }
    }

    #[test]
    fn groups_that_do_not_overlap_add_up(corpus in any_corpus()) {
        let whole = frequencies(&corpus, None, false, &request()).items;
        let cases = frequencies(&corpus, Some(&GroupBy::Case), false, &request()).items;
        for (item, parts) in whole.iter().zip(cases.chunks(2)) {
            prop_assert_eq!(item.passages, parts[0].passages + parts[1].passages);
            prop_assert_eq!(item.documents, parts[0].documents + parts[1].documents);
            prop_assert_eq!(item.characters, parts[0].characters + parts[1].characters);
        }
    }

    #[test]
    fn overlaps_are_what_counting_one_by_one_gives(corpus in any_corpus()) {
        for item in cooccurrence(&corpus, Within::Overlap, &request()).items {
            let (a, b) = (covered(&corpus, &[item.a]), covered(&corpus, &[item.b]));
            let both: Vec<_> = a.intersection(&b).copied().collect();
            // A stretch starts where the character before is not shared.
            let starts = both.iter().filter(|(d, at)| *at == 0 || !both.contains(&(*d, at - 1)));
            prop_assert_eq!(item.count as usize, starts.count());
            match (item.jaccard, a.union(&b).count()) {
                (None, 0) => {}
                (Some(jaccard), either) => prop_assert_eq!(jaccard, both.len() as f64 / either as f64),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn names_and_order_of_codings_do_not_matter(corpus in any_corpus(), turn in 0..60usize) {
        let mut other = corpus.clone();
        if !other.codings.is_empty() {
            let by = turn % other.codings.len();
            other.codings.rotate_left(by);
        }
        // Ids that keep no order among coders, and other numbers for documents and codes.
        let code_id = |id: i64| id * 7 + 1000;
        for row in &mut other.codings {
            row.coder = 900 - row.coder;
            row.document += 5000;
            row.code = code_id(row.code);
        }
        for document in &mut other.documents {
            document.id += 5000;
        }
        for code in &mut other.codes {
            code.id = code_id(code.id);
            code.parent = code.parent.map(code_id);
        }
        let one = frequencies(&corpus, Some(&GroupBy::Case), true, &request());
        let two = frequencies(&other, Some(&GroupBy::Case), true, &request());
        prop_assert_eq!(one.totals, two.totals);
        for (mut x, y) in one.items.into_iter().zip(two.items) {
            x.code = code_id(x.code);
            prop_assert_eq!(x, y);
        }
        let one = cooccurrence(&corpus, Within::Document, &request()).items;
        let two = cooccurrence(&other, Within::Document, &request()).items;
        for (mut x, y) in one.into_iter().zip(two) {
            x.a = code_id(x.a);
            x.b = code_id(x.b);
            prop_assert_eq!(x, y);
        }
    }

    #[test]
    fn residuals_and_expectations_keep_the_margins(corpus in any_corpus()) {
        let table = crosstab(&corpus, &GroupBy::Case, &request());
        let items = &table.answer.items;
        let passages: u64 = items.iter().map(|i| i.passages).sum();
        prop_assert_eq!(passages, table.answer.totals.passages);
        let expected: f64 = items.iter().filter_map(|i| i.expected).sum();
        prop_assert!((expected - passages as f64).abs() < 1e-9);
        // With two columns a row's residuals are each other's opposite.
        for row in items.chunks(2) {
            if let (Some(left), Some(right)) = (row[0].residual, row[1].residual) {
                prop_assert!((left + right).abs() < 1e-9);
            }
        }
        if let Some(p) = table.test.p {
            prop_assert!((0.0..=1.0).contains(&p));
        }
    }
}
