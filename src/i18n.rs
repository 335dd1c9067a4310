//! The words of the interface: Fluent message files under `locales/`, embedded in the binary.
//!
//! Each language is a folder of `.ftl` files, one per feature. English is complete; a message missing elsewhere falls
//! back to it. Placeables keep Fluent's bidi isolation marks on pages, where a Persian title stands inside an English
//! sentence. The pseudo-locale `en-XA` is English run through an accent filter: whatever stays plain was hard-coded.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

/// Our message files.
#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

/// The pseudo-locale's tag.
pub const PSEUDO: &str = "en-XA";

/// A message with its values, not yet in any language.
#[derive(Debug, Clone, PartialEq)]
pub struct Msg {
    /// Key in the message files.
    pub key: &'static str,
    /// Named values.
    pub args: Vec<(&'static str, Arg)>,
}

/// A value in a message; numbers choose plural forms.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Words, isolated for direction when shown.
    Text(String),
    /// A number.
    Number(f64),
}

impl From<String> for Arg {
    fn from(v: String) -> Self {
        Arg::Text(v)
    }
}
impl From<&String> for Arg {
    fn from(v: &String) -> Self {
        Arg::Text(v.clone())
    }
}
impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Arg::Text(v.to_owned())
    }
}
macro_rules! arg_number {
    ($($t:ty),*) => {$(
        impl From<$t> for Arg {
            fn from(v: $t) -> Self { Arg::Number(v as f64) }
        }
        impl From<&$t> for Arg {
            fn from(v: &$t) -> Self { Arg::from(*v) }
        }
    )*};
}
arg_number!(i64, u64, usize, u32, i32, u16);
impl From<f64> for Arg {
    fn from(v: f64) -> Self {
        Arg::Number(v)
    }
}

impl From<&f64> for Arg {
    fn from(v: &f64) -> Self {
        Arg::Number(*v)
    }
}

impl Msg {
    /// A message without values.
    pub fn new(key: &'static str) -> Self {
        Msg {
            key,
            args: Vec::new(),
        }
    }

    /// The same with one more value.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl From<&'static str> for Msg {
    fn from(key: &'static str) -> Self {
        Msg::new(key)
    }
}

struct Language {
    bundle: FluentBundle<Arc<FluentResource>>,
}

fn languages() -> &'static BTreeMap<String, Language> {
    static LANGUAGES: OnceLock<BTreeMap<String, Language>> = OnceLock::new();
    LANGUAGES.get_or_init(|| {
        let mut sources: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in Files::iter() {
            let Some((language, file)) = path.split_once('/') else {
                continue;
            };
            if !file.ends_with(".ftl") {
                continue;
            }
            if let Some(data) = Files::get(&path) {
                let text = String::from_utf8_lossy(&data.data).into_owned();
                sources.entry(language.to_owned()).or_default().push(text);
            }
        }
        let english = sources.get("en").cloned().unwrap_or_default();
        sources.insert(PSEUDO.to_owned(), english);
        sources
            .into_iter()
            .map(|(tag, files)| {
                let identifier: LanguageIdentifier = tag.parse().unwrap_or_default();
                let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
                if tag == PSEUDO {
                    bundle.set_transform(Some(pseudo));
                }
                bundle.set_formatter(Some(format_number));
                for file in files {
                    let resource = match FluentResource::try_new(file) {
                        Ok(resource) => resource,
                        Err((resource, errors)) => {
                            tracing::error!(?errors, %tag, "a message file has errors");
                            resource
                        }
                    };
                    bundle.add_resource_overriding(Arc::new(resource));
                }
                (tag, Language { bundle })
            })
            .collect()
    })
}

/// Groups thousands with a narrow no-break space beyond four digits, which no reader mistakes for a decimal mark.
fn format_number<M: fluent_bundle::memoizer::MemoizerKind>(
    value: &FluentValue,
    _: &M,
) -> Option<String> {
    match value {
        FluentValue::Number(n) => Some(number(n.value)),
        _ => None,
    }
}

/// A number as the interface prints it: whole numbers grouped, fractions with the digits they have.
pub fn number(value: f64) -> String {
    let text = format!("{value}");
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |d| ("\u{2212}", d));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            grouped.push('\u{202f}');
        }
        grouped.push(c);
    }
    match fraction {
        Some(f) => format!("{sign}{grouped}.{f}"),
        None => format!("{sign}{grouped}"),
    }
}

