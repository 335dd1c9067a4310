//! When reading on stops bringing new codes.

use serde::Serialize;
use utoipa::ToSchema;

use super::index::Index;
use super::{Answer, Corpus, Request, Unit};

/// In what order the documents are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As the corpus lists them.
    Listed,
    /// By date, a less precise one before the dates inside it, those without a date last; equal ones by id.
    Date,
}

/// One document on the way.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SaturationItem {
    /// Id of the document.
    pub document: i64,
    /// Its place in the order, from 1.
    pub order: u64,
    /// Codes used in it and in no document before it.
    pub new_codes: u64,
    /// Codes used in it or before it.
    pub cumulative_codes: u64,
}

/// Codes new in each document and in all so far.
///
/// Guest, Bunce & Johnson, "How many interviews are enough?", *Field Methods* 18 (2006), 59–82, count new codes over
/// the interviews in this way; the figure depends on the order, which the caller should name. Documents without
/// codings are on the way too: reading them brought nothing new.
pub fn saturation(corpus: &Corpus, order: Order, request: &Request) -> Answer<SaturationItem> {
    let index = Index::new(corpus);
    let mut reading: Vec<usize> = (0..corpus.documents.len()).collect();
    if order == Order::Date {
        reading.sort_by_key(|&at| {
            let document = &corpus.documents[at];
            (document.date.is_none(), document.date, document.id)
        });
    }
    let mut used: Vec<(usize, usize)> = index
        .rows
        .iter()
        .map(|row| (row.document, row.code))
        .collect();
    used.sort_unstable();
    used.dedup();

    let mut seen = vec![false; corpus.codes.len()];
    let mut cumulative = 0;
    let mut items = Vec::with_capacity(reading.len());
    for (place, document) in reading.into_iter().enumerate() {
        let from = used.partition_point(|&(d, _)| d < document);
        let mut new = 0;
        for &(_, code) in used[from..].iter().take_while(|(d, _)| *d == document) {
            new += u64::from(!seen[code]);
            seen[code] = true;
        }
        cumulative += new;
        items.push(SaturationItem {
            document: corpus.documents[document].id,
            order: place as u64 + 1,
            new_codes: new,
            cumulative_codes: cumulative,
        });
    }
    Answer::new(items, Unit::Document, index.totals(), request)
}
