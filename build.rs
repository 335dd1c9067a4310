//! Puts the third-party browser files together and names the assets' build.
//!
//! The files come from the packages that `package-lock.json` pins; `npm ci` must have run. Nothing is downloaded here.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Which files of which package are shipped, and under which name.
const VENDOR: &[(&str, &str)] = &[
    ("htmx.org/dist/htmx.min.js", "htmx.js"),
    ("@fluent/bundle/esm", "fluent"),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=package-lock.json");
    println!("cargo:rerun-if-changed=static");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=locales");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let vendor = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("vendor");
    let _ = fs::remove_dir_all(&vendor);
    fs::create_dir_all(&vendor).unwrap_or_else(|e| stop(&format!("{}: {e}", vendor.display())));
    for (from, to) in VENDOR {
        let source = root.join("node_modules").join(from);
        if !source.exists() {
            stop(&format!(
                "node_modules/{from} is missing: run `npm ci` first (or simply `make demo`)"
            ));
        }
        copy(&source, &vendor.join(to));
    }
    let mut hasher = DefaultHasher::new();
    hash(&root.join("static"), &mut hasher);
    hash(&vendor, &mut hasher);
    println!(
        "cargo:rustc-env=CONCORD_ASSETS_HASH={:016x}",
        hasher.finish()
    );
}

fn stop(why: &str) -> ! {
    println!("cargo::error={why}");
    std::process::exit(1);
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        let _ = fs::create_dir_all(to);
        for name in names(from) {
            if Path::new(&name).extension().is_some_and(|e| e == "js") {
                copy(&from.join(&name), &to.join(&name));
            }
        }
    } else if let Err(e) = fs::copy(from, to) {
        stop(&format!("{}: {e}", from.display()));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn hash(path: &Path, hasher: &mut DefaultHasher) {
    if path.is_dir() {
        for name in names(path) {
            name.hash(hasher);
            hash(&path.join(&name), hasher);
        }
    } else if let Ok(bytes) = fs::read(path) {
        bytes.hash(hasher);
    }
}
