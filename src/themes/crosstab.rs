//! Codes by groups: which themes go with which case, and whether more often than chance would have it.

use serde::Serialize;
use utoipa::ToSchema;

use super::index::{Count, Index, Tally};
use super::statistics::{chi_square_upper, fisher_exact_two_sided};
use super::{Answer, Corpus, Group, GroupBy, Request, Unit, per_1000};

/// One cell: a code in a group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CrosstabItem {
    /// Id of the code.
    pub code: i64,
    /// The group.
    pub group: Group,
    /// Passages (codings) with the code in the group: the count that the test and the residuals are about.
    pub passages: u64,
    /// Documents of the group with at least one of them.
    pub documents: u64,
    /// Code points in the union of their spans over all coders.
    pub characters: u64,
    /// `passages` per 1,000 words of the group's documents; `null` where these have no words.
    #[schema(required = true)]
    pub per_1000_words: Option<f64>,
    /// Passages expected if code and group were independent: row total × column total / total. `null` in an empty
    /// table.
    #[schema(required = true)]
    pub expected: Option<f64>,
    /// Adjusted standardised residual: (passages − expected) / √(expected × (1 − row share) × (1 − column share)).
    /// About normal with mean 0 and variance 1 if code and group are independent, so that beyond about ±2 a cell
    /// deserves a look (Haberman, "The analysis of residuals in cross-classified tables", *Biometrics* 29, 1973,
    /// 205–220; Agresti, *Categorical Data Analysis*, 3rd ed. 2013, §3.3.1). `null` where the row or the column is
    /// empty or holds everything: nothing could then have been otherwise.
    #[schema(required = true)]
    pub residual: Option<f64>,
}

/// Why the test's p must be read with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CrosstabTestWarning)]
pub enum TestWarning {
    /// Documents belong to several groups, so their passages stand in several columns: the columns are not
    /// independent samples.
    GroupsOverlap,
    /// More than a fifth of the expected counts are below 5 (Cochran, "Some methods for strengthening the common χ²
    /// tests", *Biometrics* 10, 1954, 417–451).
    ExpectedBelowFive,
}

/// Why there is no statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CrosstabTestReason)]
pub enum TestReason {
    /// Fewer than two codes have any passage in these groups.
    FewerThanTwoCodes,
    /// Fewer than two groups have any passage.
    FewerThanTwoGroups,
}

/// A test of independence of code and group over passages.
///
/// Rows and columns without any passage take no part in it. Passages of one document are not independent of each
/// other, and of several coders' layers the same words may be counted more than once; the p is therefore descriptive
/// and the effect size `cramers_v` the figure to report.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = CrosstabTest)]
pub struct Test {
    /// `chi_square` (Pearson's, without continuity correction) or, for a 2 × 2 table with an expected count below 5,
    /// `fisher_exact` (two-sided).
    #[schema(value_type = String)]
    pub name: &'static str,
    /// Σ (passages − expected)² / expected; `null` for Fisher's test, which has none.
    #[schema(required = true)]
    pub statistic: Option<f64>,
    /// (rows − 1) × (columns − 1); `null` for Fisher's test.
    #[schema(required = true)]
    pub df: Option<u64>,
    /// The probability of a table at least as far from independence, if code and group were independent.
    #[schema(required = true)]
    pub p: Option<f64>,
    /// Cramér's V: √(χ² / (n × (min(rows, columns) − 1))), 0 to 1 (Cramér, *Mathematical Methods of Statistics*,
    /// 1946, p. 282).
    #[schema(required = true)]
    pub cramers_v: Option<f64>,
    /// The gravest reason to read p with care.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<TestWarning>,
    /// All such reasons.
    pub warnings: Vec<TestWarning>,
    /// Why there is no figure, where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<TestReason>,
}

/// What the table leaves out because it belongs to no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CrosstabUngrouped)]
pub struct Ungrouped {
    /// Codings in documents without a value.
    pub passages: u64,
    /// Documents without a value, coded or not.
    pub documents: u64,
}

/// The answer of [`crosstab`].
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CrosstabAnswer {
    /// The cells, code by code, groups in order.
    #[serde(flatten)]
    pub answer: Answer<CrosstabItem>,
    /// The groups, in the order of the columns.
    pub groups: Vec<Group>,
    /// The test of independence.
    pub test: Test,
    /// Documents without a value, which are not in the table.
    pub ungrouped: Ungrouped,
}

