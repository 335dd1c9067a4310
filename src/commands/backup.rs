//! `concord backup` and `concord restore`: one archive with everything, made while the server runs.
//!
//! The archive is a zip: `concord.db` (a consistent copy that SQLite itself writes), `files/…` (the originals) and
//! `manifest.json` with the size and SHA-256 of each. The database is copied first: an original is stored before the
//! row that names it and never changed, so every file the copy speaks of is there. Restoring checks every checksum in
//! a folder beside the goal before anything is put in place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use super::failed;
use crate::db::{Db, Dialect};
use crate::error::{Error, Result};

/// What an archive says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    program_version: String,
    created_at: String,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Entry {
    bytes: u64,
    sha256: String,
}

const FORMAT: &str = "concord-backup-1";
const DATABASE: &str = "concord.db";
const MANIFEST: &str = "manifest.json";

/// Writes the archive. The file must not exist; a half-written one is removed.
pub async fn backup(db: &Db, data: &Path, out: &Path, now: i64) -> Result<()> {
    if db.dialect() == Dialect::Postgres {
        return Err(failed(
            "this instance keeps its data in PostgreSQL: back it up with pg_dump, and the folder files/ with it".to_owned(),
        ));
    }
    if out.exists() {
        return Err(failed(format!("{} exists already", out.display())));
    }
    let work = tempfile_beside(out)?;
    let copy = work.join(DATABASE);
    let written = async {
        db.copy_to(&copy).await?;
        let (data, part) = (data.to_owned(), work.join("archive"));
        let archive = part.clone();
        let copy = copy.clone();
        tokio::task::spawn_blocking(move || write_archive(&copy, &data, &archive, now)).await??;
        std::fs::rename(&part, out)?;
        Ok(())
    }
    .await;
    let _ = std::fs::remove_dir_all(&work);
    written
}

/// A new folder in the same folder as a file, so that a rename at the end stays on one disk.
fn tempfile_beside(out: &Path) -> Result<PathBuf> {
    let folder = out.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let work = folder.join(format!(".concord-{}", crate::secrets::short_reference()));
    std::fs::create_dir(&work)
        .map_err(|e| failed(format!("cannot write in {}: {e}", folder.display())))?;
    Ok(work)
}

fn write_archive(database: &Path, data: &Path, out: &Path, now: i64) -> Result<()> {
    let mut zip = zip::ZipWriter::new(File::create_new(out)?);
    let options = SimpleFileOptions::default().large_file(true);
    let mut entries = BTreeMap::new();
    let mut add = |zip: &mut zip::ZipWriter<File>, name: String, path: &Path| -> Result<()> {
        zip.start_file(name.as_str(), options)
            .map_err(|e| Error::Internal(e.into()))?;
        let mut file = File::open(path)?;
        let entry = copy_hashed(&mut file, zip)?;
        entries.insert(name, entry);
        Ok(())
    };
    add(&mut zip, DATABASE.to_owned(), database)?;
    let files = data.join("files");
    for path in files_under(&files)? {
        let name = path
            .strip_prefix(&files)
            .map_err(|e| Error::Internal(e.into()))?
            .to_string_lossy()
            .replace('\\', "/");
        add(&mut zip, format!("files/{name}"), &path)?;
    }
    let settings = data.join("config.toml");
    if settings.exists() {
        add(&mut zip, "config.toml".to_owned(), &settings)?;
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: crate::clock::rfc3339(now),
        entries,
    };
    zip.start_file(MANIFEST, options)
        .map_err(|e| Error::Internal(e.into()))?;
    zip.write_all(serde_json::to_string_pretty(&manifest)?.as_bytes())?;
    let file = zip.finish().map_err(|e| Error::Internal(e.into()))?;
    file.sync_all()?;
    Ok(())
}

fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn copy_hashed(from: &mut impl Read, to: &mut impl Write) -> Result<Entry> {
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
        bytes += n as u64;
    }
    Ok(Entry {
        bytes,
        sha256: crate::secrets::hex(&hasher.finalize()),
    })
}

/// Puts an archive back into an empty or new data directory. Nothing is put in place unless every checksum is right.
pub fn restore(archive: &Path, data: &Path) -> Result<()> {
    if data.exists() && std::fs::read_dir(data)?.next().is_some() {
        return Err(failed(format!(
            "{} is not empty; restore into a new folder",
            data.display()
        )));
    }
    let work = tempfile_beside(data)?;
    let unpacked = unpack(archive, &work);
    let placed = unpacked.and_then(|()| {
        if data.exists() {
            std::fs::remove_dir(data)?;
        }
        std::fs::rename(&work, data)?;
        Ok(())
    });
    if placed.is_err() {
        let _ = std::fs::remove_dir_all(&work);
    }
    placed
}

fn damaged(archive: &Path, why: &str) -> Error {
    failed(format!(
        "{} is damaged or not a Concord backup: {why}. Nothing was restored",
        archive.display()
    ))
}

fn unpack(archive: &Path, work: &Path) -> Result<()> {
    let file = File::open(archive).map_err(|e| failed(format!("{}: {e}", archive.display())))?;
    let mut zip = zip::ZipArchive::new(file).map_err(|e| damaged(archive, &e.to_string()))?;
    let manifest: Manifest = {
        let mut entry = zip
            .by_name(MANIFEST)
            .map_err(|_| damaged(archive, "it holds no manifest"))?;
        let mut text = String::new();
        entry
            .read_to_string(&mut text)
            .map_err(|e| damaged(archive, &e.to_string()))?;
        serde_json::from_str(&text).map_err(|e| damaged(archive, &e.to_string()))?
    };
    if manifest.format != FORMAT {
        return Err(damaged(
            archive,
            &format!("its format is {:?}", manifest.format),
        ));
    }
    for (name, expected) in &manifest.entries {
        let mut entry = zip
            .by_name(name)
            .map_err(|_| damaged(archive, &format!("{name} is missing")))?;
        // A name that climbs out of the folder is no name of ours.
        let inside = entry
            .enclosed_name()
            .ok_or_else(|| damaged(archive, &format!("{name} is no name of a backup")))?;
        let path = work.join(inside);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut out = File::create(&path)?;
        let found =
            copy_hashed(&mut entry, &mut out).map_err(|e| damaged(archive, &e.to_string()))?;
        if found != *expected {
            return Err(damaged(
                archive,
                &format!("{name} does not match its checksum"),
            ));
        }
        out.sync_all()?;
    }
    if !manifest.entries.contains_key(DATABASE) {
        return Err(damaged(archive, "it holds no database"));
    }
    std::fs::create_dir_all(work.join("files"))?;
    Ok(())
}
