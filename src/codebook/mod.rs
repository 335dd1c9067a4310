//! The codebook: a tree of codes with their definitions, and its published versions.
//!
//! The rules are here and pure: what a name may be, how a path is written and read, what a scale is, which place in the
//! tree a code may take. The order of siblings is kept in widely spaced numbers, so that moving one code changes one
//! row and undo of it disturbs nobody else's; everything above this room sees ranks instead.

pub mod api;
pub mod csv;
pub mod diff;
pub mod import;
pub mod pages;
pub mod palette;
pub mod store;
pub mod tree;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::error::{Error, FieldError, Result};
use crate::i18n::Msg;

/// Longest name of a code, in characters.
pub const LONGEST_NAME: usize = 200;
/// Longest description, "use when", "do not use when" or example, in characters.
pub const LONGEST_TEXT: usize = 20_000;
/// Most examples a code may have.
pub const MOST_EXAMPLES: usize = 100;
/// Deepest level of the tree; the first is 0.
pub const DEEPEST: usize = 30;

/// The numbers a coding's weight may take, and the names of some of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(from = "GivenScale")]
pub struct Scale {
    /// Lowest weight.
    pub min: f64,
    /// Highest weight.
    pub max: f64,
    /// Distance between neighbouring weights, counted from `min`. Left out: whole steps between whole ends, hundredths of
    /// the width otherwise.
    pub step: f64,
    /// Words for some of the weights.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<ScaleLabel>,
}

/// A scale as it is sent.
#[derive(Deserialize)]
struct GivenScale {
    min: f64,
    max: f64,
    step: Option<f64>,
    #[serde(default)]
    labels: Vec<ScaleLabel>,
}

impl From<GivenScale> for Scale {
    fn from(given: GivenScale) -> Scale {
        let plain = Scale::between(given.min, given.max);
        Scale {
            step: given.step.unwrap_or(plain.step),
            labels: given.labels,
            ..plain
        }
    }
}

/// A word for one weight of a scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScaleLabel {
    /// The weight.
    pub value: f64,
    /// Its word.
    pub label: String,
}

impl Scale {
    /// A scale from its ends alone: whole steps between whole ends, hundredths of the width otherwise.
    pub fn between(min: f64, max: f64) -> Scale {
        let whole = min.fract() == 0.0 && max.fract() == 0.0;
        Scale {
            min,
            max,
            step: if whole { 1.0 } else { (max - min) / 100.0 },
            labels: Vec::new(),
        }
    }

    /// What is wrong with it.
    pub fn check(&self) -> Result<()> {
        let finite = self.min.is_finite() && self.max.is_finite() && self.step.is_finite();
        if !finite || self.min >= self.max {
            return Err(Error::invalid("scale", "codebook-error-scale-ends"));
        }
        if self.step <= 0.0 || self.step > self.max - self.min {
            return Err(Error::invalid("scale", "codebook-error-scale-step"));
        }
        if self
            .labels
            .iter()
            .any(|l| !self.holds(l.value) || l.label.trim().is_empty())
        {
            return Err(Error::invalid("scale", "codebook-error-scale-labels"));
        }
        Ok(())
    }

    /// Whether a weight is one of the scale's.
    pub fn holds(&self, weight: f64) -> bool {
        let steps = (weight - self.min) / self.step;
        weight.is_finite()
            && weight >= self.min
            && weight <= self.max
            && (steps - steps.round()).abs() < 1e-6
    }
}

/// A code with its place in the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// Id.
    pub id: i64,
    /// For REFI-QDA.
    pub guid: Uuid,
    /// The code above it.
    pub parent: Option<i64>,
    /// Names from the root joined with ` > `; see [`tree::join`].
    pub path: String,
    /// Level; 0 at the top.
    pub depth: usize,
    /// Rank among its siblings, from 0.
    pub rank: usize,
    /// Name.
    pub name: String,
    /// Colour, 1 to 12 of the palette.
    pub color: u8,
    /// What it means.
    pub description: String,
    /// When to use it.
    pub use_when: String,
    /// When not to.
    pub do_not_use_when: String,
    /// Examples.
    pub examples: Vec<String>,
    /// False for a heading.
    pub is_codable: bool,
    /// The scale of its codings' weights.
    pub scale: Option<Scale>,
    /// Set aside since, in milliseconds since the epoch; keeps its codings and takes no new ones.
    pub retired_at: Option<i64>,
    /// Counts its changes, for `If-Match`.
    pub version: i64,
    /// Made, in milliseconds since the epoch.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

