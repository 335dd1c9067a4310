//! The codebook's pages: the tree with its definition panel, dialogs that say what they affect, versions, files, and
//! the page of one code. All of them work as plain forms; `static/codebook` makes them quicker.

mod ask;
mod code;
mod edit;
mod files;
mod versions;
mod view;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::diff::{Recorded, diff};
use super::store::{self, Use, Version};
use super::{Code, palette, tree};
use crate::activity::Batch;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::forms::FormErrors;
use crate::web::{AppState, Layout, Path, Query, page};
use edit::EditForm;
use view::{ChangeView, Said};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/projects/{p}/codebook", get(codebook))
        .route("/projects/{p}/codebook/new", post(create))
        .route(
            "/projects/{p}/codebook/import",
            get(files::ask_import).post(files::import),
        )
        .route("/projects/{p}/codebook/codebook.csv", get(files::export))
        .route("/projects/{p}/codebook/print", get(files::print))
        .route(
            "/projects/{p}/codebook/versions",
            get(versions::list).post(versions::publish),
        )
        .route("/projects/{p}/codes/{c}", get(code::code))
        .route("/projects/{p}/codes/{c}/edit", post(edit::save))
        .route("/projects/{p}/codes/{c}/color", post(edit::color))
        .route(
            "/projects/{p}/codes/{c}/move",
            get(ask::ask_move).post(ask::do_move),
        )
        .route(
            "/projects/{p}/codes/{c}/merge",
            get(ask::ask_merge).post(ask::do_merge),
        )
        .route(
            "/projects/{p}/codes/{c}/retire",
            get(ask::ask_retire).post(ask::do_retire),
        )
        .route(
            "/projects/{p}/codes/{c}/delete",
            get(ask::ask_delete).post(ask::do_delete),
        )
}

/// A line of the tree.
struct Node {
    id: i64,
    name: String,
    color: u8,
    level: usize,
    place: usize,
    siblings: usize,
    has_children: bool,
    codings: i64,
    with_below: i64,
    is_codable: bool,
    retired: bool,
    selected: bool,
}

/// The code that is open beside the tree.
struct Panel {
    code: Code,
    above: Vec<(i64, String)>,
    used: Use,
    below: store::Totals,
    children: usize,
    documents: i64,
    description: view::Words,
    use_when: Vec<view::Words>,
    do_not_use_when: Vec<view::Words>,
    examples: Vec<view::Words>,
    scale: String,
    changes: Vec<ChangeView>,
}

