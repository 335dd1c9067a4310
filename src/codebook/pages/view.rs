//! What the codebook's templates show: texts with their direction and language, changes in words, choices of codes.

use crate::codebook::diff::{ChangeKind, CodeChange, Tag};
use crate::codebook::{Code, tree};
use crate::text::{Direction, detect_language, direction};
use crate::web::Layout;

/// A text with what its face and direction depend on.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The text.
    pub text: String,
    /// Its language where it is known, for the face; otherwise empty.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
}

impl Words {
    /// A text as it is.
    pub fn of(text: &str) -> Words {
        let right = direction(text) == Direction::Rtl;
        Words {
            text: text.to_owned(),
            lang: detect_language(text).unwrap_or_default(),
            dir: if right { "rtl" } else { "ltr" },
        }
    }

    /// Line by line, as a list.
    pub fn lines(text: &str) -> Vec<Words> {
        let whole = Words::of(text);
        crate::codebook::lines(text)
            .into_iter()
            .map(|text| Words {
                dir: Words::of(&text).dir,
                lang: whole.lang.clone(),
                text,
            })
            .collect()
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// One code of a select.
pub struct Choice {
    /// Id.
    pub id: i64,
    /// Its path, indented where the list is the tree.
    pub label: String,
    /// Chosen.
    pub chosen: bool,
    /// Cannot be chosen.
    pub closed: bool,
}

/// All codes as choices, by their paths.
pub fn choices(codes: &[Code], chosen: Option<i64>) -> Vec<Choice> {
    codes
        .iter()
        .map(|c| Choice {
            id: c.id,
            label: shown_path(&c.path),
            chosen: Some(c.id) == chosen,
            closed: false,
        })
        .collect()
}

/// A path as people read it.
pub fn shown_path(path: &str) -> String {
    tree::split(path).join(" › ")
}

/// What was done, said at the head of the page that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// A code was created.
    Created,
    /// A code was changed.
    Saved,
    /// A code was moved.
    Moved,
    /// Two were merged.
    Merged,
    /// A code was retired.
    Retired,
    /// It is back.
    Unretired,
    /// It is gone.
    Deleted,
    /// A file was imported.
    Imported,
    /// A version was published.
    Published,
}

impl Said {
    const ALL: [(Said, &'static str); 9] = [
        (Said::Created, "created"),
        (Said::Saved, "saved"),
        (Said::Moved, "moved"),
        (Said::Merged, "merged"),
        (Said::Retired, "retired"),
        (Said::Unretired, "unretired"),
        (Said::Deleted, "deleted"),
        (Said::Imported, "imported"),
        (Said::Published, "published"),
    ];

    /// As it stands in addresses.
    pub fn slug(self) -> &'static str {
        Said::ALL
            .iter()
            .find(|(said, _)| *said == self)
            .map_or("saved", |(_, slug)| slug)
    }

    /// From an address.
    pub fn parse(slug: Option<&str>) -> Option<Said> {
        Said::ALL
            .iter()
            .find(|(_, s)| Some(*s) == slug)
            .map(|(said, _)| *said)
    }

    /// In the reader's language.
    pub fn words(self, l: &Layout) -> String {
        l.t_of("codebook-said-", self.slug())
    }
}

/// A change in words.
pub struct ChangeView {
    /// Its path.
    pub path: String,
    /// Colour of the palette.
    pub color: u8,
    /// `added`, `removed` or `changed`.
    pub kind: &'static str,
    /// The same in the reader's language.
    pub kind_words: String,
    /// Field by field.
    pub fields: Vec<FieldView>,
}

/// A changed field in words.
pub struct FieldView {
    /// The field's name.
    pub label: String,
    /// Before and after, where it is no text; a dash for nothing.
    pub sides: Option<(String, String)>,
    /// The words of both, tagged `same`, `deleted` or `inserted`.
    pub words: Vec<(&'static str, String)>,
    /// Direction of the text.
    pub dir: &'static str,
}

impl ChangeView {
    /// A change in the reader's language.
    pub fn of(change: &CodeChange, l: &Layout) -> ChangeView {
        let kind = match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        };
        let added = change.kind == ChangeKind::Added;
        ChangeView {
            path: shown_path(&change.path),
            color: change.palette,
            kind,
            kind_words: l.t_of("codebook-change-", kind),
            fields: change
                .fields
                .iter()
                .map(|f| FieldView::of(f.field, &f.before, &f.after, &f.words, added, l))
                .collect(),
        }
    }
}

impl FieldView {
    fn of(
        field: &str,
        before: &str,
        after: &str,
        words: &[crate::codebook::diff::Words],
        added: bool,
        l: &Layout,
    ) -> FieldView {
        let dir = Words::of(if after.is_empty() { before } else { after }).dir;
        let label = l.t_of("codebook-field-", field);
        let text = matches!(
            field,
            "description" | "use_when" | "do_not_use_when" | "examples"
        );
        let words: Vec<(&'static str, String)> = if text && added {
            vec![("same", after.to_owned())]
        } else {
            words
                .iter()
                .map(|w| {
                    let tag = match w.tag {
                        Tag::Same => "same",
                        Tag::Deleted => "deleted",
                        Tag::Inserted => "inserted",
                    };
                    (tag, w.text.clone())
                })
                .collect()
        };
        let side = |value: &str| match field {
            "parent" if value.is_empty() => l.t("codebook-at-the-top"),
            "parent" => shown_path(value),
            "color" => l.t_of("codebook-color-", value),
            "is_codable" => l.t_of("codebook-codable-", value),
            "retired" => l.t_of("codebook-retired-", value),
            "scale" if value.is_empty() => l.t("codebook-no-scale"),
            _ => value.to_owned(),
        };
        FieldView {
            label,
            sides: words.is_empty().then(|| (side(before), side(after))),
            words,
            dir,
        }
    }
}

/// The words that the page's script says, as JSON for its `data-words`.
pub fn script_words(l: &Layout) -> String {
    serde_json::json!({
        "undo": l.t("codebook-js-undo"),
        "undone": l.t("codebook-js-undone"),
        "moved": l.t("codebook-said-moved"),
        "renamed": l.t("codebook-js-renamed"),
        "failed": l.t("codebook-js-failed"),
        "rename": l.t("codebook-js-rename"),
        "none": l.t("codebook-js-none"),
        "close": l.t("codebook-close"),
        "found": l.t("codebook-js-found"),
        "edge": l.t("codebook-js-edge"),
    })
    .to_string()
}
