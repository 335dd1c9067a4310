//! Reads a reliability matrix, or a table of sets, from JSON.
//!
//! A row per coder, a column per unit, null where a coder said nothing. Categories keep the order of the scheme where it is
//! given, because ordinal figures depend on it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::AgreementError;
use super::input::{Category, MatrixInput, SetsInput};
use super::json::{Item, wrong};
use super::names::{Interval, Level, Marginals, Measure, Weights};
use super::read::{Index, Result, interval, measures, names, replicates, required, seed, word};

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

pub(super) fn read_matrix(root: &Item<'_>) -> Result<MatrixInput> {
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

/// Reads sets per unit. The table is a row per coder like a matrix, or a row per unit: where the coders are named, their
/// number decides; where they are not, the longer side is taken for the units, of which a study has more. The answer
/// says which it was.
pub(super) fn read_sets(root: &Item<'_>) -> Result<SetsInput> {
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
