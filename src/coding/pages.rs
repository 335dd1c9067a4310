//! The workspace: the page on which a document is coded.
//!
//! The server sends what is seen first (the first window of the text, its codings, the codebook) as readable HTML and as
//! a JSON island; the modules in `static/coding` take over from there. What the island holds is written down in
//! `docs/workspace.md`.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use super::Filter;
use super::store::{self, list};
use crate::codebook;
use crate::documents::api::BlockJson;
use crate::documents::{self, store as documents_store};
use crate::error::Result;
use crate::projects::{Access, Permission, store as projects};
use crate::text;
use crate::web::layout::initials;
use crate::web::{AppState, Layout, Path, page};
use crate::{activity, i18n};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new().route("/projects/{p}/documents/{d}/code", get(workspace))
}

/// Blocks of the first window.
const FIRST_BLOCKS: i64 = 60;
/// Code points after which the first window ends: blocks may be long.
const FIRST_LENGTH: i64 = 20_000;
/// Codings sent with it.
const FIRST_CODINGS: i64 = 1000;

/// A block as the template prints it for readers without scripts.
struct Block(documents_store::BlockRow);

impl Block {
    fn is_page_break(&self) -> bool {
        self.0.kind == "page_break"
    }
    fn is_heading(&self) -> bool {
        self.0.kind == "heading"
    }
    fn number(&self) -> i64 {
        self.0.idx + 1
    }
    fn dir(&self) -> &'static str {
        text::direction(&self.0.text).as_str()
    }
    fn text(&self) -> &str {
        &self.0.text
    }
}

#[derive(Template)]
#[template(path = "coding/workspace.html")]
struct WorkspacePage {
    l: Layout,
    title: String,
    project_name: String,
    project_id: i64,
    language: String,
    dir: String,
    text_url: String,
    facts: String,
    warnings: Vec<String>,
    blocks: Vec<Block>,
    data_json: String,
    messages_json: String,
}

