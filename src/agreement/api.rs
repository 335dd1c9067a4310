//! Agreement over the API: the question in query parameters, the answer as `concord agreement` prints it.
//!
//! Results name codes by their paths and coders by their names; two coders of the same name are told apart by their
//! ids, `Ada (17)`. Documents are counted, not named.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, Question, ids};
use super::{Coverage, Interval, Measure, Output, Unit};
use crate::coding::Filter;
use crate::error::{Error, FieldError, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Json, Path, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(agreement))
}

/// What is compared and how; the common filters choose documents.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub struct Ask {
    /// `character` (default), `token`, `sentence`, `paragraph` or `document`.
    pub unit: Option<String>,
    /// `any` or `half`: how much of a unit must be coded. Left out: half of a token, any part of a longer unit.
    pub coverage: Option<String>,
    /// Measures, separated by commas; all that apply when left out.
    pub measures: Option<String>,
    /// Ids of codes, separated by commas, exactly these; all that were used when left out.
    pub codes: Option<String>,
    /// Ids of coders, separated by commas; all who have marked a document done when left out.
    pub coders: Option<String>,
    /// Ids of documents, separated by commas.
    pub documents: Option<String>,
    /// `true`: a code stands for itself and all codes below it.
    pub subtree: Option<String>,
    /// `none` (default), `bootstrap` or `jackknife`, over documents.
    pub interval: Option<String>,
    /// Where the random numbers of a bootstrap start; 1 when left out.
    pub seed: Option<String>,
    /// Smallest intersection over union that matches two passages, above 0 and at most 1; 0.5 when left out.
    pub threshold: Option<String>,
}

impl Ask {
    /// The question, or every field that is wrong.
    ///
    /// # Errors
    /// 422 with a message for each wrong field.
    pub fn question(&self, filter: &Filter) -> Result<Question> {
        let mut wrong: Vec<FieldError> = Vec::new();
        let unit = given(&self.unit).map_or(Some(Unit::Character), Unit::from_word);
        let unit =
            or_wrong(&mut wrong, "unit", "agreement-error-unit", unit).unwrap_or(Unit::Character);
        let coverage =
            given(&self.coverage).map_or(Some(unit.default_coverage()), Coverage::from_word);
        let coverage = or_wrong(&mut wrong, "coverage", "agreement-error-coverage", coverage);
        let interval = given(&self.interval).map_or(Some(Interval::None), |word| {
            Interval::from_word(word).filter(|i| *i != Interval::Analytic)
        });
        let interval = or_wrong(&mut wrong, "interval", "agreement-error-interval", interval);
        let measures = given(&self.measures).map_or(Some(Measure::for_codings()), |words| {
            words
                .split(',')
                .map(|word| Measure::from_word(word.trim()))
                .collect()
        });
        let measures = or_wrong(&mut wrong, "measures", "agreement-error-measure", measures);
        let seed = given(&self.seed).map_or(Some(1), |text| text.parse().ok());
        let seed = or_wrong(&mut wrong, "seed", "agreement-error-seed", seed);
        let threshold = given(&self.threshold).map_or(Some(0.5), |text| {
            text.parse().ok().filter(|t| *t > 0.0 && *t <= 1.0)
        });
        let threshold = or_wrong(
            &mut wrong,
            "threshold",
            "agreement-error-threshold",
            threshold,
        );
        let mut list = |field, plural: &Option<String>, common: &Option<String>| match ids(
            field,
            given(plural).or(given(common)),
        ) {
            Ok(ids) => ids,
            Err(Error::Invalid(errors)) => {
                wrong.extend(errors);
                Vec::new()
            }
            Err(_) => Vec::new(),
        };
        let codes = list("codes", &self.codes, &filter.code);
        let coders = list("coders", &self.coders, &filter.coder);
        let documents = list("documents", &self.documents, &filter.document);
        let subtree = match given(&self.subtree) {
            None | Some("false" | "0" | "off") => false,
            Some("true" | "1" | "on") => true,
            Some(_) => {
                wrong.push(FieldError::new("subtree", "agreement-error-subtree"));
                false
            }
        };
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let documents: Vec<String> = documents.iter().map(ToString::to_string).collect();
        Ok(Question {
            filter: Filter {
                document: (!documents.is_empty()).then(|| documents.join(",")),
                code: None,
                coder: None,
                layer: None,
                ..filter.clone()
            },
            codes,
            coders,
            unit,
            coverage: coverage.unwrap_or(Coverage::Any),
            subtree,
            measures: measures.unwrap_or_default(),
            interval: interval.unwrap_or(Interval::None),
            seed: seed.unwrap_or(1),
            threshold: threshold.unwrap_or(0.5),
        })
    }
}

/// A parameter that says something.
pub(super) fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|v| !v.is_empty())
}

fn or_wrong<T>(
    wrong: &mut Vec<FieldError>,
    field: &'static str,
    message: &'static str,
    value: Option<T>,
) -> Option<T> {
    if value.is_none() {
        wrong.push(FieldError::new(field, message));
    }
    value
}

/// How far the coders agree, over documents that at least two of them have marked done.
#[utoipa::path(get, path = "/projects/{p}/agreement", tag = "agreement",
    params(("p" = i64, Path), Ask, Filter),
    responses((status = 200, body = Output), (status = 422)))]
async fn agreement(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(ask): Query<Ask>,
    Query(filter): Query<Filter>,
) -> Result<Json<Output>> {
    access.require(Permission::Read)?;
    let question = ask.question(&filter)?;
    let (_, output) = store::figures(&state, &access.visibility, p, &question).await?;
    Ok(Json(output.as_ref().clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_word_is_named_with_its_field() {
        let ask = Ask {
            unit: Some("page".to_owned()),
            measures: Some("percent,luck".to_owned()),
            interval: Some("analytic".to_owned()),
            seed: Some("-1".to_owned()),
            codes: Some("seven".to_owned()),
            threshold: Some("0".to_owned()),
            ..Ask::default()
        };
        let Err(Error::Invalid(errors)) = ask.question(&Filter::default()) else {
            panic!("accepted");
        };
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(
            fields,
            ["unit", "interval", "measures", "seed", "threshold", "codes"]
        );
    }

    #[test]
    fn left_out_means_the_defaults_of_the_contract() {
        let question = Ask::default().question(&Filter::default()).unwrap();
        assert_eq!(question.unit, Unit::Character);
        assert_eq!(question.coverage, Coverage::Any);
        assert_eq!(question.measures, Measure::for_codings());
        assert_eq!(question.interval, Interval::None);
        let tokens = Ask {
            unit: Some("token".to_owned()),
            ..Ask::default()
        };
        let question = tokens.question(&Filter::default()).unwrap();
        assert_eq!(question.coverage, Coverage::Half);
    }
}
