//! JSON of the themes: the five tables, as the contract words them.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    Answer, CooccurrenceItem, CrosstabAnswer, FrequencyItem, GroupBy, Order, Request,
    SaturationItem, Step, TrendAnswer, TrendOptions, Within, store,
};
use crate::coding::Filter;
use crate::coding::unit_store::TextUnit;
use crate::error::{Error, Result};
use crate::i18n::Msg;
use crate::projects::{Access, Permission};
use crate::web::{AppState, Json, Path, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(frequencies))
        .routes(routes!(trend))
        .routes(routes!(crosstab))
        .routes(routes!(cooccurrence))
        .routes(routes!(saturation))
}

/// What a table is cut by, beside the common filters.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
pub struct Cut {
    /// Frequencies: `coder`, `type`, `case`, `language` or `attribute:NAME`. Crosstab: the same (default `case`).
    /// Trend: `year` (default), `quarter` or `month`. Saturation: `date` (default) or `id`.
    pub by: Option<String>,
    /// `true`: a code stands for itself and all codes below it (frequencies, trend).
    pub subtree: Option<String>,
    /// Co-occurrence: `overlap` (default), `sentence`, `paragraph` or `document`.
    pub within: Option<String>,
    /// Trend: a line for each group too; as `by` of frequencies.
    pub group: Option<String>,
}

impl Cut {
    /// `subtree=true`.
    pub fn subtree(&self) -> bool {
        matches!(self.subtree.as_deref(), Some("true" | "1" | "on"))
    }

    /// `by=` as a grouping.
    pub fn grouping(&self) -> Result<Option<GroupBy>> {
        grouping("by", self.by.as_deref())
    }

    /// `by=` as the length of a period.
    pub fn step(&self) -> Result<Step> {
        self.by
            .as_deref()
            .filter(|v| !v.is_empty())
            .unwrap_or("year")
            .parse()
            .map_err(|()| Error::invalid("by", "themes-error-step"))
    }
}

fn grouping(field: &'static str, text: Option<&str>) -> Result<Option<GroupBy>> {
    match text.filter(|v| !v.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| Error::invalid(field, "themes-error-by")),
    }
}

/// The filter with its layer said: coders' codings unless consensus is asked for, never both at once, which would
/// count a passage that was adjudicated twice.
pub fn with_layer(mut filter: Filter) -> Filter {
    if filter.layer.as_deref().unwrap_or_default().is_empty() {
        filter.layer = Some("coder".to_owned());
    }
    filter
}

/// What an answer repeats of its question.
pub fn request(filter: &Filter) -> Request {
    let values = serde_json::to_value(filter).unwrap_or_default();
    let mut filters = BTreeMap::new();
    for (name, value) in values.as_object().into_iter().flatten() {
        if name == "layer" {
            continue;
        }
        let list: Vec<String> = value
            .as_str()
            .unwrap_or_default()
            .split(',')
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
            .collect();
        if !list.is_empty() {
            filters.insert(name.clone(), list);
        }
    }
    Request {
        layer: filter.layer.clone().unwrap_or_default(),
        filters,
    }
}

/// Counts a measure away from the threads that serve.
pub async fn counted<T: Send + 'static>(measure: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    Ok(tokio::task::spawn_blocking(measure).await?)
}

/// A trend, or why its table would be too large.
pub async fn trend_of(
    state: &AppState,
    access: &Access,
    filter: &Filter,
    options: TrendOptions,
) -> Result<TrendAnswer> {
    let material = store::material(state, &access.visibility, access.project.id, filter).await?;
    let request = request(filter);
    counted(move || super::trend(&material.corpus, &options, &request))
        .await?
        .map_err(|e| {
            Error::invalid(
                "by",
                Msg::new("themes-error-cells")
                    .arg("cells", e.cells)
                    .arg("limit", e.limit),
            )
        })
}

