//! The measures on a corpus small enough to count by hand, and on published tables.
//!
//! The hand-made corpus, its spans written out:
//!
//! ```text
//! document           1            2          3             4           5
//! length / words     100 / 20     200 / 40   50 / 10       150 / 30    0 / 0      together 500 / 100
//! date               2000-05-10   2001       2001-02       2003-12-31  none
//! cases              Iran         Israel     Iran, Israel  none        none
//! 11 Security  ana   [0,10) w 1   [0,50)
//!              ben   [5,20) w -2
//! 12 Energy    ana   [15,30)
//!              ben                           [0,5) [10,20)
//! 13 Sanctions ana                [50,60) w 2
//! 14 Unused
//! 10 Actors is the heading above 11 and 12.
//! ```

use super::*;
use crate::text::Span;

const ANA: i64 = 501;
const BEN: i64 = 502;

pub(super) fn doc(id: i64, length: u32, words: u32, doc_type: &str, cases: &[&str]) -> Doc {
    Doc {
        id,
        length,
        words,
        doc_type: doc_type.to_owned(),
        cases: cases.iter().map(|&c| c.to_owned()).collect(),
        ..Doc::default()
    }
}

fn date(year: i32, month: Option<u8>, day: Option<u8>) -> Option<PartialDate> {
    Some(PartialDate { year, month, day })
}

pub(super) fn code(id: i64, parent: Option<i64>, is_codable: bool) -> Code {
    Code {
        id,
        parent,
        is_codable,
        color: 1,
        ..Code::default()
    }
}

pub(super) fn coding(document: i64, code: i64, coder: i64, start: u32, end: u32) -> CodingRow {
    CodingRow {
        document,
        code,
        coder,
        start,
        end,
        weight: None,
    }
}

fn weighing(row: CodingRow, weight: f64) -> CodingRow {
    CodingRow {
        weight: Some(weight),
        ..row
    }
}

fn corpus() -> Corpus {
    let mut documents = vec![
        doc(1, 100, 20, "statement", &["Iran"]),
        doc(2, 200, 40, "news", &["Israel"]),
        doc(3, 50, 10, "statement", &["Israel", "Iran"]),
        doc(4, 150, 30, "news", &[]),
        doc(5, 0, 0, "other", &[]),
    ];
    documents[0].date = date(2000, Some(5), Some(10));
    documents[1].date = date(2001, None, None);
    documents[2].date = date(2001, Some(2), None);
    documents[3].date = date(2003, Some(12), Some(31));
    documents[0].attributes = vec![("speaker".into(), "Putin".into())];
    documents[1].attributes = vec![("speaker".into(), "Lavrov".into())];
    Corpus {
        documents,
        // In the order of the tree, where 12 stands before 11.
        codes: vec![
            code(10, None, false),
            code(12, Some(10), true),
            code(11, Some(10), true),
            code(13, None, true),
            code(14, None, true),
        ],
        codings: vec![
            weighing(coding(1, 11, ANA, 0, 10), 1.0),
            weighing(coding(1, 11, BEN, 5, 20), -2.0),
            coding(1, 12, ANA, 15, 30),
            coding(2, 11, ANA, 0, 50),
            weighing(coding(2, 13, ANA, 50, 60), 2.0),
            coding(3, 12, BEN, 0, 5),
            coding(3, 12, BEN, 10, 20),
        ],
    }
}

pub(super) fn request() -> Request {
    Request {
        layer: "coders".into(),
        filters: BTreeMap::from([("type".into(), vec!["news".into(), "statement".into()])]),
    }
}

fn close(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected}"
    );
}

#[test]
fn frequencies_count_codings_documents_and_the_union_of_characters() {
    let answer = frequencies(&corpus(), None, false, &request());
    let rows: Vec<_> = answer
        .items
        .iter()
        .map(|i| (i.code, i.passages, i.documents, i.characters))
        .collect();
    // Security in document 1: [0,10) and [5,20) are 20 characters, not 25; with 50 in document 2, 70.
    assert_eq!(
        rows,
        [
            (12, 3, 2, 15 + 5 + 10),
            (11, 3, 2, 20 + 50),
            (13, 1, 1, 10),
            (14, 0, 0, 0)
        ]
    );
    let security = &answer.items[1];
    assert_eq!(security.share_of_text, Some(0.14)); // 70 of 500
    assert_eq!(security.per_1000_words, Some(30.0)); // 3 in 100 words
    assert_eq!(security.weight_mean, Some(-0.5)); // (1 - 2) / 2; the third coding has no weight
    assert_eq!(answer.items[0].weight_mean, None);
    assert_eq!(
        answer.totals,
        Totals {
            passages: 7,
            documents: 5,
            characters: 500,
            words: 100,
            coders: 2
        }
    );
}