fn pseudo(text: &str) -> Cow<'_, str> {
    let accented: String = text
        .chars()
        .map(|c| match c {
            'a' => 'á',
            'e' => 'é',
            'i' => 'í',
            'o' => 'ó',
            'u' => 'ú',
            'c' => 'ç',
            'n' => 'ñ',
            'A' => 'Á',
            'E' => 'É',
            'I' => 'Í',
            'O' => 'Ó',
            'U' => 'Ú',
            'S' => 'Š',
            'T' => 'Ť',
            'C' => 'Ç',
            other => other,
        })
        .collect();
    Cow::Owned(accented)
}

/// One reader's language. Cheap to copy about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    tag: String,
}

impl Default for Locale {
    fn default() -> Self {
        Locale {
            tag: "en".to_owned(),
        }
    }
}

impl Locale {
    /// The best language there is for a wish like `fa-IR`, a whole `Accept-Language` value, or nothing.
    pub fn negotiate(wishes: &str) -> Locale {
        for wish in wishes.split(',') {
            let tag = wish.split(';').next().unwrap_or_default().trim();
            if languages().contains_key(tag) {
                return Locale {
                    tag: tag.to_owned(),
                };
            }
            let primary = tag.split('-').next().unwrap_or_default();
            if languages().contains_key(primary) {
                return Locale {
                    tag: primary.to_owned(),
                };
            }
        }
        Locale::default()
    }

    /// The tag for `lang` on `<html>`.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// `ltr` or `rtl`, for `dir` on `<html>`.
    pub fn dir(&self) -> &'static str {
        match self.tag.split('-').next() {
            Some("fa" | "ar" | "he" | "ur") => "rtl",
            _ => "ltr",
        }
    }

    /// The languages the interface is offered in.
    pub fn available() -> Vec<&'static str> {
        languages()
            .keys()
            .map(String::as_str)
            .filter(|t| *t != PSEUDO)
            .collect()
    }

    /// A message without values.
    pub fn text(&self, key: &str) -> String {
        self.format(key, &[])
    }

    /// A message.
    pub fn msg(&self, message: &Msg) -> String {
        self.format(message.key, &message.args)
    }

    /// A message with values; falls back to English, then to the key itself, which a test forbids.
    pub fn format(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(
                *name,
                match value {
                    Arg::Text(text) => FluentValue::from(text.clone()),
                    Arg::Number(n) => FluentValue::from(*n),
                },
            );
        }
        for tag in [self.tag.as_str(), "en"] {
            let Some(language) = languages().get(tag) else {
                continue;
            };
            let (id, attribute) = key
                .split_once('.')
                .map_or((key, None), |(k, a)| (k, Some(a)));
            let Some(message) = language.bundle.get_message(id) else {
                continue;
            };
            let pattern = match attribute {
                None => message.value(),
                Some(a) => message.get_attribute(a).map(|a| a.value()),
            };
            if let Some(pattern) = pattern {
                let mut errors = Vec::new();
                return language
                    .bundle
                    .format_pattern(pattern, Some(&values), &mut errors)
                    .into_owned();
            }
        }
        tracing::error!(key, "a message is missing");
        key.to_owned()
    }

    /// The raw Fluent source of one file (`workspace.ftl`), for modules in the browser that format by themselves.
    pub fn source(&self, file: &str) -> String {
        let tag = if self.tag == PSEUDO { "en" } else { &self.tag };
        let read = |tag: &str| {
            Files::get(&format!("{tag}/{file}"))
                .map(|data| String::from_utf8_lossy(&data.data).into_owned())
        };
        let english = read("en").unwrap_or_default();
        match tag {
            "en" => english,
            // Later messages win, so the reader's own language covers English where it has the words.
            other => format!("{english}\n{}", read(other).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_only_beyond_four_digits() {
        assert_eq!(number(2406.0), "2406");
        assert_eq!(number(12406.0), "12\u{202f}406");
        assert_eq!(number(-1234567.5), "\u{2212}1\u{202f}234\u{202f}567.5");
    }

    #[test]
    fn negotiation_takes_the_first_language_there_is() {
        assert_eq!(Locale::negotiate("xx, en-GB;q=0.8").tag(), "en");
        assert_eq!(Locale::negotiate("en-XA").tag(), PSEUDO);
        assert_eq!(Locale::negotiate("").tag(), "en");
    }
}
