//! A room imports only from floors below its own (docs/architecture.md), so that nothing goes round in a circle.

use std::collections::BTreeMap;

use crate::files;

/// From the ground up; rooms on one floor may not import each other.
const FLOORS: &[&[&str]] = &[
    &["text", "clock", "secrets"],
    &["i18n"],
    &["error"],
    &["config", "db"],
    &["web"],
    &["accounts"],
    &["projects"],
    &["activity"],
    &["documents"],
    &["codebook"],
    &["coding"],
    &["review", "agreement", "themes", "search", "findings"],
    &["home", "instance", "help"],
    &["exchange"],
    &["demo"],
    &["router"],
    &["commands"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The room a file belongs to: `web`'s router and what hangs on it are the roof.
fn room(path: &str) -> String {
    let inside = path.split("/src/").nth(1).unwrap_or(path);
    if let Some(file) = inside.strip_prefix("web/") {
        if ["router.rs", "undo.rs"].contains(&file) {
            return "router".to_owned();
        }
        return "web".to_owned();
    }
    inside
        .split('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".rs")
        .to_owned()
}

#[test]
fn rooms_import_only_from_floors_below() {
    let mut wrong = BTreeMap::new();
    for (path, text) in files("src", &[".rs"]) {
        let path = path.display().to_string();
        let here = room(&path);
        if ["lib", "main"].contains(&here.as_str()) {
            continue;
        }
        let Some(mine) = floor(&here) else {
            panic!(
                "{path}: the room {here:?} stands on no floor; give it one in tests/house/floors.rs"
            );
        };
        // Tests at the foot of a file may look anywhere.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for part in line.split("crate::").skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let target = if name == "web"
                    && (part.starts_with("web::router") || part.starts_with("web::undo"))
                {
                    "router".to_owned()
                } else {
                    name
                };
                if target == here {
                    continue;
                }
                if let Some(theirs) = floor(&target)
                    && theirs >= mine
                {
                    wrong.insert(format!("{path}:{}", number + 1), line.trim().to_owned());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports from above: {wrong:#?}");
}

#[test]
fn sql_stands_only_in_stores() {
    let verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];
    let mut wrong = Vec::new();
    for (path, text) in files("src", &[".rs"]) {
        let name = path.display().to_string();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if name.contains("/db/") || name.contains("store") {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("//") {
                continue;
            }
            if verbs.iter().any(|verb| {
                line.starts_with(&format!("\"{verb}")) || line.contains(&format!("(\"{verb}"))
            }) {
                wrong.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    // Small tables of the ground keep their statements beside their rule.
    wrong.retain(|w| !w.contains("/web/idempotency.rs") && !w.contains("/projects/visibility.rs"));
    assert!(wrong.is_empty(), "SQL outside a store: {wrong:#?}");
}