#[test]
fn frequencies_serialise_as_the_interface_promises() {
    let mut small = corpus();
    small.codes.retain(|c| c.id == 13 || c.id == 14);
    let answer = frequencies(&small, None, false, &request());
    assert_eq!(
        serde_json::to_value(&answer).unwrap(),
        serde_json::json!({
            "items": [
                {"code": 13, "passages": 1, "documents": 1, "characters": 10, "share_of_text": 0.02,
                 "per_1000_words": 10.0, "weight_mean": 2.0},
                {"code": 14, "passages": 0, "documents": 0, "characters": 0, "share_of_text": 0.0,
                 "per_1000_words": 0.0},
            ],
            "unit": "passage",
            "layer": "coders",
            "filters": {"type": ["news", "statement"]},
            "totals": {"passages": 1, "documents": 5, "characters": 500, "words": 100, "coders": 1},
        })
    );
}

#[test]
fn a_subtree_is_rolled_up_without_counting_text_twice() {
    let answer = frequencies(&corpus(), None, true, &request());
    assert_eq!(answer.items.len(), 5);
    let actors = &answer.items[0];
    // Document 1: [0,10) [5,20) [15,30) are 30; document 2: 50; document 3: 5 + 10.
    assert_eq!(
        (
            actors.code,
            actors.passages,
            actors.documents,
            actors.characters
        ),
        (10, 6, 3, 95)
    );
    assert_eq!(actors.weight_mean, None);
    assert_eq!(answer.items[2].weight_mean, Some(-0.5));
}

#[test]
fn a_group_is_measured_against_its_own_documents() {
    let answer = frequencies(&corpus(), Some(&GroupBy::Case), false, &request());
    let security: Vec<_> = answer.items.iter().filter(|i| i.code == 11).collect();
    let iran = Group::Value("Iran".into());
    let israel = Group::Value("Israel".into());
    assert_eq!(
        security.iter().map(|i| i.group.clone()).collect::<Vec<_>>(),
        [Some(iran), Some(israel), Some(Group::None)]
    );
    // Iran: documents 1 and 3, 150 characters, 30 words. Israel: 2 and 3, 250 and 50. None: 4 and 5, 150 and 30.
    assert_eq!(security[0].share_of_text, Some(20.0 / 150.0));
    assert_eq!(security[0].per_1000_words, Some(2000.0 / 30.0));
    assert_eq!(security[1].share_of_text, Some(0.2));
    assert_eq!(security[1].per_1000_words, Some(20.0));
    assert_eq!(
        (security[2].passages, security[2].share_of_text),
        (0, Some(0.0))
    );
    // Document 3 counts in both cases.
    let energy: Vec<_> = answer.items.iter().filter(|i| i.code == 12).collect();
    assert_eq!((energy[0].passages, energy[1].passages), (3, 2));
}

#[test]
fn coders_types_and_attributes_are_groups_too() {
    let by = |by: &str| {
        let answer = frequencies(&corpus(), Some(&by.parse().unwrap()), false, &request());
        let security = answer.items.into_iter().filter(|i| i.code == 11);
        security
            .map(|i| {
                let group = serde_json::to_string(&i.group).unwrap();
                (group, i.passages, i.characters)
            })
            .collect::<Vec<_>>()
    };
    let is = |group: &str, passages, characters| (group.to_owned(), passages, characters);
    assert_eq!(by("coder"), [is("501", 2, 60), is("502", 1, 15)]);
    assert_eq!(
        by("type"),
        [
            is("\"news\"", 1, 50),
            is("\"other\"", 0, 0),
            is("\"statement\"", 2, 20)
        ]
    );
    assert_eq!(
        by("attribute:speaker"),
        [
            is("\"Lavrov\"", 1, 50),
            is("\"Putin\"", 2, 20),
            is("null", 0, 0)
        ]
    );
    assert_eq!(by("language"), [is("null", 3, 70)]);
    assert_eq!("attribute:".parse::<GroupBy>(), Err(UnknownGrouping));
    assert_eq!("colour".parse::<GroupBy>(), Err(UnknownGrouping));
}

