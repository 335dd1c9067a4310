//! Which codes stand together.

use serde::Serialize;
use utoipa::ToSchema;

use super::index::Index;
use super::{Answer, Corpus, Request, Unit, ratio};
use crate::text::{Span, cover};

/// Within what two codes must stand to stand together.
///
/// Sentences and paragraphs come from the text and are passed in: for each document of the corpus, in its order, the
/// spans of its units, ascending and disjoint.
#[derive(Clone, Copy, Debug)]
pub enum Within<'a> {
    /// They share at least one character.
    Overlap,
    /// Both are in the same sentence.
    Sentence(&'a [Vec<Span>]),
    /// Both are in the same paragraph.
    Paragraph(&'a [Vec<Span>]),
    /// Both are in the same document.
    Document,
}

/// How often two codes stand together. Pairs are unordered; `a` is the lower id.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CooccurrenceItem {
    /// The code with the lower id.
    pub a: i64,
    /// The code with the higher id.
    pub b: i64,
    /// Units with both codes; within `overlap`, the stretches of text that carry both.
    pub count: u64,
    /// Both / either: |A ∩ B| / |A ∪ B| (Jaccard, "The distribution of the flora in the alpine zone", *New
    /// Phytologist* 11, 1912, 37–50). `null` where neither occurs.
    #[schema(required = true)]
    pub jaccard: Option<f64>,
    /// Observed / expected under independence: |A ∩ B| × N / (|A| × |B|), 1 if the codes ignore each other (Brin,
    /// Motwani & Silverstein, "Beyond market baskets", *SIGMOD* 1997, who call it interest). `null` where one of
    /// the codes does not occur.
    #[schema(required = true)]
    pub lift: Option<f64>,
}

/// All pairs of codes, one item per pair, in the order of their ids.
///
/// The sets A and B are, within sentence, paragraph or document, the units that the code touches by at least one
/// character, whoever coded it, and N is the number of units of the filtered documents. Within overlap they are the
/// characters that the code covers and N is the length of the documents; `count` is then the number of maximal
/// stretches of text that carry both codes, so that two coders who agree on a place make one, not four. (Counting
/// pairs of codings, as some programs do, lets a quotient of codings exceed 1.)
pub fn cooccurrence(
    corpus: &Corpus,
    within: Within<'_>,
    request: &Request,
) -> Answer<CooccurrenceItem> {
    let index = Index::new(corpus);
    let spans = spans_by_document(&index);
    let mut shown = index.shown_codes();
    shown.sort_by_key(|&code| corpus.codes[code].id);
    let codes = corpus.codes.len();

    let mut sets = Sets {
        size: vec![0; codes],
        both: vec![0; codes * codes],
        count: vec![0; codes * codes],
        n: 0,
    };
    let (unit, units) = match within {
        Within::Overlap => (Unit::Overlap, None),
        Within::Document => (Unit::Document, None),
        Within::Sentence(units) => (Unit::Sentence, Some(units)),
        Within::Paragraph(units) => (Unit::Paragraph, Some(units)),
    };
    for (position, document) in corpus.documents.iter().enumerate() {
        let coded = &spans[position];
        match unit {
            Unit::Overlap => sets.add_text(document.length, coded),
            Unit::Sentence | Unit::Paragraph => {
                let of_document = units.and_then(|u| u.get(position));
                sets.add_units(of_document.map_or(&[], Vec::as_slice), coded);
            }
            Unit::Document | Unit::Passage => sets.add_unit(coded),
        }
    }

    let mut items = Vec::with_capacity(shown.len() * shown.len().saturating_sub(1) / 2);
    for (i, &a) in shown.iter().enumerate() {
        for &b in &shown[i + 1..] {
            // The triangle is filled by position in the corpus, not by id.
            let cell = a.min(b) * codes + a.max(b);
            let (in_a, in_b, both) = (sets.size[a], sets.size[b], sets.both[cell]);
            let either = in_a + in_b - both;
            items.push(CooccurrenceItem {
                a: corpus.codes[a].id,
                b: corpus.codes[b].id,
                count: sets.count[cell],
                jaccard: ratio(both as f64, either as f64),
                lift: ratio(both as f64 * sets.n as f64, in_a as f64 * in_b as f64),
            });
        }
    }
    Answer::new(items, unit, index.totals(), request)
}