/// Codes by groups, one item per cell, codes in the corpus's order. A cell counts **passages**, that is codings.
///
/// Codes are not rolled up here: a row that contained another's passages would break the independence that the test
/// is about. Documents without a value are no column (they would shift what is expected of the others) but are
/// counted in `ungrouped`. A document of several cases counts in each, and the test then carries a warning.
pub fn crosstab(corpus: &Corpus, by: &GroupBy, request: &Request) -> CrosstabAnswer {
    let index = Index::new(corpus);
    let grouping = index.grouping(Some(by));
    let groups = grouping.names.len();
    let rows = index.shown_codes();

    let mut tally = Tally::with_capacity(index.rows.len());
    for row in &index.rows {
        for &group in grouping.of_row(row) {
            tally.add(row.code * groups + group, row);
        }
    }
    let counts = tally.count(corpus.codes.len() * groups);
    let columns: Vec<(usize, Group)> = grouping
        .names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| match name {
            Some(Group::None) | None => None,
            Some(name) => Some((at, name.clone())),
        })
        .collect();
    let unnamed = grouping.names.iter().position(|n| *n == Some(Group::None));

    let mut words = vec![0u64; groups];
    let mut ungrouped = Ungrouped {
        passages: 0,
        documents: 0,
    };
    for (document, of) in corpus.documents.iter().zip(&grouping.of_document) {
        for &group in of {
            words[group] += u64::from(document.words);
            ungrouped.documents += u64::from(Some(group) == unnamed);
        }
    }
    if let Some(group) = unnamed {
        let in_group = (0..corpus.codes.len()).map(|code| counts[code * groups + group].passages);
        ungrouped.passages = in_group.sum();
    }
    // Whether any coded document stands in more than one column. By coder none does: a coding has one coder.
    let overlapping = *by != GroupBy::Coder
        && index
            .rows
            .iter()
            .any(|row| grouping.of_document[row.document].len() > 1);

    let table: Vec<Vec<Count>> = rows
        .iter()
        .map(|&code| {
            let cell = |(group, _): &(usize, Group)| counts[code * groups + group];
            columns.iter().map(cell).collect()
        })
        .collect();
    let observed: Vec<Vec<u64>> = table
        .iter()
        .map(|row| row.iter().map(|count| count.passages).collect())
        .collect();
    let margins = Margins::of(&observed);

    let mut items = Vec::with_capacity(rows.len() * columns.len());
    for (r, &code) in rows.iter().enumerate() {
        for (c, (group, name)) in columns.iter().enumerate() {
            let count = table[r][c];
            items.push(CrosstabItem {
                code: corpus.codes[code].id,
                group: name.clone(),
                passages: count.passages,
                documents: count.documents,
                characters: count.characters,
                per_1000_words: per_1000(count.passages, words[*group]),
                expected: margins.expected(r, c),
                residual: margins.residual(r, c, count.passages),
            });
        }
    }
    CrosstabAnswer {
        answer: Answer::new(items, Unit::Passage, index.totals(), request),
        groups: columns.into_iter().map(|(_, name)| name).collect(),
        test: test(&observed, &margins, overlapping),
        ungrouped,
    }
}

/// The sums of a table.
struct Margins {
    rows: Vec<u64>,
    columns: Vec<u64>,
    total: u64,
}

impl Margins {
    fn of(table: &[Vec<u64>]) -> Self {
        let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
        let width = table.first().map_or(0, Vec::len);
        let columns = (0..width)
            .map(|c| table.iter().map(|row| row[c]).sum())
            .collect();
        let total = rows.iter().sum();
        Self {
            rows,
            columns,
            total,
        }
    }

    fn expected(&self, row: usize, column: usize) -> Option<f64> {
        let n = self.total as f64;
        (self.total > 0).then(|| self.rows[row] as f64 * self.columns[column] as f64 / n)
    }

    fn residual(&self, row: usize, column: usize, observed: u64) -> Option<f64> {
        let n = self.total as f64;
        let expected = self.expected(row, column)?;
        let outside_row = (self.total - self.rows[row]) as f64 / n;
        let outside_column = (self.total - self.columns[column]) as f64 / n;
        let variance = expected * outside_row * outside_column;
        (variance > 0.0).then(|| (observed as f64 - expected) / variance.sqrt())
    }
}

fn test(table: &[Vec<u64>], margins: &Margins, overlapping: bool) -> Test {
    let rows: Vec<usize> = (0..table.len()).filter(|&r| margins.rows[r] > 0).collect();
    let columns: Vec<usize> = (0..margins.columns.len())
        .filter(|&c| margins.columns[c] > 0)
        .collect();
    let mut result = Test {
        name: "chi_square",
        statistic: None,
        df: None,
        p: None,
        cramers_v: None,
        warning: None,
        warnings: Vec::new(),
        reason: None,
    };
    if rows.len() < 2 {
        result.reason = Some(TestReason::FewerThanTwoCodes);
        return result;
    }
    if columns.len() < 2 {
        result.reason = Some(TestReason::FewerThanTwoGroups);
        return result;
    }

    let mut statistic = 0.0;
    let mut small = 0;
    for &r in &rows {
        for &c in &columns {
            let Some(expected) = margins.expected(r, c) else {
                continue;
            };
            let difference = table[r][c] as f64 - expected;
            statistic += difference * difference / expected;
            small += usize::from(expected < 5.0);
        }
    }
    let smaller_side = rows.len().min(columns.len()) - 1;
    let n = margins.total as f64;
    result.cramers_v = Some((statistic / (n * smaller_side as f64)).sqrt().min(1.0));
    if overlapping {
        result.warnings.push(TestWarning::GroupsOverlap);
    }
    if rows.len() == 2 && columns.len() == 2 && small > 0 {
        let cell = |r: usize, c: usize| table[rows[r]][columns[c]];
        result.name = "fisher_exact";
        result.p = Some(fisher_exact_two_sided([
            [cell(0, 0), cell(0, 1)],
            [cell(1, 0), cell(1, 1)],
        ]));
    } else {
        let df = ((rows.len() - 1) * (columns.len() - 1)) as u64;
        result.statistic = Some(statistic);
        result.df = Some(df);
        result.p = chi_square_upper(statistic, df);
        if small * 5 > rows.len() * columns.len() {
            result.warnings.push(TestWarning::ExpectedBelowFive);
        }
    }
    result.warning = result.warnings.first().copied();
    result
}