/// JSON that may stand inside a `<script>`: nothing in it can end the element.
fn island(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

async fn workspace(
    State(state): State<AppState>,
    access: Access,
    Path((p, d)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let db = &state.db;
    // The sequence number first: whatever happens while the rest is read comes again over the live feed.
    let seq = activity::store::latest(db, p).await?;
    let document = documents_store::document(db, p, d).await?;
    let l = access.layout(&state, "documents").await?;
    let description = &document.description;
    let mut rows = documents_store::blocks(db, d, document.revision, 0, FIRST_BLOCKS).await?;
    if let Some(last) = rows.iter().position(|b| b.end_pos > FIRST_LENGTH) {
        rows.truncate(last + 1);
    }
    let window_end = rows.last().map_or(0, |b| b.end_pos);
    let codings = list::page(
        db,
        &access.visibility,
        p,
        &Filter {
            document: Some(d.to_string()),
            ..Filter::default()
        },
        list::Stretch {
            from: Some(0),
            to: Some(window_end),
        },
        &[],
        FIRST_CODINGS,
    )
    .await?;
    let (previous, next) = store::neighbours(db, p, d).await?;
    let codes = codebook::store::codes(db, p).await?;
    let counts: std::collections::HashMap<i64, i64> =
        store::list::counts(db, &access.visibility, p, None)
            .await?
            .into_iter()
            .collect();
    let version = codebook::store::latest_version(db, p).await?;
    let members = projects::members(db, p).await?;
    let coding = store::coders_of(db, &access.visibility, p, d).await?;
    let preferences = projects::preferences(db, p, access.user.id).await?;
    let assignment = documents_store::assignments::state_of(db, d, access.user.id).await?;
    let comments = store::comment_counts(db, &access.visibility, d).await?;

    let hidden = access.visibility.hidden_documents(db, p).await?;

    let coders: Vec<Json> = members
        .iter()
        .filter(|m| {
            coding.contains(&m.id)
                || m.id == access.user.id
                || matches!(m.role.as_str(), "coder" | "lead" | "owner")
        })
        .map(|m| {
            json!({
                "id": m.id,
                "name": m.name,
                "initials": initials(&m.name),
                "mine": m.id == access.user.id,
            })
        })
        .collect();
    let pins: Vec<i64> = preferences["pins"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_i64)
        .filter(|id| codes.iter().any(|c| c.id == *id))
        .collect();
    let codes: Vec<Json> = codes
        .iter()
        .map(|c| {
            json!({
                "id": c.id,
                "parent": c.parent,
                "name": c.name,
                "path": c.path,
                "color": c.color,
                "is_codable": c.is_codable,
                "retired": c.retired_at.is_some(),
                "description": c.description,
                "use_when": c.use_when,
                "do_not_use_when": c.do_not_use_when,
                "scale": c.scale.as_ref().map(scale),
                "shortcut": Json::Null,
                "count": counts.get(&c.id).copied().unwrap_or(0),
            })
        })
        .collect();
    let comments: serde_json::Map<String, Json> = comments
        .into_iter()
        .map(|(id, n)| (format!("coding:{id}"), json!(n)))
        .collect();
    let type_label =
        documents::type_name(&l.locale, &access.project.settings, &description.doc_type);
    let date_label = description.date.as_deref().map(|date| l.date(date));
    let language_label = description
        .language
        .as_deref()
        .map(|tag| documents::language_name(&l.locale, tag));
    let warnings: Vec<(String, String)> = document
        .origin
        .warnings
        .iter()
        .map(|slug| (slug.clone(), l.t(&format!("warning-{slug}"))))
        .collect();
    let blocks: Vec<BlockJson> = rows.iter().cloned().map(BlockJson::from).collect();
    let first = json!({
        "blocks": blocks,
        "codings": serde_json::from_str::<Box<RawValue>>(&codings.items)?,
        "comments": comments,
    });
    let data = json!({
        "api": format!("/api/v1/projects/{p}"),
        "project": {"id": p, "name": access.project.name},
        "seq": seq,
        "document": {
            "id": d,
            "title": description.title,
            "type": description.doc_type,
            "type_label": type_label,
            "date": description.date,
            "date_label": date_label,
            "language": description.language,
            "dir": document.direction,
            "length": document.length,
            "revision": document.revision,
            "blocks": document.block_count,
            "pages": document.origin.pages,
            "warnings": warnings.iter().map(|(slug, message)| json!({"slug": slug, "message": message})).collect::<Vec<_>>(),
        },
        "documents": {"previous": previous, "next": next},
        "me": {
            "id": access.user.id,
            "name": access.user.name,
            "initials": access.user.initials(),
            "role": access.role.as_str(),
            "can": {
                "code": access.may(Permission::Code),
                "create_code": access.may_create_codes(),
                "comment": access.may(Permission::Comment),
                "see_others": !hidden.contains(&d),
                "edit_any": access.may(Permission::EditAnyCoding),
            },
        },
        "assignment": {"state": assignment},
        "coders": coders,
        "codebook": {"version": version, "codes": codes},
        "pins": pins,
        "recents": [],
        "layer": "all",
        "first": first,
    });
    let facts = [
        Some(type_label.clone()),
        date_label.clone(),
        language_label,
        Some(l.t1("coding-paragraphs", "n", document.block_count)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ");
    page(&WorkspacePage {
        title: description.title.clone(),
        project_name: access.project.name.clone(),
        project_id: p,
        language: description.language.clone().unwrap_or_default(),
        dir: document.direction.clone(),
        text_url: format!("/api/v1/projects/{p}/documents/{d}/text"),
        facts,
        warnings: warnings.into_iter().map(|(_, message)| message).collect(),
        blocks: rows.into_iter().map(Block).collect(),
        data_json: island(&data.to_string()),
        messages_json: island(&messages(&l.locale)?),
        l,
    })
}

/// A scale with the words of its weights by weight.
fn scale(scale: &codebook::Scale) -> Json {
    let labels: serde_json::Map<String, Json> = scale
        .labels
        .iter()
        .map(|l| (l.value.to_string(), l.label.clone().into()))
        .collect();
    json!({"min": scale.min, "max": scale.max, "step": scale.step, "labels": labels})
}

/// The workspace's messages as a JSON string.
fn messages(locale: &i18n::Locale) -> Result<String> {
    Ok(serde_json::to_string(&locale.source("workspace.ftl"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_island_can_end_its_element() {
        let text = json!({"title": "</script><script>alert(1)</script>\u{2028}"}).to_string();
        let made = island(&text);
        assert!(!made.contains('<'));
        let back: Json = serde_json::from_str(&made).unwrap();
        assert_eq!(back["title"], "</script><script>alert(1)</script>\u{2028}");
    }
}