impl Code {
    /// Whether new codings may use it.
    pub fn takes_codings(&self) -> bool {
        self.is_codable && self.retired_at.is_none()
    }

    /// Names from the root.
    pub fn names(&self) -> Vec<String> {
        tree::split(&self.path)
    }
}

/// One row of `codes`, whole, as it stands in the event log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Id.
    pub id: i64,
    /// For REFI-QDA.
    pub guid: Uuid,
    /// Project.
    pub project_id: i64,
    /// The code above it.
    pub parent_id: Option<i64>,
    /// Widely spaced number that orders siblings.
    pub position: i64,
    /// Name.
    pub name: String,
    /// Colour, 1 to 12.
    pub color: u8,
    /// What it means.
    pub description: String,
    /// When to use it.
    pub use_when: String,
    /// When not to.
    pub do_not_use_when: String,
    /// Examples.
    pub examples: Vec<String>,
    /// False for a heading.
    pub is_codable: bool,
    /// Scale of weights.
    pub scale: Option<Scale>,
    /// Counts its changes.
    pub version: i64,
    /// Set aside since.
    pub retired_at: Option<i64>,
    /// Made.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

impl Snapshot {
    /// As `before` or `after` of an event of kind `code`.
    pub fn to_json(&self) -> Result<Json> {
        Ok(serde_json::to_value(self)?)
    }

    /// Back from an event.
    pub fn from_json(json: &Json) -> Result<Snapshot> {
        Ok(serde_json::from_value(json.clone())?)
    }
}

/// What a new code is made from, or an old one is changed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// Name.
    pub name: String,
    /// Colour, 1 to 12.
    pub color: u8,
    /// What it means.
    pub description: String,
    /// When to use it.
    pub use_when: String,
    /// When not to.
    pub do_not_use_when: String,
    /// Examples.
    pub examples: Vec<String>,
    /// False for a heading.
    pub is_codable: bool,
    /// Scale of weights.
    pub scale: Option<Scale>,
}

impl Fields {
    /// A code with nothing but a name and a colour.
    pub fn named(name: &str, color: u8) -> Fields {
        Fields {
            name: name.to_owned(),
            color,
            description: String::new(),
            use_when: String::new(),
            do_not_use_when: String::new(),
            examples: Vec::new(),
            is_codable: true,
            scale: None,
        }
    }

    /// The fields of a code as it is.
    pub fn of(code: &Code) -> Fields {
        Fields {
            name: code.name.clone(),
            color: code.color,
            description: code.description.clone(),
            use_when: code.use_when.clone(),
            do_not_use_when: code.do_not_use_when.clone(),
            examples: code.examples.clone(),
            is_codable: code.is_codable,
            scale: code.scale.clone(),
        }
    }

    /// The same with white space put right and line ends made `\n`; or, field by field, what is wrong.
    pub fn cleaned(mut self) -> Result<Fields> {
        let mut wrong = Vec::new();
        match clean_name(&self.name) {
            Ok(name) => self.name = name,
            Err(message) => wrong.push(FieldError::new("name", message)),
        }
        if !(1..=palette::SIZE).contains(&self.color) {
            wrong.push(FieldError::new("color", "codebook-error-color"));
        }
        for (field, text) in [
            ("description", &mut self.description),
            ("use_when", &mut self.use_when),
            ("do_not_use_when", &mut self.do_not_use_when),
        ] {
            *text = clean_text(text);
            if text.chars().count() > LONGEST_TEXT {
                wrong.push(FieldError::new(
                    field,
                    Msg::new("codebook-error-text-long").arg("most", LONGEST_TEXT),
                ));
            }
        }
        self.examples = self.examples.iter().map(|e| clean_text(e)).collect();
        self.examples.retain(|e| !e.is_empty());
        if self.examples.len() > MOST_EXAMPLES
            || self
                .examples
                .iter()
                .any(|e| e.chars().count() > LONGEST_TEXT)
        {
            wrong.push(FieldError::new(
                "examples",
                Msg::new("codebook-error-examples").arg("most", MOST_EXAMPLES),
            ));
        }
        if let Some(Err(Error::Invalid(errors))) = self.scale.as_ref().map(Scale::check) {
            wrong.extend(errors);
        }
        if wrong.is_empty() {
            Ok(self)
        } else {
            Err(Error::Invalid(wrong))
        }
    }
}