#[test]
fn a_quotient_without_a_denominator_is_null() {
    let empty = Corpus {
        documents: vec![doc(5, 0, 0, "other", &[])],
        codes: vec![code(11, None, true)],
        codings: vec![],
    };
    let item = &frequencies(&empty, None, false, &request()).items[0];
    assert_eq!((item.share_of_text, item.per_1000_words), (None, None));
    let json = serde_json::to_value(item).unwrap();
    assert!(json["share_of_text"].is_null());
    assert!(json.get("group").is_none());
}

#[test]
fn damaged_rows_neither_count_as_text_nor_break_the_count() {
    let mut damaged = corpus();
    damaged.codes[0].parent = Some(11); // 10 above 11 above 10
    damaged.codings.push(coding(99, 11, ANA, 0, 5)); // no such document
    damaged.codings.push(coding(1, 99, ANA, 0, 5)); // no such code
    damaged.codings.push(coding(1, 13, ANA, 90, 4000)); // ends outside the text of 100
    let answer = frequencies(&damaged, None, true, &request());
    let sanctions = answer.items.iter().find(|i| i.code == 13).unwrap();
    assert_eq!(sanctions.characters, 10 + 10);
    assert_eq!(answer.totals.passages, 8);
}

fn by_year() -> TrendOptions {
    TrendOptions {
        step: Step::Year,
        group: None,
        subtree: false,
    }
}

#[test]
fn a_trend_shows_empty_years_and_what_was_there_to_code() {
    let trend = trend(&corpus(), &by_year(), &request()).unwrap();
    assert_eq!(trend.periods, ["2000", "2001", "2002", "2003"]);
    assert_eq!(trend.undated, 1);
    assert_eq!(trend.answer.items.len(), 4 * 4);
    let energy: Vec<_> = trend
        .answer
        .items
        .iter()
        .filter(|i| i.code == 12)
        .map(|i| (i.passages, i.documents, i.documents_total, i.words_total))
        .collect();
    assert_eq!(
        energy,
        [(1, 1, 1, 20), (2, 1, 2, 50), (0, 0, 0, 0), (0, 0, 1, 30)]
    );
    let of_2001 = &trend.answer.items[4];
    assert_eq!(
        (of_2001.code, of_2001.share_of_documents()),
        (12, Some(0.5))
    );
    assert_eq!(of_2001.per_1000_words(), Some(40.0)); // 2 in 50 words
    assert_eq!(trend.answer.items[8].per_1000_words(), None); // 2002 has no documents
    let json = serde_json::to_value(&trend).unwrap();
    assert_eq!(json["undated"], 1);
    assert_eq!(json["totals"]["documents"], 5);
    assert_eq!(
        json["items"][4],
        serde_json::json!({"period": "2001", "code": 12, "passages": 2, "documents": 1, "documents_total": 2,
                           "words_total": 50})
    );
}

#[test]
fn a_date_counts_only_where_it_is_precise_enough() {
    let step = |step| {
        let options = TrendOptions { step, ..by_year() };
        trend(&corpus(), &options, &request()).unwrap()
    };
    let months = step(Step::Month);
    assert_eq!(months.undated, 2); // document 2 says only 2001
    assert_eq!(months.periods.len(), 44); // May 2000 to December 2003: 8 + 24 + 12
    assert_eq!(months.periods[0], "2000-05");
    assert_eq!(months.periods[43], "2003-12");
    let quarters = step(Step::Quarter);
    assert_eq!(quarters.periods.len(), 15); // 3 + 4 + 4 + 4
    assert_eq!(quarters.periods[0], "2000-Q2");
    assert_eq!(quarters.periods[14], "2003-Q4");
    assert!(
        quarters
            .answer
            .items
            .iter()
            .all(|i| i.code != 11 || i.passages == 0 || i.period == "2000-Q2")
    );
}

