//! What the import of a codebook would do, decided before anything is done, so that it can be shown first.
//!
//! Codes are matched by their path, spelling folded. A code that the file names and the codebook has is brought to what the file
//! says; one that the codebook lacks is created; one that the file does not name stays as it is. Siblings that the file
//! names stand in the file's order afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::csv::{Row, Sheet};
use super::store::{self, Hand};
use super::{Code, Fields, Scale, palette, tree};
use crate::db::Tx;
use crate::error::Result;

/// What would happen to one code.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Step {
    /// Line of the file; 0 for a code that the file only implies, as the parent of another.
    pub line: u64,
    /// Path as it will be.
    pub path: String,
    /// What.
    pub action: Action,
    /// Names of the fields that would change.
    pub fields: Vec<&'static str>,
    /// Id, if the code is there.
    pub code: Option<i64>,
    #[serde(skip)]
    names: Vec<String>,
    #[serde(skip)]
    after: Option<Fields>,
}

/// Created, changed or already so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A new code.
    Create,
    /// A new heading, because the file has codes under it and no row for it.
    CreateHeading,
    /// Some fields change.
    Change,
    /// Nothing changes.
    Same,
}

/// The whole import.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Code by code, parents before children, in the file's order.
    pub steps: Vec<Step>,
    /// Codes that the file does not name; they stay.
    pub untouched: usize,
}

impl Plan {
    /// How many codes would be created.
    pub fn created(&self) -> usize {
        self.steps
            .iter()
            .filter(|s| matches!(s.action, Action::Create | Action::CreateHeading))
            .count()
    }

    /// How many codes would change.
    pub fn changed(&self) -> usize {
        self.count(Action::Change)
    }

    /// How many codes are already as the file says.
    pub fn same(&self) -> usize {
        self.count(Action::Same)
    }

    fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|s| s.action == action).count()
    }
}

/// Decides what an import would do to a codebook.
pub fn plan(codes: &[Code], sheet: &Sheet) -> Plan {
    let there: BTreeMap<Vec<String>, &Code> = codes
        .iter()
        .map(|c| (tree::path_key(&c.names()), c))
        .collect();
    let rows: BTreeMap<Vec<String>, &Row> = sheet
        .rows
        .iter()
        .map(|r| (tree::path_key(&r.names), r))
        .collect();
    let mut colors: Vec<u8> = codes.iter().map(|c| c.color).collect();
    let mut done: BTreeMap<Vec<String>, u8> = BTreeMap::new();
    let mut steps = Vec::new();
    for row in &sheet.rows {
        // The parents first, whether the file has them further down, or not at all.
        for depth in 1..=row.names.len() {
            let names = &row.names[..depth];
            let key = tree::path_key(names);
            if done.contains_key(&key) {
                continue;
            }
            let own = rows.get(&key).copied();
            let above = done.get(&key[..depth - 1]).copied();
            let code = there.get(&key).copied();
            let color = own
                .and_then(|r| r.color)
                .or(code.map(|c| c.color))
                .or(above)
                .unwrap_or_else(|| palette::least_used(colors.iter().copied()));
            done.insert(key, color);
            if code.is_none() {
                colors.push(color);
            }
            if own.is_some() || code.is_none() {
                steps.push(step(own, code, names, color));
            }
        }
    }
    let named: BTreeSet<i64> = steps.iter().filter_map(|s| s.code).collect();
    Plan {
        untouched: codes.len() - named.len(),
        steps,
    }
}

fn step(row: Option<&Row>, code: Option<&Code>, names: &[String], color: u8) -> Step {
    let name = names.last().cloned().unwrap_or_default();
    let mut fields = match code {
        Some(code) => Fields::of(code),
        None => Fields::named(&name, color),
    };
    let path = code.map_or_else(|| tree::join(names), |c| c.path.clone());
    let Some(row) = row else {
        fields.is_codable = false;
        return Step {
            line: 0,
            path,
            action: Action::CreateHeading,
            fields: Vec::new(),
            code: None,
            names: names.to_vec(),
            after: Some(fields),
        };
    };
    let mut changed = Vec::new();
    let mut set = |field: &'static str, differs: bool| {
        if differs {
            changed.push(field);
        }
    };
    // The file's spelling of a name that folds to the same is the newer one.
    set("name", fields.name != name);
    fields.name = name;
    if let Some(color) = row.color {
        set("color", fields.color != color);
        fields.color = color;
    }
    for (field, to, from) in [
        ("description", &mut fields.description, &row.description),
        ("use_when", &mut fields.use_when, &row.use_when),
        (
            "do_not_use_when",
            &mut fields.do_not_use_when,
            &row.do_not_use_when,
        ),
    ] {
        if let Some(text) = from {
            set(field, to != text);
            to.clone_from(text);
        }
    }
    if let Some(codable) = row.is_codable {
        set("is_codable", fields.is_codable != codable);
        fields.is_codable = codable;
    }
    if let Some(ends) = row.scale {
        let old = fields.scale.as_ref().map(|s| (s.min, s.max));
        if old != ends {
            // The file knows only the ends: step and labels stay where the ends do.
            set("scale", true);
            fields.scale = ends.map(|(min, max)| Scale::between(min, max));
        }
    }
    if let Some(examples) = &row.examples {
        set("examples", fields.examples != *examples);
        fields.examples.clone_from(examples);
    }
    let action = match code {
        None => Action::Create,
        Some(_) if changed.is_empty() => Action::Same,
        Some(_) => Action::Change,
    };
    Step {
        line: row.line,
        path,
        action,
        fields: if code.is_some() { changed } else { Vec::new() },
        code: code.map(|c| c.id),
        names: names.to_vec(),
        after: (action != Action::Same).then_some(fields),
    }
}

