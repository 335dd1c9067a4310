//! Changing a code from its form.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::view::Said;
use super::{build, code_of, to_code};
use crate::activity::Batch;
use crate::codebook::palette::{self, Color};
use crate::codebook::store;
use crate::codebook::{Code, Fields, Scale, ScaleLabel};
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Path, page};

/// The form as it is filled in.
#[derive(Debug, Clone, Default)]
pub struct EditForm {
    /// The version it was filled in from.
    pub version: i64,
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
    /// Examples, with one empty field for another.
    pub examples: Vec<String>,
    /// Only a heading.
    pub is_heading: bool,
    /// Lowest weight, as typed.
    pub scale_min: String,
    /// Highest weight, as typed.
    pub scale_max: String,
    /// Step, as typed.
    pub scale_step: String,
    /// A label a line: the weight, a space, its word.
    pub scale_labels: String,
    /// What is wrong.
    pub errors: FormErrors,
    /// Somebody changed the code in the meantime.
    pub stale: bool,
}

impl EditForm {
    /// The form of a code as it is.
    pub fn of(code: &Code) -> EditForm {
        let number = |pick: fn(&Scale) -> f64| {
            code.scale
                .as_ref()
                .map(|s| crate::i18n::number(pick(s)))
                .unwrap_or_default()
        };
        let mut examples = code.examples.clone();
        examples.push(String::new());
        EditForm {
            version: code.version,
            name: code.name.clone(),
            color: code.color,
            description: code.description.clone(),
            use_when: code.use_when.clone(),
            do_not_use_when: code.do_not_use_when.clone(),
            examples,
            is_heading: !code.is_codable,
            scale_min: number(|s| s.min),
            scale_max: number(|s| s.max),
            scale_step: number(|s| s.step),
            scale_labels: code
                .scale
                .as_ref()
                .map(|s| {
                    s.labels
                        .iter()
                        .map(|l| format!("{} {}", crate::i18n::number(l.value), l.label))
                        .collect::<Vec<_>>()
                        .join("\n")
                })
                .unwrap_or_default(),
            ..EditForm::default()
        }
    }

    fn read(pairs: Vec<(String, String)>) -> EditForm {
        let mut form = EditForm::default();
        for (name, value) in pairs {
            match name.as_str() {
                "version" => form.version = value.parse().unwrap_or(0),
                "name" => form.name = value,
                "color" => form.color = value.parse().unwrap_or(0),
                "description" => form.description = value,
                "use_when" => form.use_when = value,
                "do_not_use_when" => form.do_not_use_when = value,
                "example" => form.examples.push(value),
                "is_heading" => form.is_heading = true,
                "scale_min" => form.scale_min = value,
                "scale_max" => form.scale_max = value,
                "scale_step" => form.scale_step = value,
                "scale_labels" => form.scale_labels = value,
                _ => {}
            }
        }
        form
    }

    fn scale(&self) -> Result<Option<Scale>> {
        let blank = |text: &str| text.trim().is_empty();
        if blank(&self.scale_min) && blank(&self.scale_max) {
            return Ok(None);
        }
        let number = |text: &str| {
            parse_number(text).ok_or_else(|| Error::invalid("scale", "codebook-error-scale-number"))
        };
        let mut scale = Scale::between(number(&self.scale_min)?, number(&self.scale_max)?);
        if !blank(&self.scale_step) {
            scale.step = number(&self.scale_step)?;
        }
        for line in self.scale_labels.lines().map(str::trim) {
            if line.is_empty() {
                continue;
            }
            let (value, label) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| Error::invalid("scale", "codebook-error-scale-labels"))?;
            let value = value.trim_end_matches([':', '=']);
            scale.labels.push(ScaleLabel {
                value: number(value)?,
                label: label.trim().to_owned(),
            });
        }
        Ok(Some(scale))
    }

    fn fields(&self) -> Result<Fields> {
        let mut checks = Checks::default();
        let scale = checks.take(self.scale())?;
        let fields = checks.take(
            Fields {
                name: self.name.clone(),
                color: self.color,
                description: self.description.clone(),
                use_when: self.use_when.clone(),
                do_not_use_when: self.do_not_use_when.clone(),
                examples: self.examples.clone(),
                is_codable: !self.is_heading,
                scale: scale.flatten(),
            }
            .cleaned(),
        )?;
        checks.done()?;
        fields.ok_or_else(|| Error::invalid("name", "codebook-error-name-empty"))
    }
}

