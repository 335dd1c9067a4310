//! The figures of the Themes page: a measure, drawn and tabulated, with everything a reader must know of it.
//!
//! The page, the SVG file and the CSV file of a figure are three faces of one [`Figure`], so they cannot differ.

mod cases;
mod frequency;
mod together;
mod trend;

use std::collections::HashMap;

use super::api::Cut;
use super::chart::{Caption, Frame, standalone};
use super::{Group, Totals};
use crate::coding::Filter;
use crate::error::{Error, Result};
use crate::projects::Access;
use crate::web::{AppState, Layout};

/// The figures there are, by the name in their address.
pub const NAMES: [&str; 4] = ["frequency", "trend", "cases", "together"];

/// One figure.
pub struct Figure {
    /// Its name in addresses.
    pub name: &'static str,
    /// What it shows, in a line.
    pub title: String,
    /// What is counted, over what, and how to read it.
    pub note: String,
    /// Whose codings, how many passages and documents.
    pub basis: String,
    /// Warnings that belong beside the figure.
    pub warnings: Vec<String>,
    /// The drawing.
    pub svg: String,
    /// Column heads of the table behind it.
    pub head: Vec<String>,
    /// Its rows: plain values, not rounded.
    pub rows: Vec<Vec<String>>,
}

impl Figure {
    /// The drawing as a file that stands on its own.
    pub fn file(&self) -> String {
        let mut notes = vec![self.note.as_str(), self.basis.as_str()];
        notes.extend(self.warnings.iter().map(String::as_str));
        standalone(
            &self.svg,
            &Caption {
                heading: &self.title,
                notes: &notes,
            },
        )
    }

    /// The table as CSV (RFC 4180).
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer
            .write_record(&self.head)
            .and_then(|()| {
                self.rows
                    .iter()
                    .try_for_each(|row| writer.write_record(row))
            })
            .map_err(|e| Error::Internal(e.into()))?;
        writer
            .into_inner()
            .map_err(|e| Error::Internal(anyhow::anyhow!("{e}")))
    }
}

/// What the figures are made from.
pub struct Ask<'a> {
    /// State.
    pub state: &'a AppState,
    /// Who asks.
    pub access: &'a Access,
    /// Language.
    pub l: &'a Layout,
    /// Which codings.
    pub filter: &'a Filter,
    /// How they are cut.
    pub cut: &'a Cut,
    /// Names of coders by id.
    pub coders: &'a HashMap<i64, String>,
}

impl Ask<'_> {
    fn link(&self, more: &[(&str, &str)]) -> String {
        passages_link(self.access.project.id, self.filter, more)
    }

    fn frame<'f>(
        &'f self,
        id: &'f str,
        title: &'f str,
        desc: &'f str,
        empty: &'f str,
        width: f64,
    ) -> Frame<'f> {
        Frame {
            id,
            title,
            desc,
            empty,
            width,
            mirrored: self.l.dir() == "rtl",
        }
    }

    fn group_name(&self, group: &Group) -> String {
        match group {
            Group::Coder(id) => self
                .coders
                .get(id)
                .cloned()
                .unwrap_or_else(|| id.to_string()),
            Group::Value(value) => value.clone(),
            Group::None => self.l.t("themes-group-none"),
        }
    }

    /// "Coders' layer · 1210 passages in 16 documents".
    fn basis(&self, totals: &Totals) -> String {
        let layer = self.l.t(match self.filter.layer.as_deref() {
            Some("consensus") => "themes-layer-consensus",
            _ => "themes-layer-coder",
        });
        self.l.locale.format(
            "themes-basis",
            &[
                ("layer", layer.into()),
                ("passages", totals.passages.into()),
                ("documents", totals.documents.into()),
                ("coders", totals.coders.into()),
            ],
        )
    }
}

/// The address of the quotes behind a mark: the figure's own filter, with some values replaced.
pub fn passages_link(project: i64, filter: &Filter, more: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    if let Ok(serde_json::Value::Object(values)) = serde_json::to_value(filter) {
        for (name, value) in values {
            if let Some(text) = value.as_str()
                && !more.iter().any(|(n, _)| *n == name)
            {
                pairs.push((name, text.to_owned()));
            }
        }
    }
    pairs.extend(
        more.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    format!("/projects/{project}/passages?{}", encode(&pairs))
}

/// Query parameters in an address.
pub fn encode(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        for (i, text) in [name, value].into_iter().enumerate() {
            if i == 1 {
                out.push('=');
            }
            for byte in text.bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        out.push(char::from(byte));
                    }
                    _ => out.push_str(&format!("%{byte:02X}")),
                }
            }
        }
    }
    out
}

/// Makes a figure by its name.
pub async fn figure(name: &str, ask: &Ask<'_>) -> Result<Figure> {
    match name {
        "frequency" => frequency::frequency(ask).await,
        "trend" => trend::trend(ask).await,
        "cases" => cases::cases(ask).await,
        "together" => together::together(ask).await,
        _ => Err(Error::NotFound("thing-page")),
    }
}

fn plain(value: Option<f64>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}