/// A code in a document and the union of its spans there.
type Coded = (usize, Vec<Span>);

/// For each document, the codes that occur in it, ascending by position.
fn spans_by_document(index: &Index<'_>) -> Vec<Vec<Coded>> {
    let mut rows: Vec<_> = index
        .rows
        .iter()
        .map(|row| (row.document, row.code, row.span))
        .collect();
    rows.sort_unstable();
    let mut documents: Vec<Vec<Coded>> = vec![Vec::new(); index.corpus.documents.len()];
    for (document, code, span) in rows {
        let coded = &mut documents[document];
        if coded.last().is_none_or(|(last, _)| *last != code) {
            coded.push((code, Vec::new()));
        }
        if let (Some((_, spans)), Some(span)) = (coded.last_mut(), Span::new(span.0, span.1)) {
            spans.push(span);
        }
    }
    for (_, spans) in documents.iter_mut().flatten() {
        *spans = cover(spans);
    }
    documents
}

/// Sizes of the sets, and of their pairs in the upper triangle.
struct Sets {
    size: Vec<u64>,
    both: Vec<u64>,
    count: Vec<u64>,
    n: u64,
}

impl Sets {
    /// Counts a document as text: the sets are characters.
    fn add_text(&mut self, length: u32, coded: &[Coded]) {
        self.n += u64::from(length);
        for (i, (a, a_spans)) in coded.iter().enumerate() {
            let covered = a_spans.iter().map(|span| u64::from(span.len()));
            self.size[*a] += covered.sum::<u64>();
            for (b, b_spans) in &coded[i + 1..] {
                let (runs, characters) = intersection(a_spans, b_spans);
                let cell = self.cell(*a, *b);
                self.count[cell] += runs;
                self.both[cell] += characters;
            }
        }
    }

    /// Counts a document as units: the sets are units, kept as one bit each so that a pair costs a few machine words
    /// however long its passages are.
    fn add_units(&mut self, units: &[Span], coded: &[Coded]) {
        self.n += units.len() as u64;
        let bits: Vec<Vec<u64>> = coded
            .iter()
            .map(|(_, spans)| touched(units, spans))
            .collect();
        for (i, (a, _)) in coded.iter().enumerate() {
            let ones = bits[i].iter().map(|word| u64::from(word.count_ones()));
            self.size[*a] += ones.sum::<u64>();
            for (j, (b, _)) in coded.iter().enumerate().skip(i + 1) {
                let shared = bits[i].iter().zip(&bits[j]);
                let shared: u64 = shared.map(|(x, y)| u64::from((x & y).count_ones())).sum();
                let cell = self.cell(*a, *b);
                self.count[cell] += shared;
                self.both[cell] += shared;
            }
        }
    }

    /// Counts a document as one unit.
    fn add_unit(&mut self, coded: &[Coded]) {
        self.n += 1;
        for (i, (a, _)) in coded.iter().enumerate() {
            self.size[*a] += 1;
            for (b, _) in &coded[i + 1..] {
                let cell = self.cell(*a, *b);
                self.count[cell] += 1;
                self.both[cell] += 1;
            }
        }
    }

    /// `a` stands before `b` in the corpus.
    fn cell(&self, a: usize, b: usize) -> usize {
        a * self.size.len() + b
    }
}

/// The runs that two unions share, and the characters in them.
fn intersection(a: &[Span], b: &[Span]) -> (u64, u64) {
    let (mut i, mut j) = (0, 0);
    let (mut runs, mut characters) = (0, 0);
    while i < a.len() && j < b.len() {
        if let Some(shared) = a[i].intersection(b[j]) {
            runs += 1;
            characters += u64::from(shared.len());
        }
        if a[i].end < b[j].end {
            i += 1;
        } else {
            j += 1;
        }
    }
    (runs, characters)
}

/// A bit for each unit that one of the spans touches.
fn touched(units: &[Span], spans: &[Span]) -> Vec<u64> {
    let mut bits = vec![0u64; units.len().div_ceil(64)];
    for span in spans {
        let first = units.partition_point(|unit| unit.end <= span.start);
        for (at, _) in units
            .iter()
            .enumerate()
            .skip(first)
            .take_while(|(_, unit)| unit.start < span.end)
        {
            bits[at / 64] |= 1 << (at % 64);
        }
    }
    bits
}
