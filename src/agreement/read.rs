//! Reads the JSON of `concord agreement FILE.json` into the typed input, naming whatever is wrong.
//!
//! Names become indexes here, and everything that is left out gets its default. Keys that are not known are ignored,
//! so that a file may carry notes; a value that is known but of the wrong type never is.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::AgreementError;
use super::input::{Coding, CodingsInput, Document, Domain, Input, Options};
use super::json::{Item, wrong};
use super::names::{Coverage, Interval, Measure, Unit};
use super::read_matrix::{read_matrix, read_sets};

pub(super) type Result<T> = std::result::Result<T, AgreementError>;

impl Input {
    /// Reads one of the three kinds of input; which one is told by the key `matrix`, `sets` or `documents`.
    ///
    /// # Errors
    /// One line that names the item that is wrong.
    pub fn from_json(text: &str) -> Result<Self> {
        let root = Item::parse(text)?;
        root.object("input")?;
        let kinds: Vec<&str> = ["documents", "matrix", "sets"]
            .into_iter()
            .filter(|key| root.get(key).is_some())
            .collect();
        match kinds.as_slice() {
            ["matrix"] => read_matrix(&root).map(Self::Matrix),
            ["sets"] => read_sets(&root).map(Self::Sets),
            [_] => read_codings(&root).map(Self::Codings),
            [] => Err(AgreementError::new(
                "input",
                "needs \"documents\", \"matrix\" or \"sets\"",
            )),
            [a, b, ..] => Err(AgreementError::new(
                "input",
                format!("has both {a:?} and {b:?}"),
            )),
        }
    }
}

/// Names with their indexes; a name given twice is an error.
pub(super) struct Index<'a> {
    what: &'static str,
    numbers: HashMap<&'a str, u32>,
}

impl<'a> Index<'a> {
    pub fn new(
        what: &'static str,
        list: &'static str,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let mut numbers = HashMap::new();
        for (i, name) in (0u32..).zip(names) {
            if numbers.insert(name, i).is_some() {
                return Err(AgreementError::new(
                    format!("{list}[{i}]"),
                    format!("{name:?} is given twice"),
                ));
            }
        }
        Ok(Self { what, numbers })
    }

    pub fn find(&self, name: &str, at: impl FnOnce() -> String) -> Result<u32> {
        self.numbers
            .get(name)
            .copied()
            .ok_or_else(|| AgreementError::new(at(), format!("unknown {} {name:?}", self.what)))
    }
}

pub(super) fn required<'i, 'a>(root: &'i Item<'a>, key: &str) -> Result<&'i Item<'a>> {
    root.get(key)
        .ok_or_else(|| AgreementError::new(key, "is missing"))
}

/// A list of strings.
pub(super) fn names<'i>(item: &'i Item<'_>, at: &str) -> Result<Vec<&'i str>> {
    item.list(at)?
        .iter()
        .enumerate()
        .map(|(i, name)| name.text(&format!("{at}[{i}]")))
        .collect()
}

pub(super) fn word<T: Copy>(
    root: &Item<'_>,
    key: &str,
    default: T,
    find: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    match root.get(key) {
        None => Ok(default),
        Some(item) => {
            let word = item.text(key)?;
            find(word).ok_or_else(|| AgreementError::new(key, format!("{word:?} is not known")))
        }
    }
}

pub(super) fn measures(
    root: &Item<'_>,
    kind: &str,
    all: Vec<Measure>,
    fits: impl Fn(Measure) -> bool,
) -> Result<Vec<Measure>> {
    let Some(item) = root.get("measures") else {
        return Ok(all);
    };
    let mut chosen = BTreeSet::new();
    for (i, name) in names(item, "measures")?.into_iter().enumerate() {
        let at = format!("measures[{i}]");
        let measure = Measure::from_word(name).ok_or_else(|| {
            AgreementError::new(at.as_str(), format!("{name:?} is not a measure"))
        })?;
        if !fits(measure) {
            return Err(AgreementError::new(
                at,
                format!("{name:?} does not apply to {kind}"),
            ));
        }
        chosen.insert(measure);
    }
    Ok(chosen.into_iter().collect())
}

pub(super) fn seed(root: &Item<'_>) -> Result<u64> {
    match root.get("seed") {
        None => Ok(1),
        Some(item) => u64::try_from(item.whole("seed")?)
            .map_err(|_| AgreementError::new("seed", "must not be negative")),
    }
}

pub(super) fn replicates(root: &Item<'_>) -> Result<u32> {
    match root.get("replicates") {
        None => Ok(2000),
        Some(item) => u32::try_from(item.whole("replicates")?)
            .ok()
            .filter(|n| (2..=1_000_000).contains(n))
            .ok_or_else(|| AgreementError::new("replicates", "must be between 2 and 1000000")),
    }
}