/// A name with its white space put right.
///
/// # Errors
/// The message that says why it cannot be a name: nothing in it, or too long.
pub fn clean_name(name: &str) -> std::result::Result<String, Msg> {
    let name = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if crate::text::is_blank_str(&name) {
        Err(Msg::new("codebook-error-name-empty"))
    } else if name.chars().count() > LONGEST_NAME {
        Err(Msg::new("codebook-error-name-long").arg("most", LONGEST_NAME))
    } else {
        Ok(name)
    }
}

/// What two names are compared by: spelling folded as search folds it, so that `Énergie` and `energie`, `كتاب` and `کتاب` are
/// one name. A name of nothing that search knows (`★`) is compared as it is.
pub fn name_key(name: &str) -> String {
    let folded = crate::text::fold_str(name);
    let folded = folded.trim();
    if folded.is_empty() {
        name.to_lowercase()
    } else {
        folded.to_owned()
    }
}

/// Line ends made `\n`, white space at both ends taken off.
pub fn clean_text(text: &str) -> String {
    crate::text::normalize_line_ends(text).trim().to_owned()
}

/// A definition field as a page shows it: lines that begin with a dash or bullet are a list.
pub fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| {
            line.trim()
                .trim_start_matches(['-', '–', '•', '*'])
                .trim()
                .to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_stray_white_space_and_must_say_something() {
        assert_eq!(
            clean_name("  Arms \n transfers\t").unwrap(),
            "Arms transfers"
        );
        assert_eq!(clean_name("نمی‌خواهم").unwrap(), "نمی‌خواهم");
        assert!(clean_name(" \u{200e}\u{200f} ").is_err());
        assert!(clean_name(&"x".repeat(200)).is_ok());
        assert!(clean_name(&"x".repeat(201)).is_err());
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        assert_eq!(name_key("Énergie"), name_key("energie"));
        assert_eq!(name_key("كتاب"), name_key("کتاب"));
        assert_ne!(name_key("Arms"), name_key("Arm"));
        assert_ne!(name_key("★"), name_key("☆"));
    }

    #[test]
    fn a_scale_needs_ends_in_order_a_step_that_fits_and_labels_inside() {
        let scale = |min, max, step| Scale {
            min,
            max,
            step,
            labels: vec![],
        };
        assert!(scale(-2.0, 2.0, 1.0).check().is_ok());
        assert!(scale(2.0, 2.0, 1.0).check().is_err());
        assert!(scale(0.0, 1.0, 2.0).check().is_err());
        assert!(scale(0.0, 1.0, 0.0).check().is_err());
        assert!(scale(0.0, f64::INFINITY, 1.0).check().is_err());
        let mut labelled = scale(-2.0, 2.0, 1.0);
        labelled.labels.push(ScaleLabel {
            value: 3.0,
            label: "beyond".to_owned(),
        });
        assert!(labelled.check().is_err());
        assert!(scale(-2.0, 2.0, 1.0).holds(-1.0));
        assert!(scale(0.0, 1.0, 0.1).holds(0.3));
        for off in [0.5, 3.0, f64::NAN] {
            assert!(!scale(-2.0, 2.0, 1.0).holds(off));
        }
        assert_eq!(Scale::between(-2.0, 2.0).step, 1.0);
        let sent: Scale = serde_json::from_str(r#"{"min": 0, "max": 1}"#).unwrap();
        assert_eq!(sent, scale(0.0, 1.0, 1.0));
        assert_eq!(Scale::between(0.0, 0.5).step, 0.005);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let mut fields = Fields::named(" ", 13);
        fields.examples = vec!["  ".to_owned(), " kept\r\nwhole ".to_owned()];
        let Err(Error::Invalid(wrong)) = fields.clone().cleaned() else {
            panic!("must be invalid");
        };
        let named: Vec<_> = wrong.iter().map(|w| w.field.as_str()).collect();
        assert_eq!(named, ["name", "color"]);
        fields.name = "Right".to_owned();
        fields.color = 12;
        assert_eq!(fields.cleaned().unwrap().examples, ["kept\nwhole"]);
    }

    #[test]
    fn a_list_is_read_from_its_lines() {
        assert_eq!(lines("- one;\n\n• two"), ["one;", "two"]);
    }
}