/// Does what [`plan`] decided, in one transaction and one batch of events.
///
/// # Errors
/// As [`store::create`] and [`store::update`]; nothing is kept then.
pub async fn apply(tx: &mut Tx, hand: Hand<'_>, sheet: &Sheet) -> Result<Plan> {
    let codes = store::codes_in(tx, hand.project).await?;
    let plan = plan(&codes, sheet);
    let mut ids: BTreeMap<Vec<String>, i64> = codes
        .iter()
        .map(|c| (tree::path_key(&c.names()), c.id))
        .collect();
    for step in &plan.steps {
        let key = tree::path_key(&step.names);
        let Some(fields) = step.after.clone() else {
            continue;
        };
        match step.code {
            Some(id) => store::update(tx, hand, id, fields).await?,
            None => {
                let parent = ids.get(&key[..key.len() - 1]).copied();
                let id = store::create(tx, hand, fields, parent, None).await?;
                ids.insert(key, id);
            }
        }
    }
    order(tx, hand, sheet, &ids).await?;
    Ok(plan)
}

/// Brings the siblings that the file names into its order, in the places that they hold among the others.
async fn order(
    tx: &mut Tx,
    hand: Hand<'_>,
    sheet: &Sheet,
    ids: &BTreeMap<Vec<String>, i64>,
) -> Result<()> {
    let mut wanted: BTreeMap<Option<i64>, Vec<i64>> = BTreeMap::new();
    for row in &sheet.rows {
        let key = tree::path_key(&row.names);
        let parent = ids.get(&key[..key.len() - 1]).copied();
        if let Some(id) = ids.get(&key) {
            wanted.entry(parent).or_default().push(*id);
        }
    }
    for (parent, wanted) in wanted {
        let codes = store::codes_in(tx, hand.project).await?;
        let mut now: Vec<i64> = tree::children(&codes, parent).map(|c| c.id).collect();
        let mut next = wanted.iter();
        let goal: Vec<i64> = now
            .iter()
            .map(|id| {
                if wanted.contains(id) {
                    next.next().copied().unwrap_or(*id)
                } else {
                    *id
                }
            })
            .collect();
        for (rank, id) in goal.iter().enumerate() {
            if now.get(rank) != Some(id) {
                store::move_to(tx, hand, *id, parent, Some(rank)).await?;
                now.retain(|other| other != id);
                now.insert(rank, *id);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::csv::read_text;
    use super::super::tree::{arrange, tests::row};
    use super::*;

    fn told(plan: &Plan) -> Vec<(String, Action)> {
        plan.steps
            .iter()
            .map(|s| (s.path.clone(), s.action))
            .collect()
    }

    #[test]
    fn parents_come_first_and_those_without_a_row_become_headings() {
        let sheet = read_text("code_path\nA > B > C\nA\n").unwrap();
        let plan = plan(&[], &sheet);
        assert_eq!(
            told(&plan),
            [
                ("A".to_owned(), Action::Create),
                ("A > B".to_owned(), Action::CreateHeading),
                ("A > B > C".to_owned(), Action::Create),
            ]
        );
        assert_eq!(plan.created(), 3);
        assert!(!plan.steps[1].after.as_ref().unwrap().is_codable);
    }

    #[test]
    fn only_what_the_file_has_changes() {
        let mut there = row(1, None, 0, "Énergie");
        there.description = "old".to_owned();
        there.use_when = "kept".to_owned();
        let codes = arrange(vec![there, row(2, None, 1, "Other")]);
        let sheet = read_text("path,definition\nÉnergie,new\nother,\n").unwrap();
        let plan = plan(&codes, &sheet);
        assert_eq!(plan.steps[0].fields, ["description"]);
        let after = plan.steps[0].after.as_ref().unwrap();
        assert_eq!(
            (after.description.as_str(), after.use_when.as_str()),
            ("new", "kept")
        );
        assert_eq!(plan.steps[1].fields, ["name"]);
        assert_eq!(plan.untouched, 0);
    }

    #[test]
    fn a_scale_keeps_step_and_labels_while_its_ends_stay() {
        let mut there = row(1, None, 0, "A");
        there.scale = Some(Scale {
            min: -2.0,
            max: 2.0,
            step: 0.5,
            labels: vec![],
        });
        let codes = arrange(vec![there]);
        let same = plan(
            &codes,
            &read_text("code_path,scale_min,scale_max\nA,-2,2\n").unwrap(),
        );
        assert_eq!(same.steps[0].action, Action::Same);
        let wider = plan(
            &codes,
            &read_text("code_path,scale_min,scale_max\nA,−3,3\n").unwrap(),
        );
        assert_eq!(
            wider.steps[0].after.as_ref().unwrap().scale,
            Some(Scale::between(-3.0, 3.0))
        );
        let none = plan(
            &codes,
            &read_text("code_path,scale_min,scale_max\nA,,\n").unwrap(),
        );
        assert_eq!(none.steps[0].fields, ["scale"]);
    }

    #[test]
    fn children_without_a_colour_take_their_parents() {
        let sheet = read_text("code_path,color\nA,4\nA > B,\nC,\n").unwrap();
        let plan = plan(&[], &sheet);
        let colors: Vec<u8> = plan
            .steps
            .iter()
            .map(|s| s.after.as_ref().unwrap().color)
            .collect();
        assert_eq!(colors, [4, 4, 1]);
    }
}