/// Co-occurrence within the unit that `within=` names.
pub async fn cooccurrence_of(
    state: &AppState,
    access: &Access,
    filter: &Filter,
    within: Option<&str>,
) -> Result<Answer<CooccurrenceItem>> {
    let material = store::material(state, &access.visibility, access.project.id, filter).await?;
    let request = request(filter);
    let unit = match within.filter(|v| !v.is_empty()).unwrap_or("overlap") {
        "overlap" => {
            return counted(move || {
                super::cooccurrence(&material.corpus, Within::Overlap, &request)
            })
            .await;
        }
        "document" => {
            return counted(move || {
                super::cooccurrence(&material.corpus, Within::Document, &request)
            })
            .await;
        }
        "sentence" => TextUnit::Sentence,
        "paragraph" => TextUnit::Paragraph,
        _ => return Err(Error::invalid("within", "themes-error-within")),
    };
    let units = store::units(state, &material, unit).await?;
    counted(move || {
        let within = match unit {
            TextUnit::Sentence => Within::Sentence(&units),
            TextUnit::Paragraph => Within::Paragraph(&units),
        };
        super::cooccurrence(&material.corpus, within, &request)
    })
    .await
}

/// How often each code was used, by group if asked.
#[utoipa::path(get, path = "/projects/{p}/themes/frequencies", tag = "themes",
    params(("p" = i64, Path), Filter, Cut),
    responses((status = 200, body = Answer<FrequencyItem>)))]
async fn frequencies(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
) -> Result<Json<Answer<FrequencyItem>>> {
    access.require(Permission::Read)?;
    let filter = with_layer(filter);
    let by = cut.grouping()?;
    let material = store::material(&state, &access.visibility, access.project.id, &filter).await?;
    let request = request(&filter);
    let subtree = cut.subtree();
    Ok(Json(
        counted(move || super::frequencies(&material.corpus, by.as_ref(), subtree, &request))
            .await?,
    ))
}

/// How often each code was used over time.
#[utoipa::path(get, path = "/projects/{p}/themes/trend", tag = "themes",
    params(("p" = i64, Path), Filter, Cut),
    responses((status = 200, body = TrendAnswer)))]
async fn trend(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
) -> Result<Json<TrendAnswer>> {
    access.require(Permission::Read)?;
    let filter = with_layer(filter);
    let options = TrendOptions {
        step: cut.step()?,
        group: grouping("group", cut.group.as_deref())?,
        subtree: cut.subtree(),
    };
    Ok(Json(trend_of(&state, &access, &filter, options).await?))
}

/// Codes by groups, with residuals and a test.
#[utoipa::path(get, path = "/projects/{p}/themes/crosstab", tag = "themes",
    params(("p" = i64, Path), Filter, Cut),
    responses((status = 200, body = CrosstabAnswer)))]
async fn crosstab(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
) -> Result<Json<CrosstabAnswer>> {
    access.require(Permission::Read)?;
    let filter = with_layer(filter);
    let by = cut.grouping()?.unwrap_or(GroupBy::Case);
    let material = store::material(&state, &access.visibility, access.project.id, &filter).await?;
    let request = request(&filter);
    Ok(Json(
        counted(move || super::crosstab(&material.corpus, &by, &request)).await?,
    ))
}

/// Which codes stand together.
#[utoipa::path(get, path = "/projects/{p}/themes/cooccurrence", tag = "themes",
    params(("p" = i64, Path), Filter, Cut),
    responses((status = 200, body = Answer<CooccurrenceItem>)))]
async fn cooccurrence(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
) -> Result<Json<Answer<CooccurrenceItem>>> {
    access.require(Permission::Read)?;
    let filter = with_layer(filter);
    Ok(Json(
        cooccurrence_of(&state, &access, &filter, cut.within.as_deref()).await?,
    ))
}

/// Whether new documents still bring new codes.
#[utoipa::path(get, path = "/projects/{p}/themes/saturation", tag = "themes",
    params(("p" = i64, Path), Filter, Cut),
    responses((status = 200, body = Answer<SaturationItem>)))]
async fn saturation(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
    Query(filter): Query<Filter>,
    Query(cut): Query<Cut>,
) -> Result<Json<Answer<SaturationItem>>> {
    access.require(Permission::Read)?;
    let filter = with_layer(filter);
    let order = match cut.by.as_deref().filter(|v| !v.is_empty()) {
        None | Some("date") => Order::Date,
        Some("id") => Order::Listed,
        Some(_) => return Err(Error::invalid("by", "themes-error-order")),
    };
    let material = store::material(&state, &access.visibility, access.project.id, &filter).await?;
    let request = request(&filter);
    Ok(Json(
        counted(move || super::saturation(&material.corpus, order, &request)).await?,
    ))
}
