//! Reads the JSON of `concord agreement FILE.json` into the typed input, naming whatever is wrong.
//!
//! Names become indexes here, and everything that is left out gets its default. Keys that are not known are ignored,
//! so that a file may carry notes; a value that is known but of the wrong type never is.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::AgreementError;
use super::input::{
    Category, Coding, CodingsInput, Document, Domain, Input, MatrixInput, Options, SetsInput,
};
use super::json::{Item, wrong};
use super::names::{Coverage, Interval, Level, Marginals, Measure, Unit, Weights};

type Result<T> = std::result::Result<T, AgreementError>;

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
struct Index<'a> {
    what: &'static str,
    numbers: HashMap<&'a str, u32>,
}

impl<'a> Index<'a> {
    fn new(
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

    fn find(&self, name: &str, at: impl FnOnce() -> String) -> Result<u32> {
        self.numbers
            .get(name)
            .copied()
            .ok_or_else(|| AgreementError::new(at(), format!("unknown {} {name:?}", self.what)))
    }
}

fn required<'i, 'a>(root: &'i Item<'a>, key: &str) -> Result<&'i Item<'a>> {
    root.get(key)
        .ok_or_else(|| AgreementError::new(key, "is missing"))
}

/// A list of strings.
fn names<'i>(item: &'i Item<'_>, at: &str) -> Result<Vec<&'i str>> {
    item.list(at)?
        .iter()
        .enumerate()
        .map(|(i, name)| name.text(&format!("{at}[{i}]")))
        .collect()
}

fn word<T: Copy>(
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

fn measures(
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

fn seed(root: &Item<'_>) -> Result<u64> {
    match root.get("seed") {
        None => Ok(1),
        Some(item) => u64::try_from(item.whole("seed")?)
            .map_err(|_| AgreementError::new("seed", "must not be negative")),
    }
}

fn replicates(root: &Item<'_>) -> Result<u32> {
    match root.get("replicates") {
        None => Ok(2000),
        Some(item) => u32::try_from(item.whole("replicates")?)
            .ok()
            .filter(|n| (2..=1_000_000).contains(n))
            .ok_or_else(|| AgreementError::new("replicates", "must be between 2 and 1000000")),
    }
}

fn interval(root: &Item<'_>, kind: &str, allowed: &[Interval]) -> Result<Interval> {
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

/// Names of coders, or numbers from 1 where none are given.
fn coders_of_rows(root: &Item<'_>, rows: usize) -> Result<Vec<Arc<str>>> {
    let Some(item) = root.get("coders") else {
        return Ok((1..=rows).map(|i| i.to_string().into()).collect());
    };
    let names = names(item, "coders")?;
    Index::new("coder", "coders", names.iter().copied())?;
    if names.len() != rows {
        return Err(AgreementError::new(
            "coders",
            format!("{} names for {rows} rows", names.len()),
        ));
    }
    Ok(names.into_iter().map(Into::into).collect())
}

fn rows<'i, 'a>(item: &'i Item<'a>, at: &str) -> Result<Vec<&'i [Item<'a>]>> {
    let rows = item
        .list(at)?
        .iter()
        .enumerate()
        .map(|(i, row)| row.list(&format!("{at}[{i}]")))
        .collect::<Result<Vec<_>>>()?;
    for (i, row) in rows.iter().enumerate() {
        if row.len() != rows[0].len() {
            let problem = format!("has {} units, the first row {}", row.len(), rows[0].len());
            return Err(AgreementError::new(format!("{at}[{i}]"), problem));
        }
    }
    Ok(rows)
}

fn category(item: &Item<'_>, at: impl Fn() -> String) -> Result<Category> {
    match item {
        Item::Whole(_) | Item::Number(_) => Ok(Category::Number(item.number("")?)),
        Item::Text(name) => Ok(Category::Name(name.as_ref().into())),
        other => Err(wrong(&at(), "a number or a string", other)),
    }
}

/// A category as a key: equal numbers are one category however they are written (`1`, `1.0`, `-0`).
#[derive(PartialEq, Eq, Hash)]
enum CategoryKey {
    Number(u64),
    Name(Arc<str>),
}

impl Category {
    fn key(&self) -> CategoryKey {
        match self {
            Self::Number(n) => CategoryKey::Number((n + 0.0).to_bits()),
            Self::Name(name) => CategoryKey::Name(name.clone()),
        }
    }
}

fn read_matrix(root: &Item<'_>) -> Result<MatrixInput> {
    let rows = rows(required(root, "matrix")?, "matrix")?;
    let coders = coders_of_rows(root, rows.len())?;
    let level = word(root, "level", Level::Nominal, Level::from_word)?;
    let weights = word(root, "weights", Weights::None, Weights::from_word)?;
    let mut categories = Vec::new();
    let mut index: HashMap<CategoryKey, u32> = HashMap::new();
    let given = root.get("categories");
    if let Some(item) = given {
        for (i, item) in item.list("categories")?.iter().enumerate() {
            let at = || format!("categories[{i}]");
            let one = category(item, at)?;
            if index.insert(one.key(), i as u32).is_some() {
                return Err(AgreementError::new(at(), "is given twice"));
            }
            categories.push(one);
        }
    }
    let mut ratings = Vec::with_capacity(rows.len());
    for (r, row) in rows.iter().enumerate() {
        let mut line = Vec::with_capacity(row.len());
        for (u, item) in row.iter().enumerate() {
            if *item == Item::Null {
                line.push(None);
                continue;
            }
            let at = || format!("matrix[{r}][{u}]");
            let one = category(item, at)?;
            let number = match index.get(&one.key()) {
                Some(number) => *number,
                None if given.is_some() => {
                    return Err(AgreementError::new(
                        at(),
                        format!("{} is not among the categories", one.shown()),
                    ));
                }
                None => {
                    let number = categories.len() as u32;
                    index.insert(one.key(), number);
                    categories.push(one);
                    number
                }
            };
            line.push(Some(number));
        }
        ratings.push(line);
    }
    if given.is_none() {
        sort_categories(&mut categories, &mut ratings);
    }
    check_scale(&categories, level, weights, given.is_some())?;
    let default = Measure::ALL
        .iter()
        .copied()
        .filter(|m| m.in_matrix() && (*m != Measure::GwetAc2 || weights != Weights::None))
        .collect();
    Ok(MatrixInput {
        coders,
        categories,
        ratings,
        level,
        weights,
        measures: measures(root, "a matrix", default, Measure::in_matrix)?,
        marginals: word(root, "marginals", Marginals::All, Marginals::from_word)?,
        interval: interval(
            root,
            "a matrix",
            &[Interval::None, Interval::Analytic, Interval::Bootstrap],
        )?,
        replicates: replicates(root)?,
        seed: seed(root)?,
    })
}

impl Category {
    fn shown(&self) -> String {
        match self {
            Self::Number(n) => n.to_string(),
            Self::Name(name) => format!("{name:?}"),
        }
    }
}

/// Categories that were only seen, not given, are put in the order of their values.
fn sort_categories(categories: &mut Vec<Category>, ratings: &mut [Vec<Option<u32>>]) {
    let mut order: Vec<usize> = (0..categories.len()).collect();
    order.sort_by(|a, b| match (&categories[*a], &categories[*b]) {
        (Category::Number(a), Category::Number(b)) => a.total_cmp(b),
        (Category::Name(a), Category::Name(b)) => a.cmp(b),
        (Category::Number(_), Category::Name(_)) => std::cmp::Ordering::Less,
        (Category::Name(_), Category::Number(_)) => std::cmp::Ordering::Greater,
    });
    let mut place = vec![0u32; order.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new as u32;
    }
    *categories = order.iter().map(|old| categories[*old].clone()).collect();
    for value in ratings.iter_mut().flatten().flatten() {
        *value = place[*value as usize];
    }
}

/// A metric or a weight must have something to measure: numbers, or an order that the scheme gives.
fn check_scale(
    categories: &[Category],
    level: Level,
    weights: Weights,
    ordered: bool,
) -> Result<()> {
    let named = categories.iter().find_map(|c| match c {
        Category::Name(name) => Some(name),
        Category::Number(_) => None,
    });
    if let Some(name) = named {
        if matches!(level, Level::Interval | Level::Ratio) {
            return Err(AgreementError::new(
                "level",
                format!("{} needs numbers, not {name:?}", level.as_str()),
            ));
        }
        if !ordered && (level == Level::Ordinal || weights != Weights::None) {
            let problem = "are needed in scheme order: an order by name would be a guess";
            return Err(AgreementError::new("categories", problem));
        }
    }
    if level == Level::Ratio
        && categories
            .iter()
            .any(|c| matches!(c, Category::Number(n) if *n < 0.0))
    {
        return Err(AgreementError::new(
            "level",
            "ratio needs values of at least 0",
        ));
    }
    Ok(())
}

fn read_sets(root: &Item<'_>) -> Result<SetsInput> {
    let rows = rows(required(root, "sets")?, "sets")?;
    let columns = rows.first().map_or(0, |row| row.len());
    let given = root
        .get("coders")
        .map(|item| names(item, "coders"))
        .transpose()?
        .map(|names| names.len());
    let by_unit = match given {
        Some(n) => n != rows.len() && n == columns,
        None => rows.len() > columns,
    };
    let mut members: BTreeSet<&str> = BTreeSet::new();
    let mut cells: Vec<Vec<Option<Vec<&str>>>> = Vec::with_capacity(rows.len());
    for (r, row) in rows.iter().enumerate() {
        let mut line = Vec::with_capacity(row.len());
        for (u, item) in row.iter().enumerate() {
            let at = format!("sets[{r}][{u}]");
            let cell = if *item == Item::Null {
                None
            } else {
                Some(names(item, &at)?)
            };
            members.extend(cell.iter().flatten().copied());
            line.push(cell);
        }
        cells.push(line);
    }
    let index: HashMap<&str, u32> = members.into_iter().zip(0u32..).collect();
    let numbered = |cell: &Option<Vec<&str>>| -> Option<Vec<u32>> {
        cell.as_ref().map(|set| {
            let set: BTreeSet<u32> = set
                .iter()
                .filter_map(|name| index.get(name).copied())
                .collect();
            set.into_iter().collect()
        })
    };
    let sets: Vec<Vec<Option<Vec<u32>>>> = if by_unit {
        (0..columns)
            .map(|coder| cells.iter().map(|unit| numbered(&unit[coder])).collect())
            .collect()
    } else {
        cells
            .iter()
            .map(|row| row.iter().map(numbered).collect())
            .collect()
    };
    Ok(SetsInput {
        coders: coders_of_rows(root, sets.len())?,
        sets,
        layout: if by_unit {
            "units_in_rows"
        } else {
            "coders_in_rows"
        },
        measures: measures(
            root,
            "sets",
            vec![Measure::AlphaJaccard, Measure::AlphaMasi],
            Measure::of_sets,
        )?,
        interval: interval(root, "sets", &[Interval::None, Interval::Bootstrap])?,
        replicates: replicates(root)?,
        seed: seed(root)?,
    })
}
