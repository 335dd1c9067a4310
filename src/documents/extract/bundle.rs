//! Archives of documents: every member is a document of its own, with its own outcome.
//!
//! Archives inside archives are opened to a small depth and from one common budget. Rubbish that operating systems leave behind is
//! passed over in silence; everything else is named, so that nothing a person packed disappears without a word.

use std::sync::Arc;

use super::archive::Archive;
use super::{Format, LimitName, Limits, Problem, ProblemKind, detect};

/// A file inside an archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its path, with the path of the archive it is in before it.
    pub name: String,
    /// What it holds, or why it could not be unpacked.
    pub bytes: Result<Arc<[u8]>, Problem>,
}

/// Unpacks an archive and those inside it.
///
/// # Errors
/// A [`Problem`] if the outer archive cannot be opened, is a bomb, or holds nothing.
pub fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<Member>, Problem> {
    let mut members = Vec::new();
    let mut left = limits.decompressed_bytes;
    unpack_into(bytes, "", limits, 1, &mut left, &mut members)?;
    if members.is_empty() {
        return Err(Problem::new(
            ProblemKind::Empty,
            "the archive holds no file",
        ));
    }
    Ok(members)
}

fn unpack_into(
    bytes: &[u8],
    prefix: &str,
    limits: &Limits,
    depth: usize,
    left: &mut u64,
    members: &mut Vec<Member>,
) -> Result<(), Problem> {
    let mut archive = Archive::open(
        bytes,
        &Limits {
            decompressed_bytes: *left,
            ..limits.clone()
        },
    )?;
    for index in 0..archive.len() {
        let (path, is_folder) = archive.name(index)?;
        if is_folder || is_rubbish(&path) {
            continue;
        }
        if members.len() >= limits.rows {
            return Err(Problem::too_large(LimitName::Rows));
        }
        let name = format!("{prefix}{path}");
        let unpacked = archive.read(index);
        if let Err(
            problem @ Problem {
                kind: ProblemKind::Bomb,
                ..
            },
        ) = unpacked
        {
            return Err(problem);
        }
        if let Ok(bytes) = &unpacked {
            *left = left.saturating_sub(bytes.len() as u64);
            if detect::identify(&name, bytes) == Ok(Format::Zip) {
                let inner = if depth < limits.archive_depth {
                    unpack_into(bytes, &format!("{name}/"), limits, depth + 1, left, members)
                } else {
                    Err(Problem::new(
                        ProblemKind::Bomb,
                        "archives too deep inside archives",
                    ))
                };
                if let Err(problem) = inner {
                    members.push(Member {
                        name,
                        bytes: Err(problem),
                    });
                }
                continue;
            }
        }
        members.push(Member {
            name,
            bytes: unpacked.map(Arc::from),
        });
    }
    Ok(())
}

fn is_rubbish(path: &str) -> bool {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    path.starts_with("__MACOSX/")
        || file.starts_with("._")
        || file.starts_with("~$")
        || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini" | "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::extract::archive::tests::zipped;
    use crate::documents::extract::extract;

    #[test]
    fn every_member_has_its_own_outcome() {
        let inner = zipped(&[("d.txt", "четыре".as_bytes())]);
        let bytes = zipped(&[
            ("a.txt", b"one"),
            ("x/b.png", b"\x89PNG\r\n\x1a\n"),
            ("__MACOSX/._a.txt", b"junk"),
            ("empty.txt", b""),
            ("rows.csv", b"title,text\nT,hello\n"),
            ("inner.zip", &inner),
        ]);
        let items = extract("all.zip", &bytes, &Limits::default()).unwrap();
        let told: Vec<(&str, Result<&str, &str>)> = items
            .iter()
            .map(|i| {
                (
                    i.name.as_str(),
                    i.outcome
                        .as_ref()
                        .map(|e| e.text.as_str())
                        .map_err(Problem::slug),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("a.txt", Ok("one")),
                ("x/b.png", Err("unsupported")),
                ("empty.txt", Err("empty")),
                ("rows.csv", Ok("hello")),
                ("inner.zip/d.txt", Ok("четыре")),
            ]
        );
        assert_eq!(items[0].original.as_deref(), Some(&b"one"[..]));
        assert_eq!(
            (items[3].row, items[3].original.as_deref()),
            (Some(1), Some(&b"title,text\nT,hello\n"[..]))
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let mut bytes = zipped(&[("a.txt", b"one")]);
        for _ in 0..3 {
            bytes = zipped(&[("n.zip", &bytes)]);
        }
        let items = extract("n.zip", &bytes, &Limits::default()).unwrap();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].name, "n.zip/n.zip");
        assert_eq!(
            items[0].outcome.as_ref().unwrap_err().kind,
            ProblemKind::Bomb
        );
    }

    #[test]
    fn an_empty_archive_is_empty() {
        assert_eq!(
            extract("e.zip", &zipped(&[]), &Limits::default())
                .unwrap_err()
                .kind,
            ProblemKind::Empty
        );
    }
}