pub(super) fn interval(root: &Item<'_>, kind: &str, allowed: &[Interval]) -> Result<Interval> {
    let interval = word(root, "interval", Interval::None, Interval::from_word)?;
    if allowed.contains(&interval) {
        Ok(interval)
    } else {
        Err(AgreementError::new(
            "interval",
            format!("{:?} does not apply to {kind}", interval.as_str()),
        ))
    }
}

fn read_codings(root: &Item<'_>) -> Result<CodingsInput> {
    let options = read_options(root)?;
    let documents = required(root, "documents")?
        .list("documents")?
        .iter()
        .enumerate()
        .map(|(i, item)| read_document(item, i))
        .collect::<Result<Vec<Document>>>()?;
    let document_index = Index::new("document", "documents", documents.iter().map(|d| &*d.id))?;
    let coder_names = names(required(root, "coders")?, "coders")?;
    let coder_index = Index::new("coder", "coders", coder_names.iter().copied())?;

    let raw = read_raw_codings(required(root, "codings")?.list("codings")?)?;
    let mut domain_names: Vec<(&str, Vec<&str>)> = Vec::new();
    if let Some(item) = root.get("domains") {
        for (name, codes) in item.object("domains")? {
            domain_names.push((name, names(codes, &format!("domains[{name:?}]"))?));
        }
    }
    let (code_names, reported) = code_names(root, &raw, &domain_names, options.subtree)?;
    let code_index = Index::new("code", "codes", code_names.iter().copied())?;

    let mut codings = Vec::with_capacity(raw.len());
    for (i, one) in raw.iter().enumerate() {
        let at = || format!("codings[{i}]");
        let document = document_index.find(one.document, at)?;
        let coder = coder_index.find(one.coder, at)?;
        let code = code_index.find(one.code, at)?;
        let length = documents[document as usize].length;
        let outside = |_| {
            let (start, end, id) = (one.start, one.end, one.document);
            AgreementError::new(
                at(),
                format!("range {start}..{end} is outside document {id:?} of length {length}"),
            )
        };
        let (start, end) = (
            u32::try_from(one.start).map_err(outside)?,
            u32::try_from(one.end).map_err(outside)?,
        );
        codings.push(Coding {
            document,
            code,
            coder,
            start,
            end,
        });
    }
    let mut domains = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, codes) in domain_names {
        let at = format!("domains[{name:?}]");
        if !seen.insert(name) {
            return Err(AgreementError::new(at, "is given twice"));
        }
        let mut numbers = Vec::new();
        for code in codes {
            let number = code_index.find(code, || at.clone())?;
            if numbers.contains(&number) {
                return Err(AgreementError::new(at, format!("{code:?} is given twice")));
            }
            numbers.push(number);
        }
        domains.push(Domain {
            name: name.into(),
            codes: numbers,
        });
    }
    let input = CodingsInput {
        done: read_done(
            root,
            documents.len(),
            &document_index,
            &coder_index,
            coder_names.len(),
        )?,
        coders: coder_names.iter().map(|name| Arc::from(*name)).collect(),
        codes: code_names.iter().map(|name| Arc::from(*name)).collect(),
        reported,
        documents,
        domains,
        codings,
        options,
    };
    input.check()?;
    Ok(input)
}

fn read_options(root: &Item<'_>) -> Result<Options> {
    let unit = word(root, "unit", Unit::Character, Unit::from_word)?;
    Ok(Options {
        unit,
        coverage: word(
            root,
            "coverage",
            unit.default_coverage(),
            Coverage::from_word,
        )?,
        subtree: match root.get("subtree") {
            None => false,
            Some(Item::Bool(yes)) => *yes,
            Some(other) => return Err(wrong("subtree", "true or false", other)),
        },
        measures: measures(root, "codings", Measure::for_codings(), |_| true)?,
        threshold: root
            .get("threshold")
            .map_or(Ok(0.5), |item| item.number("threshold"))?,
        interval: interval(
            root,
            "codings",
            &[Interval::None, Interval::Bootstrap, Interval::Jackknife],
        )?,
        replicates: replicates(root)?,
        seed: seed(root)?,
    })
}