#[test]
fn a_trend_can_compare_cases_and_roll_up() {
    let options = TrendOptions {
        step: Step::Year,
        group: Some(GroupBy::Case),
        subtree: true,
    };
    let trend = trend(&corpus(), &options, &request()).unwrap();
    let actors_2001: Vec<_> = trend
        .answer
        .items
        .iter()
        .filter(|i| i.code == 10 && i.period == "2001")
        .map(|i| (i.passages, i.documents, i.documents_total))
        .collect();
    // Iran: document 3. Israel: documents 2 and 3. Without a case: none dated 2001.
    assert_eq!(actors_2001, [(2, 1, 1), (3, 2, 2), (0, 0, 0)]);
}

#[test]
fn a_mistyped_year_does_not_make_an_enormous_table() {
    let mut corpus = corpus();
    corpus.documents[3].date = date(99_999, Some(1), None);
    let options = TrendOptions {
        step: Step::Month,
        ..by_year()
    };
    let error = trend(&corpus, &options, &request()).unwrap_err();
    // From month 5 of 2000 to month 1 of 99999, for each of five codes.
    assert_eq!(error.cells, (97_999 * 12 - 4 + 1) * 5);
    let undated = Corpus {
        documents: vec![doc(1, 5, 1, "news", &[])],
        ..corpus
    };
    let trend = trend(&undated, &options, &request()).unwrap();
    assert!(trend.periods.is_empty() && trend.answer.items.is_empty());
}

/// A corpus whose table of passages, codes by cases, is the given one.
fn tabulated(table: &[&[usize]]) -> Corpus {
    let names = ["Democrat", "Independent", "Republican"];
    let columns = table[0].len();
    let mut corpus = Corpus {
        documents: (0..columns)
            .map(|c| doc(c as i64, 100, 10, "news", &[names[c]]))
            .collect(),
        ..Corpus::default()
    };
    for (r, row) in table.iter().enumerate() {
        corpus.codes.push(code(r as i64, None, true));
        for (c, &n) in row.iter().enumerate() {
            let one = coding(c as i64, r as i64, ANA, 0, 10);
            corpus.codings.extend(std::iter::repeat_n(one, n));
        }
    }
    corpus
}

/// Agresti, *An Introduction to Categorical Data Analysis*, 2nd ed. 2007, table 2.5 and §§2.4.4–2.4.5: party
/// identification by gender (General Social Survey). Printed there: X² = 30.1, df = 2, p < 0.0001, the expected
/// frequencies and the standardised residuals below.
#[test]
fn crosstab_of_party_identification_by_gender() {
    let women_and_men = tabulated(&[&[762, 327, 468], &[484, 239, 477]]);
    let crosstab = crosstab(&women_and_men, &GroupBy::Case, &request());
    let expected = [703.7, 319.6, 533.7, 542.3, 246.4, 411.3];
    let residuals = [4.5, 0.7, -5.3, -4.5, -0.7, 5.3];
    assert_eq!(crosstab.answer.items.len(), 6);
    for ((item, expected), residual) in crosstab.answer.items.iter().zip(expected).zip(residuals) {
        close(item.expected.unwrap(), expected, 0.05);
        close(item.residual.unwrap(), residual, 0.05);
    }
    let test = &crosstab.test;
    assert_eq!((test.name, test.df), ("chi_square", Some(2)));
    close(test.statistic.unwrap(), 30.1, 0.05);
    // With 2 degrees of freedom p = exp(-X²/2).
    close(
        test.p.unwrap() / (-test.statistic.unwrap() / 2.0).exp(),
        1.0,
        1e-12,
    );
    assert!(test.p.unwrap() < 0.0001);
    // √(30.1 / (2757 × 1))
    close(test.cramers_v.unwrap(), 0.1045, 0.0001);
    assert_eq!(test.warning, None);
    assert_eq!(
        serde_json::to_value(&crosstab).unwrap()["items"][0]["group"],
        "Democrat"
    );
}

#[test]
fn a_small_two_by_two_table_is_tested_exactly() {
    // Fisher's tea tasting (see statistics.rs): every expected count is 2, p = 34/70, V = √(2/8).
    let test = crosstab(&tabulated(&[&[3, 1], &[1, 3]]), &GroupBy::Case, &request()).test;
    assert_eq!(
        (test.name, test.statistic, test.df, test.warning),
        ("fisher_exact", None, None, None)
    );
    close(test.p.unwrap(), 34.0 / 70.0, 1e-12);
    close(test.cramers_v.unwrap(), 0.5, 1e-12);
}