#[derive(Template)]
#[template(path = "codebook/codebook.html")]
struct CodebookPage {
    l: Layout,
    p: i64,
    may_edit: bool,
    may_create: bool,
    may_export: bool,
    tops: usize,
    nodes: Vec<Node>,
    panel: Option<Panel>,
    edit: Option<EditForm>,
    version: Option<Version>,
    next_version: i64,
    unpublished: usize,
    new: NewForm,
    said: String,
    colors: Vec<(u8, &'static str)>,
    parents: Vec<view::Choice>,
    words: String,
}

/// The form for a new code, as it was filled in.
#[derive(Debug, Default)]
struct NewForm {
    name: String,
    parent: Option<i64>,
    errors: FormErrors,
}

/// What the address of the page says.
#[derive(Debug, Default, Deserialize)]
struct Ask {
    code: Option<i64>,
    #[serde(default)]
    edit: bool,
    said: Option<String>,
    /// Parent of a new code.
    under: Option<i64>,
}

async fn codebook(
    State(state): State<AppState>,
    access: Access,
    Query(ask): Query<Ask>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let edit = ask.edit && access.may(Permission::EditCodebook);
    let new = NewForm {
        parent: ask.under,
        ..NewForm::default()
    };
    let mut made = build(&state, &access, ask.code, new).await?;
    if ask.code.is_some() && made.panel.is_none() {
        return Err(Error::NotFound("thing-code"));
    }
    if edit && let Some(panel) = &made.panel {
        made.edit = Some(EditForm::of(&panel.code));
    }
    made.said = Said::parse(ask.said.as_deref())
        .map(|said| said.words(&made.l))
        .unwrap_or_default();
    page(&made)
}

/// The page with one code open: the one asked for, or the first.
async fn build(
    state: &AppState,
    access: &Access,
    wanted: Option<i64>,
    new: NewForm,
) -> Result<CodebookPage> {
    let project = access.project.id;
    let codes = store::codes(&state.db, project).await?;
    let counts = store::counts(&state.db, project, &access.visibility).await?;
    let versions = store::versions(&state.db, project).await?;
    let now: Vec<Recorded> = codes.iter().map(Recorded::of).collect();
    let before = match versions.first() {
        Some(newest) => store::version(&state.db, project, newest.number).await?.1,
        None => Vec::new(),
    };
    let changes = diff(&before, &now);
    let l = access.layout(state, "codebook").await?;
    let used = |id: i64| counts.get(&id).copied().unwrap_or_default();
    let with_below = |id: i64| -> i64 {
        tree::subtree(&codes, &[id])
            .into_iter()
            .map(|id| used(id).codings)
            .sum()
    };
    let open = match wanted {
        Some(id) => codes.iter().find(|c| c.id == id),
        None => codes.first(),
    };
    let nodes = codes
        .iter()
        .map(|c| Node {
            id: c.id,
            name: c.name.clone(),
            color: c.color,
            level: c.depth + 1,
            place: c.rank + 1,
            siblings: tree::children(&codes, c.parent).count(),
            has_children: tree::children(&codes, Some(c.id)).next().is_some(),
            codings: used(c.id).codings,
            with_below: with_below(c.id),
            is_codable: c.is_codable,
            retired: c.retired_at.is_some(),
            selected: open.is_some_and(|o| o.id == c.id),
        })
        .collect();
    let panel = match open {
        Some(code) => Some(Panel {
            above: tree::line(&codes, code.id)
                .into_iter()
                .filter(|c| c.id != code.id)
                .map(|c| (c.id, c.name.clone()))
                .collect(),
            used: used(code.id),
            below: store::totals(
                &state.db,
                project,
                tree::subtree(&codes, &[code.id]),
                &access.visibility,
                "coder",
            )
            .await?,
            children: tree::children(&codes, Some(code.id)).count(),
            documents: store::documents(&state.db, project).await?,
            description: view::Words::of(&code.description),
            use_when: view::Words::lines(&code.use_when),
            do_not_use_when: view::Words::lines(&code.do_not_use_when),
            examples: code.examples.iter().map(|e| view::Words::of(e)).collect(),
            scale: code
                .scale
                .as_ref()
                .map(super::diff::scale_words)
                .unwrap_or_default(),
            changes: if versions.is_empty() {
                Vec::new()
            } else {
                changes
                    .iter()
                    .filter(|c| c.code == code.id)
                    .map(|c| ChangeView::of(c, &l))
                    .collect()
            },
            code: code.clone(),
        }),
        None => None,
    };
    Ok(CodebookPage {
        p: project,
        may_edit: access.may(Permission::EditCodebook),
        may_create: access.may_create_codes(),
        may_export: access.may(Permission::ExportCodings),
        tops: tree::children(&codes, None).count(),
        nodes,
        panel,
        edit: None,
        next_version: versions.first().map_or(0, |v| v.number) + 1,
        version: versions.into_iter().next(),
        unpublished: changes.len(),
        parents: view::choices(&codes, new.parent),
        new,
        said: String::new(),
        colors: (1..=palette::SIZE).map(|c| (c, palette::hex(c))).collect(),
        words: view::script_words(&l),
        l,
    })
}

/// A new code from the form below the tree.
#[derive(Debug, Deserialize)]
struct NewCode {
    name: String,
    #[serde(default)]
    parent: String,
}

async fn create(
    State(state): State<AppState>,
    access: Access,
    axum::Form(form): axum::Form<NewCode>,
) -> Result<Response> {
    if !access.may_create_codes() {
        access.require(Permission::EditCodebook)?;
    }
    let parent = form.parent.parse::<i64>().ok();
    let made = async {
        let batch = Batch::new();
        let hand = super::api::hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        let codes = store::codes_in(&mut tx, hand.project).await?;
        let color = palette::for_new(&codes, parent);
        let fields = super::Fields::named(&form.name, color);
        let id = store::create(&mut tx, hand, fields, parent, None).await?;
        tx.commit().await?;
        Ok(id)
    }
    .await;
    match made {
        Ok(id) => Ok(to_code(&access, Some(id), Said::Created)),
        Err(e) => {
            let new = NewForm {
                errors: FormErrors::of(e, &access.locale)?,
                name: form.name,
                parent,
            };
            let again = build(&state, &access, parent, new).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
    }
}

/// Back to the codebook with a code open.
fn to_code(access: &Access, code: Option<i64>, said: Said) -> Response {
    let base = format!(
        "/projects/{}/codebook?said={}",
        access.project.id,
        said.slug()
    );
    match code {
        Some(code) => Redirect::to(&format!("{base}&code={code}")),
        None => Redirect::to(&base),
    }
    .into_response()
}

/// The ids of a path, checked to be those of a code of this project.
async fn code_of(state: &AppState, access: &Access, path: Path<(i64, i64)>) -> Result<Code> {
    store::code(&state.db, access.project.id, path.0.1).await
}
