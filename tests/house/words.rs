//! Every word of the interface comes from a message file: none is missing, none is left over.
//!
//! Keys are looked for as string literals. A family of keys that is put together at run time (`role-` and a role's
//! name) is declared in a message file by a comment `# dynamic: role-*`.

use std::collections::{BTreeMap, BTreeSet};

use crate::files;

/// Message keys of one language, with the file they stand in.
fn messages(language: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for (path, text) in files(&format!("locales/{language}"), &[".ftl"]) {
        for line in text.lines() {
            if let Some((key, _)) = line.split_once('=') {
                let key = key.trim_end();
                let valid = key
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
                if valid && key.starts_with(|c: char| c.is_ascii_lowercase()) {
                    let before = keys.insert(key.to_owned(), path.display().to_string());
                    assert!(before.is_none(), "{key} stands twice: {before:?}");
                }
            }
        }
    }
    keys
}

/// Prefixes of keys that are put together at run time.
fn dynamic() -> BTreeSet<String> {
    let mut prefixes = BTreeSet::new();
    for (_, text) in files("locales/en", &[".ftl"]) {
        for line in text.lines() {
            if let Some(families) = line.strip_prefix("# dynamic:") {
                for family in families.split_whitespace() {
                    prefixes.insert(family.trim_end_matches('*').to_owned());
                }
            }
        }
    }
    prefixes
}

/// String literals that look like message keys, from templates, Rust and JavaScript.
fn literals() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let sources = [
        files("templates", &[".html"]),
        files("src", &[".rs"]),
        files("static", &[".js"]),
    ];
    for (_, text) in sources.into_iter().flatten() {
        for quote in ['"', '\'', '`'] {
            for part in text.split(quote) {
                let looks = !part.is_empty()
                    && part.len() < 80
                    && part.contains('-')
                    && part.starts_with(|c: char| c.is_ascii_lowercase())
                    && part
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
                if looks {
                    // `key.attribute` is found by its key.
                    found.insert(part.split('.').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    found
}

/// Literals that are passed to a function that takes a message key.
fn asked_for() -> BTreeMap<String, String> {
    let calls = [
        ".t(\"",
        ".t1(\"",
        ".t2(\"",
        ".text(\"",
        ".format(\"",
        "Msg::new(\"",
        "forbidden(\"",
        "or_404(\"",
        "NotFound(\"",
        " t('",
        "(t('",
        "{t('",
    ];
    let mut found = BTreeMap::new();
    let sources = [
        files("templates", &[".html"]),
        files("src", &[".rs"]),
        files("static", &[".js"]),
    ];
    for (path, text) in sources.into_iter().flatten() {
        // Joined, so that a call broken over lines is seen whole.
        let text: String = text
            .split("#[cfg(test)]")
            .next()
            .unwrap_or_default()
            .lines()
            .map(str::trim)
            .collect();
        for call in calls {
            let close = if call.ends_with('"') { '"' } else { '\'' };
            for part in text.split(call).skip(1) {
                let key = part.split(close).next().unwrap_or_default();
                let looks = key.contains('-')
                    && key
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
                // Charts draw with a method of the same name; its classes begin with `t-`.
                if looks && !key.starts_with("t-") {
                    found.insert(
                        key.split('.').next().unwrap_or_default().to_owned(),
                        path.display().to_string(),
                    );
                }
            }
        }
    }
    found
}

#[test]
fn no_message_is_missing() {
    let messages = messages("en");
    let dynamic = dynamic();
    let missing: Vec<_> = asked_for()
        .into_iter()
        .filter(|(key, _)| !messages.contains_key(key))
        .filter(|(key, _)| !dynamic.iter().any(|prefix| key == prefix))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_message_is_left_over() {
    let literals = literals();
    let dynamic = dynamic();
    let unused: Vec<_> = messages("en")
        .into_iter()
        .filter(|(key, _)| {
            !literals.contains(key) && !dynamic.iter().any(|prefix| key.starts_with(prefix))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn templates_hold_no_words_of_their_own() {
    // Text between tags that is not put in by a message: letters outside of tags, template code and comments.
    let mut wrong = Vec::new();
    for (path, text) in files("templates", &[".html"]) {
        // Template code first, as it stands inside tags too and holds `<` and `>` of its own.
        let mut outside = String::new();
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            let skip = [("{#", "#}"), ("{{", "}}"), ("{%", "%}")]
                .iter()
                .find(|(open, _)| rest.starts_with(open))
                .map(|(_, close)| rest.find(close).map_or(rest.len(), |at| at + close.len()));
            match skip {
                Some(n) => rest = &rest[n..],
                None => {
                    outside.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        let mut plain = String::new();
        let mut rest = outside.as_str();
        while let Some(c) = rest.chars().next() {
            let skip = [("<script", "</script>"), ("<kbd", "</kbd>"), ("<", ">")]
                .iter()
                .find_map(|(open, close)| {
                    rest.starts_with(open)
                        .then(|| rest.find(close).map_or(rest.len(), |at| at + close.len()))
                });
            match skip {
                Some(n) => {
                    rest = &rest[n..];
                    plain.push(' ');
                }
                None => {
                    plain.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        let words: Vec<&str> = plain
            .split(|c: char| !c.is_alphabetic())
            .filter(|w| {
                w.chars().count() > 1
                    && ![
                        "Concord", "SVG", "PNG", "CSV", "nbsp", "times", "rarr", "larr",
                    ]
                    .contains(w)
            })
            .collect();
        if !words.is_empty() {
            wrong.push((path.display().to_string(), words.join(" ")));
        }
    }
    assert!(
        wrong.is_empty(),
        "words outside the message files: {wrong:#?}"
    );
}