/// A number as people type it: with a typographic minus, a decimal comma, thin spaces between thousands.
pub fn parse_number(text: &str) -> Option<f64> {
    let plain: String = text
        .trim()
        .chars()
        .filter_map(|c| match c {
            '\u{2212}' | '\u{2013}' => Some('-'),
            ',' | '٫' => Some('.'),
            '+' => None,
            c if c.is_whitespace() => None,
            c => Some(c),
        })
        .collect();
    plain.parse().ok().filter(|v: &f64| v.is_finite())
}

/// Saves the form, or shows it again with what is wrong.
pub async fn save(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let code = code_of(&state, &access, path).await?;
    let mut form = EditForm::read(pairs);
    let saved = async {
        let fields = form.fields()?;
        let batch = Batch::new();
        let hand = crate::codebook::api::hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        let now = store::code_in(&mut tx, hand.project, code.id).await?;
        if now.version != form.version {
            return Ok(Some(now.version));
        }
        store::update(&mut tx, hand, code.id, fields).await?;
        tx.commit().await?;
        Ok(None)
    }
    .await;
    let status = match saved {
        Ok(None) => return Ok(to_code(&access, Some(code.id), Said::Saved)),
        Ok(Some(version)) => {
            // What she wrote stays in the form; saving again puts it over what the other one wrote.
            form.stale = true;
            form.version = version;
            StatusCode::CONFLICT
        }
        Err(e) => {
            form.errors = FormErrors::of(e, &access.locale)?;
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    if form.examples.last().is_none_or(|e| !e.trim().is_empty()) {
        form.examples.push(String::new());
    }
    if !(1..=palette::SIZE).contains(&form.color) {
        form.color = code.color;
    }
    let mut again = build(&state, &access, Some(code.id), super::NewForm::default()).await?;
    again.edit = Some(form);
    Ok((status, page(&again)?).into_response())
}

/// The colour, from the palette beside the definition.
#[derive(Debug, serde::Deserialize)]
pub struct ColorForm {
    color: String,
}

/// Changes the colour alone.
pub async fn color(
    State(state): State<AppState>,
    access: Access,
    path: Path<(i64, i64)>,
    Form(form): Form<ColorForm>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let code = code_of(&state, &access, path).await?;
    let color = Color::Text(form.color).number()?;
    let batch = Batch::new();
    let hand = crate::codebook::api::hand(&access, &batch, state.now());
    let mut tx = state.db.begin().await?;
    let now = store::code_in(&mut tx, hand.project, code.id).await?;
    let fields = Fields {
        color,
        ..Fields::of(&now)
    };
    store::update(&mut tx, hand, code.id, fields).await?;
    tx.commit().await?;
    Ok(to_code(&access, Some(code.id), Said::Saved))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(parse_number("\u{2212}2"), Some(-2.0));
        assert_eq!(parse_number(" 0,5 "), Some(0.5));
        assert_eq!(parse_number("+2"), Some(2.0));
        assert_eq!(parse_number("1\u{202f}000"), Some(1000.0));
        assert_eq!(parse_number("two"), None);
        assert_eq!(parse_number("inf"), None);
    }

    #[test]
    fn a_scale_comes_back_from_its_form() {
        let scale = Scale {
            min: -2.0,
            max: 2.0,
            step: 0.5,
            labels: vec![ScaleLabel {
                value: -2.0,
                label: "open confrontation".to_owned(),
            }],
        };
        let form = EditForm {
            scale_min: "\u{2212}2".to_owned(),
            scale_max: "2".to_owned(),
            scale_step: "0,5".to_owned(),
            scale_labels: "\u{2212}2: open confrontation\n\n".to_owned(),
            ..EditForm::default()
        };
        assert_eq!(form.scale().unwrap(), Some(scale));
        let half = EditForm {
            scale_min: "1".to_owned(),
            ..EditForm::default()
        };
        assert!(half.scale().is_err());
        assert_eq!(EditForm::default().scale().unwrap(), None);
    }
}
