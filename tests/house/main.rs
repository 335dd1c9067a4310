//! The house itself: floors, words, and two databases with the same tables.

mod floors;
mod migrations;
mod words;

use std::path::{Path, PathBuf};

/// Every file under a folder of the repository with one of these endings, sorted.
fn files(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(path: &Path, endings: &[&str], out: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = std::fs::read_dir(path)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
            .map(|e| e.unwrap().path())
            .collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                walk(&entry, endings, out);
            } else if endings
                .iter()
                .any(|ending| entry.to_string_lossy().ends_with(ending))
            {
                out.push((entry.clone(), std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        endings,
        &mut out,
    );
    assert!(!out.is_empty(), "nothing under {folder}");
    out
}
