//! The common filters: the same ten names wherever codings are listed, counted, compared or downloaded.
//!
//! A value may hold several, separated by commas, any of which will do. Dates are of any precision and a document is in
//! when its own date, of whatever precision, overlaps the range. A code stands for itself and all below it.

use serde::{Deserialize, Serialize};

use crate::db::Sql;
use crate::error::{Error, Result};

/// Which codings are meant, as query parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub struct Filter {
    /// Ids of documents, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Document types, separated by commas.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[param(rename = "type")]
    pub doc_type: Option<String>,
    /// Names of cases, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Languages, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Not before this day, month or year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_from: Option<String>,
    /// Not after this day, month or year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_to: Option<String>,
    /// Ids of codes, separated by commas; each with its descendants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Ids of coders, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coder: Option<String>,
    /// `coder` or `consensus`; both when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Ids of rounds, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<String>,
}

fn words(value: &Option<String>) -> Vec<String> {
    value
        .iter()
        .flat_map(|v| v.split(','))
        .map(|v| v.trim().to_owned())
        .filter(|v| !v.is_empty())
        .collect()
}

fn ids(field: &'static str, value: &Option<String>) -> Result<Vec<i64>> {
    words(value)
        .iter()
        .map(|v| {
            v.parse()
                .map_err(|_| Error::invalid(field, "filter-error-id"))
        })
        .collect()
}

fn date(field: &'static str, value: &Option<String>) -> Result<Option<String>> {
    let Some(text) = value.as_deref().map(str::trim).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    let digits = |part: Option<&str>, n: usize| {
        part.is_some_and(|p| p.len() == n && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut parts = text.split('-');
    let valid = digits(parts.next(), 4)
        && match text.len() {
            4 => true,
            7 => digits(parts.next(), 2),
            10 => digits(parts.next(), 2) && digits(parts.next(), 2),
            _ => false,
        };
    if valid {
        Ok(Some(text.to_owned()))
    } else {
        Err(Error::invalid(field, "filter-error-date"))
    }
}

impl Filter {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Appends ` AND …` for the filters on documents, which the statement calls `d`.
    pub fn documents(&self, sql: &mut Sql) -> Result<()> {
        let documents = ids("document", &self.document)?;
        if !documents.is_empty() {
            sql.push(" AND d.id IN ").list(documents);
        }
        let types = words(&self.doc_type);
        if !types.is_empty() {
            sql.push(" AND d.doc_type IN ").list(types);
        }
        let languages = words(&self.language);
        if !languages.is_empty() {
            sql.push(" AND d.language IN ").list(languages);
        }
        let cases = words(&self.case);
        if !cases.is_empty() {
            sql.push(
                " AND d.id IN (SELECT dc.document_id FROM document_cases dc JOIN cases ca ON ca.id = dc.case_id WHERE ca.name IN ",
            )
            .list(cases);
            sql.push(")");
        }
        // Both sides are cut to the coarser precision, so 2015 lies within 2015-09 and the other way round.
        if let Some(from) = date("date_from", &self.date_from)? {
            sql.push(" AND d.date >= substr(").bind(from);
            sql.push(", 1, length(d.date))");
        }
        if let Some(to) = date("date_to", &self.date_to)? {
            sql.push(" AND substr(d.date, 1, length(").bind(to.clone());
            sql.push(")) <= ").bind(to);
        }
        Ok(())
    }

    /// Appends ` AND …` for the filters on codings, which the statement calls `c`.
    pub fn codings(&self, sql: &mut Sql) -> Result<()> {
        let codes = ids("code", &self.code)?;
        if !codes.is_empty() {
            sql.push(" AND c.code_id IN (WITH RECURSIVE below (id) AS (SELECT id FROM codes WHERE id IN ")
                .list(codes);
            sql.push(
                " UNION SELECT k.id FROM codes k JOIN below b ON k.parent_id = b.id) SELECT id FROM below)",
            );
        }
        let coders = ids("coder", &self.coder)?;
        if !coders.is_empty() {
            sql.push(" AND c.coder_id IN ").list(coders);
        }
        let rounds = ids("round", &self.round)?;
        if !rounds.is_empty() {
            sql.push(" AND c.round_id IN ").list(rounds);
        }
        match self.layer.as_deref() {
            None | Some("" | "all") => {}
            Some(layer @ ("coder" | "consensus")) => {
                sql.push(" AND c.layer = ").bind(layer);
            }
            Some(_) => return Err(Error::invalid("layer", "filter-error-layer")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(filter: &Filter) -> String {
        let mut sql = Sql::default();
        filter.documents(&mut sql).unwrap();
        filter.codings(&mut sql).unwrap();
        sql.finish().0.0
    }

    #[test]
    fn nothing_asked_adds_nothing() {
        assert_eq!(sql(&Filter::default()), "");
    }

    #[test]
    fn values_are_bound_and_never_become_text() {
        let filter = Filter {
            case: Some("Iran, x') OR 1=1".to_owned()),
            coder: Some("3,4".to_owned()),
            layer: Some("coder".to_owned()),
            ..Filter::default()
        };
        let text = sql(&filter);
        assert!(!text.contains("Iran") && !text.contains("1=1"), "{text}");
        assert!(text.ends_with("AND c.coder_id IN ($3, $4) AND c.layer = $5"));
    }

    #[test]
    fn malformed_values_name_their_field() {
        for (filter, field) in [
            (
                Filter {
                    document: Some("x".to_owned()),
                    ..Filter::default()
                },
                "document",
            ),
            (
                Filter {
                    date_from: Some("2015-9".to_owned()),
                    ..Filter::default()
                },
                "date_from",
            ),
            (
                Filter {
                    layer: Some("mine".to_owned()),
                    ..Filter::default()
                },
                "layer",
            ),
        ] {
            let mut sql = Sql::default();
            let error = filter
                .documents(&mut sql)
                .and_then(|()| filter.codings(&mut sql))
                .unwrap_err();
            match error {
                Error::Invalid(errors) => assert_eq!(errors[0].field, field),
                other => panic!("{other}"),
            }
        }
    }
}
