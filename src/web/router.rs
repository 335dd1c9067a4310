//! Every address of the program, and the layers around them. The one part of `web` that knows the rooms.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{AppState, assets, headers, idempotency, metrics, problems};
use crate::error::Error;
use crate::{accounts, help, home, instance};

/// Largest body that is not an upload.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Concord",
        description = "Collaborative qualitative coding. Positions are Unicode code points, ranges half-open, times RFC 3339 UTC. \
Errors are application/problem+json."
    ),
    servers((url = "/api/v1"))
)]
struct Api;

/// The API's routes with their descriptions.
fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(crate::documents::api::router())
        .merge(crate::codebook::api::router())
        .merge(crate::themes::api::router())
        .merge(crate::agreement::api::router())
        .merge(crate::exchange::api::router())
        .merge(crate::coding::api::router())
        .merge(crate::review::api::router())
        .merge(super::undo::router())
        .merge(crate::activity::api::router())
        .merge(home::api::router())
}

/// The OpenAPI document, as `concord openapi` prints it and `/api/v1/openapi.json` serves it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    api().split_for_parts().1
}

/// The whole program as a service.
pub fn router(state: &AppState) -> Router {
    let (api, document) = api().split_for_parts();
    let document = document.to_json().unwrap_or_default();
    let api = api
        .route(
            "/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }),
        )
        .fallback(|| async { Error::NotFound("thing-page") })
        .layer(middleware::from_fn_with_state(
            state.clone(),
            idempotency::layer,
        ));
    let pages = Router::new()
        .merge(crate::coding::pages::router())
        .merge(crate::codebook::pages::router())
        .merge(crate::review::pages::router())
        .merge(accounts::pages::router())
        .merge(home::router())
        .merge(instance::pages::router())
        .merge(help::router())
        .merge(crate::agreement::pages::router())
        .merge(crate::themes::pages::router())
        .merge(crate::exchange::pages::router())
        .merge(crate::documents::pages::router());
    Router::new()
        .merge(pages)
        .nest("/api/v1", api)
        .merge(assets::router())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::serve))
        .fallback(|| async { Error::NotFound("thing-page") })
        .layer(
            ServiceBuilder::new()
                .layer(TraceLayer::new_for_http())
                .layer(middleware::from_fn_with_state(
                    state.clone(),
                    metrics::layer,
                ))
                .layer(middleware::from_fn(headers::security))
                .layer(CompressionLayer::new().gzip(true))
                .layer(middleware::from_fn_with_state(
                    state.clone(),
                    accounts::identify,
                ))
                .layer(middleware::from_fn(problems::layer))
                .layer(CatchPanicLayer::custom(panicked))
                .layer(CsrfLayer::new())
                .layer(DefaultBodyLimit::max(LARGEST_BODY)),
        )
        .with_state(state.clone())
}

fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let why = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_default();
    Error::Internal(anyhow::anyhow!("a handler panicked: {why}")).into_response()
}

async fn ready(State(state): State<AppState>) -> Response {
    let asked = tokio::time::timeout(
        Duration::from_secs(2),
        crate::accounts::store::is_empty(&state.db),
    )
    .await;
    match asked {
        Ok(Ok(_)) => "ready\n".into_response(),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}