#[test]
fn sparse_and_empty_tables_say_so() {
    let test = |table: &[&[usize]]| crosstab(&tabulated(table), &GroupBy::Case, &request()).test;
    // Expected counts 2 in all six cells.
    let sparse = test(&[&[3, 1, 2], &[1, 3, 2]]);
    assert_eq!(sparse.warning, Some(TestWarning::ExpectedBelowFive));
    assert_eq!(sparse.df, Some(2));
    // An empty row takes no part: what is left is 2 × 2 with expected counts of 10 (X² = 4 × 5²/10 = 10).
    let with_gap = tabulated(&[&[15, 5], &[0, 0], &[5, 15]]);
    let with_gap = crosstab(&with_gap, &GroupBy::Case, &request());
    assert_eq!(with_gap.test.df, Some(1));
    close(with_gap.test.statistic.unwrap(), 10.0, 1e-12);
    assert_eq!(with_gap.answer.items.len(), 6);
    assert_eq!(with_gap.answer.items[2].expected, Some(0.0));
    assert_eq!(with_gap.answer.items[2].residual, None);

    let one_row = test(&[&[15, 5], &[0, 0]]);
    assert_eq!(one_row.reason, Some(TestReason::FewerThanTwoCodes));
    assert_eq!((one_row.p, one_row.statistic), (None, None));
    let one_column = test(&[&[15, 0], &[7, 0]]);
    assert_eq!(one_column.reason, Some(TestReason::FewerThanTwoGroups));
}

#[test]
fn a_crosstab_leaves_out_what_has_no_group_and_says_how_much() {
    let mut corpus = corpus();
    corpus.codings.push(coding(4, 13, ANA, 0, 9));
    let crosstab = crosstab(&corpus, &GroupBy::Case, &request());
    assert_eq!(
        crosstab.ungrouped,
        Ungrouped {
            passages: 1,
            documents: 2
        }
    );
    assert_eq!(crosstab.groups.len(), 2);
    assert_eq!(crosstab.answer.items.len(), 4 * 2);
    // Energy: Iran 3, Israel 2; Security 2, 1; Sanctions 0, 1. Rows 5, 3, 1, columns 5, 4, total 9.
    let energy_iran = &crosstab.answer.items[0];
    close(energy_iran.expected.unwrap(), 25.0 / 9.0, 1e-12);
    // (3 - 25/9) / √(25/9 × 4/9 × 4/9) = (2/9) / (20/27) = 0.3
    close(energy_iran.residual.unwrap(), 0.3, 1e-12);
    // Document 3 is in both cases.
    assert_eq!(crosstab.test.warning, Some(TestWarning::GroupsOverlap));
    assert_eq!(
        crosstab.test.warnings,
        [TestWarning::GroupsOverlap, TestWarning::ExpectedBelowFive]
    );
}

type Pair = (i64, i64, u64, Option<f64>, Option<f64>);

fn pairs(answer: &Answer<CooccurrenceItem>) -> Vec<Pair> {
    let items = answer.items.iter();
    items
        .map(|i| (i.a, i.b, i.count, i.jaccard, i.lift))
        .collect()
}

#[test]
fn codes_overlap_where_they_share_characters() {
    let answer = cooccurrence(&corpus(), Within::Overlap, &request());
    assert_eq!(
        pairs(&answer),
        [
            // [15,20) of document 1: 5 of 70 + 30 - 5 characters; 5 × 500 / (70 × 30).
            (11, 12, 1, Some(5.0 / 95.0), Some(2500.0 / 2100.0)),
            // [0,50) and [50,60) only touch.
            (11, 13, 0, Some(0.0), Some(0.0)),
            (11, 14, 0, Some(0.0), None),
            (12, 13, 0, Some(0.0), Some(0.0)),
            (12, 14, 0, Some(0.0), None),
            (13, 14, 0, Some(0.0), None),
        ]
    );
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(json["unit"], "overlap");
}

