//! How often each code was used, and over how much text.

use serde::Serialize;
use utoipa::ToSchema;

use super::index::{Index, Tally};
use super::{Answer, Corpus, Group, GroupBy, Request, Unit, per_1000, ratio};

/// The frequency of one code, or of one code in one group.
///
/// These are the *frequency* and *share of text* of content analysis: the number of coded units, and the part of the
/// recorded material that they make up (Krippendorff, *Content Analysis*, 4th ed. 2019, ch. 10; the relative
/// frequency per thousand words is corpus linguistics' normalised frequency, McEnery & Hardie, *Corpus Linguistics*,
/// 2012, §2.6).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FrequencyItem {
    /// Id of the code.
    pub code: i64,
    /// The group, where the answer is divided by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// Codings with the code (rolled up: with it or a code below it).
    pub passages: u64,
    /// Documents with at least one of them.
    pub documents: u64,
    /// Code points in the union of their spans over all coders.
    pub characters: u64,
    /// `characters` divided by the length of the group's documents together; `null` where these are empty.
    #[schema(required = true)]
    pub share_of_text: Option<f64>,
    /// `passages` per 1,000 words of the group's documents; `null` where these have no words.
    #[schema(required = true)]
    pub per_1000_words: Option<f64>,
    /// Mean weight of those codings of this very code that have one. Codes below it are left out even when counts
    /// are rolled up, since every code has a scale of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_mean: Option<f64>,
}

/// Frequencies of all codes, one item per code and group, codes in the corpus's order.
///
/// With `subtree` a code stands for itself and all codes below it: passages are summed, documents counted once, and
/// characters are the union over the subtree, so that a parent never holds less than any of its children nor counts a
/// character twice; headings are then listed too. With `by` the denominators are those of the group's documents,
/// except by coder: who was given which documents is not known here, so each coder is set against all of them.
pub fn frequencies(
    corpus: &Corpus,
    by: Option<&GroupBy>,
    subtree: bool,
    request: &Request,
) -> Answer<FrequencyItem> {
    let index = Index::new(corpus);
    let grouping = index.grouping(by);
    let groups = grouping.names.len();
    let above = if subtree {
        index.with_ancestors()
    } else {
        (0..corpus.codes.len()).map(|code| vec![code]).collect()
    };

    let cells = corpus.codes.len() * groups;
    let mut tally = Tally::with_capacity(index.rows.len() * 2);
    let mut weights = vec![(0.0, 0u32); cells];
    for row in &index.rows {
        for &group in grouping.of_row(row) {
            for &code in &above[row.code] {
                tally.add(code * groups + group, row);
            }
            if let Some(weight) = row.weight {
                let (sum, n) = &mut weights[row.code * groups + group];
                *sum += weight;
                *n += 1;
            }
        }
    }
    let counts = tally.count(cells);

    let mut text = vec![(0u64, 0u64); groups];
    for (document, of) in corpus.documents.iter().zip(&grouping.of_document) {
        for &group in of {
            text[group].0 += u64::from(document.length);
            text[group].1 += u64::from(document.words);
        }
    }

    let shown = if subtree {
        (0..corpus.codes.len()).collect()
    } else {
        index.shown_codes()
    };
    let mut items = Vec::with_capacity(shown.len() * groups);
    for code in shown {
        for (group, &(characters, words)) in text.iter().enumerate() {
            let cell = code * groups + group;
            let count = counts[cell];
            let (sum, n) = weights[cell];
            items.push(FrequencyItem {
                code: corpus.codes[code].id,
                group: grouping.names[group].clone(),
                passages: count.passages,
                documents: count.documents,
                characters: count.characters,
                share_of_text: ratio(count.characters as f64, characters as f64),
                per_1000_words: per_1000(count.passages, words),
                weight_mean: ratio(sum, f64::from(n)),
            });
        }
    }
    Answer::new(items, Unit::Passage, index.totals(), request)
}