fn read_document(item: &Item<'_>, i: usize) -> Result<Document> {
    let at = format!("documents[{i}]");
    item.object(&at)?;
    let id = item
        .get("id")
        .ok_or_else(|| AgreementError::new(at.as_str(), "needs an id"))?
        .text(&format!("{at}.id"))?;
    let at = format!("{at} {id:?}");
    let text = item
        .get("text")
        .map(|text| text.text(&format!("{at}: text")))
        .transpose()?;
    let counted = text.map(|text| text.chars().count() as u64);
    let given =
        match item.get("length") {
            None => None,
            Some(length) => {
                let n = length.whole(&format!("{at}: length"))?;
                Some(u64::try_from(n).map_err(|_| {
                    AgreementError::new(at.as_str(), format!("length {n} is negative"))
                })?)
            }
        };
    let length = match (given, counted) {
        (Some(given), Some(counted)) if given != counted => {
            let problem =
                format!("length {given} is not that of its text, which has {counted} code points");
            return Err(AgreementError::new(at, problem));
        }
        (Some(length), _) | (None, Some(length)) => length,
        (None, None) => return Err(AgreementError::new(at, "needs a length or a text")),
    };
    let length = u32::try_from(length)
        .map_err(|_| AgreementError::new(at.as_str(), format!("length {length} is too large")))?;
    let language = item
        .get("language")
        .map(|tag| tag.text(&format!("{at}: language")))
        .transpose()?;
    Ok(Document {
        id: id.into(),
        length,
        text: text.map(Into::into),
        language: language.map(Into::into),
    })
}

/// A coding as it is written, with names.
struct RawCoding<'i> {
    document: &'i str,
    coder: &'i str,
    code: &'i str,
    start: i64,
    end: i64,
}

fn read_raw_codings<'i>(items: &'i [Item<'_>]) -> Result<Vec<RawCoding<'i>>> {
    let mut raw = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        raw.push(read_raw_coding(item).map_err(|e| e.inside(&format!("codings[{i}]")))?);
    }
    Ok(raw)
}

fn read_raw_coding<'i>(item: &'i Item<'_>) -> Result<RawCoding<'i>> {
    const FIELDS: [&str; 5] = ["document", "coder", "code", "start", "end"];
    let fields: [&Item<'_>; 5] = match item {
        Item::List(list) => match list.as_slice() {
            [document, coder, code, start, end] => [document, coder, code, start, end],
            other => {
                let problem = format!(
                    "must have 5 values (document, coder, code, start, end), not {}",
                    other.len()
                );
                return Err(AgreementError::new("", problem));
            }
        },
        Item::Object(_) => {
            let mut found = [&Item::Null; 5];
            for (slot, name) in found.iter_mut().zip(FIELDS) {
                *slot = item
                    .get(name)
                    .ok_or_else(|| AgreementError::new(name, "is missing"))?;
            }
            found
        }
        other => return Err(wrong("", "a list or an object", other)),
    };
    let (start, end) = (fields[3].whole(FIELDS[3])?, fields[4].whole(FIELDS[4])?);
    if start < 0 {
        return Err(AgreementError::new("start", format!("{start} is negative")));
    }
    if start >= end {
        return Err(AgreementError::new(
            "",
            format!("start {start} must be below end {end}"),
        ));
    }
    Ok(RawCoding {
        document: fields[0].text(FIELDS[0])?,
        coder: fields[1].text(FIELDS[1])?,
        code: fields[2].text(FIELDS[2])?,
        start,
        end,
    })
}

/// The known codes and, as indexes, those that get results of their own: the ones given, or else those in the
/// codings, sorted so that the order of the codings does not matter. A domain may name codes beyond them.
fn code_names<'i>(
    root: &'i Item<'_>,
    raw: &[RawCoding<'i>],
    domains: &[(&str, Vec<&'i str>)],
    subtree: bool,
) -> Result<(Vec<&'i str>, Vec<u32>)> {
    let mut known: Vec<&str> = match root.get("codes") {
        Some(item) => names(item, "codes")?,
        None => {
            let mut found = BTreeSet::new();
            for one in raw {
                found.insert(one.code);
                if subtree {
                    found.extend(
                        one.code
                            .match_indices(super::PATH_SEPARATOR)
                            .map(|(at, _)| &one.code[..at]),
                    );
                }
            }
            found.into_iter().collect()
        }
    };
    let reported = (0..known.len() as u32).collect();
    let listed: BTreeSet<&str> = known.iter().copied().collect();
    let beyond: BTreeSet<&str> = domains
        .iter()
        .flat_map(|(_, codes)| codes.iter().copied())
        .filter(|code| !listed.contains(code))
        .collect();
    known.extend(beyond);
    Ok((known, reported))
}

fn read_done(
    root: &Item<'_>,
    n_documents: usize,
    documents: &Index<'_>,
    coders: &Index<'_>,
    n_coders: usize,
) -> Result<Vec<Vec<u32>>> {
    let Some(item) = root.get("done") else {
        return Ok(vec![(0..n_coders as u32).collect(); n_documents]);
    };
    let mut done = vec![BTreeSet::new(); n_documents];
    for (coder, list) in item.object("done")? {
        let number = coders.find(coder, || "done".to_owned())?;
        let at = format!("done[{coder:?}]");
        for document in names(list, &at)? {
            done[documents.find(document, || at.clone())? as usize].insert(number);
        }
    }
    Ok(done
        .into_iter()
        .map(|coders| coders.into_iter().collect())
        .collect())
}
