//! How often each code was used over time, with what was there to be coded beside it.

use serde::Serialize;
use utoipa::ToSchema;

use super::index::{Index, Tally};
use super::{Answer, Corpus, Group, GroupBy, PartialDate, Request, Unit, per_1000, ratio};

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Calendar years, written `2015`.
    Year,
    /// Calendar quarters, written `2015-Q3`.
    Quarter,
    /// Calendar months, written `2015-09`.
    Month,
}

impl std::str::FromStr for Step {
    type Err = ();

    /// Reads the interface's `by=year|quarter|month`.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "year" => Ok(Self::Year),
            "quarter" => Ok(Self::Quarter),
            "month" => Ok(Self::Month),
            _ => Err(()),
        }
    }
}

impl Step {
    /// How many periods make a year.
    pub fn per_year(self) -> i64 {
        match self {
            Self::Year => 1,
            Self::Quarter => 4,
            Self::Month => 12,
        }
    }

    /// The number of the period that a date falls into, counted from year 0; nothing if the date is not that precise.
    fn number(self, date: PartialDate) -> Option<i64> {
        let within = match self {
            Self::Year => 0,
            Self::Quarter => (i64::from(date.month?) - 1) / 3,
            Self::Month => i64::from(date.month?) - 1,
        };
        Some(i64::from(date.year) * self.per_year() + within)
    }

    fn name(self, number: i64) -> String {
        let year = number.div_euclid(self.per_year());
        let within = number.rem_euclid(self.per_year()) + 1;
        match self {
            Self::Year => format!("{year:04}"),
            Self::Quarter => format!("{year:04}-Q{within}"),
            Self::Month => format!("{year:04}-{within:02}"),
        }
    }
}

/// How a trend is to be cut.
#[derive(Clone, Debug)]
pub struct TrendOptions {
    /// The length of a period.
    pub step: Step,
    /// Draws a line for each group too, e.g. for each case.
    pub group: Option<GroupBy>,
    /// A code stands for itself and all codes below it.
    pub subtree: bool,
}

/// One code in one period (and group).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrendItem {
    /// The period: `2015`, `2015-Q3` or `2015-09`.
    pub period: String,
    /// Id of the code.
    pub code: i64,
    /// The group, where the trend is divided by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// Codings with the code in the period's documents.
    pub passages: u64,
    /// Documents of the period with at least one of them.
    pub documents: u64,
    /// Documents of the period (and group), coded or not: what `documents` is a part of.
    pub documents_total: u64,
    /// Words of those documents: what `passages` is to be set against.
    pub words_total: u64,
}

impl TrendItem {
    /// The part of the period's documents that have the code; nothing in a period without documents.
    pub fn share_of_documents(&self) -> Option<f64> {
        ratio(self.documents as f64, self.documents_total as f64)
    }

    /// Passages per 1,000 words of the period's documents; nothing in a period without words.
    pub fn per_1000_words(&self) -> Option<f64> {
        per_1000(self.passages, self.words_total)
    }
}

/// The answer of [`trend`].
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrendAnswer {
    /// The cells: periods in order, in each the codes, for each the groups.
    #[serde(flatten)]
    pub answer: Answer<TrendItem>,
    /// All periods from the first to the last with a document, also those with none.
    pub periods: Vec<String>,
    /// The number of the first period, counted from the start of the year 0; for axes, which name round periods.
    #[serde(skip)]
    pub first: i64,
    /// Documents without a date precise enough for the period. They are in no item; `totals` includes them.
    pub undated: u64,
}

/// The dates lie so far apart that the table would be too large to be of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyCells {
    /// The cells that it would have.
    pub cells: u64,
    /// The most that are made.
    pub limit: u64,
}

impl std::fmt::Display for TooManyCells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the trend would have {} cells, more than {}: narrow the dates or take longer periods",
            self.cells, self.limit
        )
    }
}

impl std::error::Error for TooManyCells {}

/// A century of months for four hundred codes; beyond it a date is mistyped.
const CELL_LIMIT: u64 = 500_000;

/// Codes over time, one item per period, code and group, empty periods between the first and the last included.
///
/// A document counts in the period its date falls into, if its date is precise enough to say so (a document of
/// "2015" is in a year but in no month). A period without documents has `documents_total` 0, which is another fact
/// than a period whose documents do not mention the theme. By coder, the totals are those of all documents.
///
/// # Errors
/// [`TooManyCells`] if one misdated document would make the table enormous.
pub fn trend(
    corpus: &Corpus,
    options: &TrendOptions,
    request: &Request,
) -> Result<TrendAnswer, TooManyCells> {
    let index = Index::new(corpus);
    let grouping = index.grouping(options.group.as_ref());
    let groups = grouping.names.len();
    let (codes, above) = if options.subtree {
        ((0..corpus.codes.len()).collect(), index.with_ancestors())
    } else {
        let alone = (0..corpus.codes.len()).map(|code| vec![code]).collect();
        (index.shown_codes(), alone)
    };

    let numbers: Vec<Option<i64>> = corpus
        .documents
        .iter()
        .map(|document| options.step.number(document.date?))
        .collect();
    let first = numbers.iter().flatten().min().copied();
    let last = numbers.iter().flatten().max().copied();
    let periods = match (first, last) {
        (Some(first), Some(last)) => (last - first).unsigned_abs() + 1,
        _ => 0,
    };
    let per_period = (corpus.codes.len() * groups).max(1) as u64;
    let cells = periods.saturating_mul(per_period);
    if cells > CELL_LIMIT {
        return Err(TooManyCells {
            cells,
            limit: CELL_LIMIT,
        });
    }
    let first = first.unwrap_or(0);
    let periods = periods as usize;
    let period_of: Vec<Option<usize>> = numbers
        .iter()
        .map(|number| number.map(|n| (n - first) as usize))
        .collect();

    let cell = |period: usize, code: usize, group: usize| {
        (period * corpus.codes.len() + code) * groups + group
    };
    let mut tally = Tally::with_capacity(index.rows.len());
    for row in &index.rows {
        let Some(period) = period_of[row.document] else {
            continue;
        };
        for &group in grouping.of_row(row) {
            for &code in &above[row.code] {
                tally.add(cell(period, code, group), row);
            }
        }
    }
    let counts = tally.count(cells as usize);

    let mut totals = vec![(0u64, 0u64); periods * groups];
    for ((document, of), period) in corpus
        .documents
        .iter()
        .zip(&grouping.of_document)
        .zip(&period_of)
    {
        let Some(period) = period else { continue };
        for &group in of {
            let (documents, words) = &mut totals[period * groups + group];
            *documents += 1;
            *words += u64::from(document.words);
        }
    }

    let names: Vec<String> = (0..periods)
        .map(|period| options.step.name(first + period as i64))
        .collect();
    let mut items = Vec::with_capacity(periods * codes.len() * groups);
    for (period, name) in names.iter().enumerate() {
        for &code in &codes {
            for group in 0..groups {
                let count = counts[cell(period, code, group)];
                let (documents_total, words_total) = totals[period * groups + group];
                items.push(TrendItem {
                    period: name.clone(),
                    code: corpus.codes[code].id,
                    group: grouping.names[group].clone(),
                    passages: count.passages,
                    documents: count.documents,
                    documents_total,
                    words_total,
                });
            }
        }
    }
    Ok(TrendAnswer {
        answer: Answer::new(items, Unit::Passage, index.totals(), request),
        periods: names,
        first,
        undated: period_of.iter().filter(|p| p.is_none()).count() as u64,
    })
}
