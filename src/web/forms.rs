//! What a form that failed needs to be shown again: the errors by field, in the reader's language.

use super::problems;
use crate::error::{Error, FieldError, Result};
use crate::i18n::Locale;

/// Errors of a form, by field; none on its first showing.
#[derive(Debug, Clone, Default)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// The errors of an input that can be corrected; anything else goes on as it is.
    pub fn of(error: Error, locale: &Locale) -> Result<FormErrors> {
        match error {
            Error::Invalid(_) => Ok(FormErrors(problems::words(&error, locale, "").errors)),
            other => Err(other),
        }
    }

    /// What is wrong with a field; empty if nothing is.
    pub fn get(&self, field: &str) -> String {
        self.0
            .iter()
            .filter(|(name, _)| name == field)
            .map(|(_, message)| message.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether the form failed.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Collects the errors of several fields, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// The value, or `None` with its errors remembered. An error that is not about a field ends the checks.
    pub fn take<T>(&mut self, checked: Result<T>) -> Result<Option<T>> {
        match checked {
            Ok(value) => Ok(Some(value)),
            Err(Error::Invalid(fields)) => {
                self.0.extend(fields);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Goes on only if no field was wrong.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}