#[test]
fn two_coders_who_agree_on_a_place_make_one_overlap() {
    let mut twice = corpus();
    twice.codings.push(coding(1, 12, BEN, 15, 30));
    twice.codings.push(coding(1, 11, BEN, 0, 20));
    let once = cooccurrence(&corpus(), Within::Overlap, &request());
    let again = cooccurrence(&twice, Within::Overlap, &request());
    assert_eq!(pairs(&once), pairs(&again));
}

#[test]
fn codes_meet_in_paragraphs_and_documents() {
    // Seven paragraphs, a blank between the two of document 3.
    let paragraphs: Vec<Vec<Span>> = [
        &[(0, 15), (15, 100)][..],
        &[(0, 55), (55, 200)],
        &[(0, 8), (9, 50)],
        &[(0, 150)],
        &[],
    ]
    .iter()
    .map(|units| {
        units
            .iter()
            .filter_map(|&(start, end)| Span::new(start, end))
            .collect()
    })
    .collect();
    let answer = cooccurrence(&corpus(), Within::Paragraph(&paragraphs), &request());
    // Security: both of document 1, first of 2. Energy: second of 1, both of 3. Sanctions: both of 2.
    assert_eq!(
        pairs(&answer)[..4],
        [
            (11, 12, 1, Some(0.2), Some(7.0 / 9.0)),
            (11, 13, 1, Some(0.25), Some(7.0 / 6.0)),
            (11, 14, 0, Some(0.0), None),
            (12, 13, 0, Some(0.0), Some(0.0)),
        ]
    );
    let answer = cooccurrence(&corpus(), Within::Document, &request());
    // Of five documents Security is in 1 and 2, Energy in 1 and 3, Sanctions in 2.
    assert_eq!(
        pairs(&answer)[..2],
        [
            (11, 12, 1, Some(1.0 / 3.0), Some(1.25)),
            (11, 13, 1, Some(0.5), Some(2.5)),
        ]
    );
    // A blank between units is in none of them.
    let blank = Corpus {
        codings: vec![coding(3, 11, ANA, 8, 9), coding(3, 12, ANA, 8, 9)],
        ..corpus()
    };
    let answer = cooccurrence(&blank, Within::Sentence(&paragraphs), &request());
    assert_eq!(pairs(&answer)[0], (11, 12, 0, None, None));
    assert_eq!(answer.unit, Unit::Sentence);
}

#[test]
fn saturation_follows_the_order_of_reading() {
    let steps = |corpus: &Corpus, order| {
        let items = saturation(corpus, order, &request()).items.into_iter();
        items
            .map(|i| (i.document, i.order, i.new_codes, i.cumulative_codes))
            .collect::<Vec<_>>()
    };
    let mut corpus = corpus();
    corpus.documents.reverse();
    assert_eq!(
        steps(&corpus, Order::Listed),
        [
            (5, 1, 0, 0),
            (4, 2, 0, 0),
            (3, 3, 1, 1), // Energy
            (2, 4, 2, 3), // Security, Sanctions
            (1, 5, 0, 3),
        ]
    );
    assert_eq!(
        steps(&corpus, Order::Date),
        [
            (1, 1, 2, 2), // Security, Energy
            (2, 2, 1, 3), // Sanctions; 2001 comes before 2001-02
            (3, 3, 0, 3),
            (4, 4, 0, 3),
            (5, 5, 0, 3),
        ]
    );
}

#[test]
fn schemas_have_names_of_their_own_and_null_is_no_absence() {
    use utoipa::{PartialSchema, ToSchema};

    // Other rooms have units and groups too; of two schemas of one name the document would keep one.
    assert_eq!(Unit::name(), "ThemesUnit");
    assert_eq!(Group::name(), "ThemesGroup");
    assert_eq!(Test::name(), "CrosstabTest");
    let schema = serde_json::to_value(CrosstabAnswer::schema()).unwrap();
    assert_eq!(
        schema["allOf"][0]["$ref"],
        "#/components/schemas/ThemesAnswer_CrosstabItem"
    );
    let schema = serde_json::to_value(FrequencyItem::schema()).unwrap();
    let required = schema["required"].as_array().unwrap();
    assert!(required.contains(&"share_of_text".into()));
    assert!(!required.contains(&"weight_mean".into()));
}
