//! Opens zip files (docx, odt, epub, xlsx, archives of documents) without trusting what they say of themselves.
//!
//! Three bounds hold together: the number of members, the sizes that the directory declares, and the bytes that
//! really come out while reading. Nothing is ever written to a path, so names cannot escape from anywhere.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{LimitName, Limits, Problem, ProblemKind};

/// Archives that unpack to less than this are not measured by ratio.
const RATIO_FLOOR: u64 = 1024 * 1024;

/// An open zip file with what is left of its budget.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens the archive and refuses it if its directory alone shows that it is too much.
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Problem> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| zip_problem(&e))?;
        if zip.len() > limits.entries {
            return Err(Problem::too_large(LimitName::Entries));
        }
        let mut declared: u64 = 0;
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(|e| zip_problem(&e))?;
            declared = declared.saturating_add(member.size());
        }
        check_size(declared, bytes.len() as u64, limits)?;
        Ok(Self {
            zip,
            left: budget(bytes.len() as u64, limits),
        })
    }

    /// Number of members, folders included.
    pub(crate) fn len(&self) -> usize {
        self.zip.len()
    }

    /// Name of a member as its producer meant it, and whether it is a folder. Old archivers write names in the
    /// code page of their machine without saying so.
    pub(crate) fn name(&mut self, index: usize) -> Result<(String, bool), Problem> {
        let member = self.zip.by_index_raw(index).map_err(|e| zip_problem(&e))?;
        let raw = member.name_raw();
        let name = match std::str::from_utf8(raw) {
            Ok(name) => name.to_owned(),
            Err(_) => super::encoding::decode(raw)
                .map_or_else(|_| String::from_utf8_lossy(raw).into_owned(), |d| d.text),
        };
        let clean: String = name.chars().filter(|c| !c.is_control()).collect();
        Ok((clean, member.is_dir()))
    }

    /// Whether there is a member of this exact name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// The bytes of a member, or none if there is no such member.
    pub(crate) fn member(&mut self, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        match self.zip.index_for_name(name) {
            Some(index) => self.read(index).map(Some),
            None => Ok(None),
        }
    }

    /// The bytes of a member without which the file is not what it claims to be.
    pub(crate) fn required(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        self.member(name)?
            .ok_or_else(|| Problem::damaged(format!("{name} is missing")))
    }

    /// The bytes of the member at this place.
    pub(crate) fn read(&mut self, index: usize) -> Result<Vec<u8>, Problem> {
        let left = self.left;
        let member = self.zip.by_index(index).map_err(|e| zip_problem(&e))?;
        if member.encrypted() {
            return Err(Problem::new(
                ProblemKind::Encrypted,
                "the archive's member needs a password",
            ));
        }
        let mut bytes = Vec::new();
        member
            .take(left.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| {
                Problem::damaged(format!("a member of the archive cannot be unpacked: {e}"))
            })?;
        if bytes.len() as u64 > left {
            return Err(Problem::new(
                ProblemKind::Bomb,
                "unpacks to more than its size allows",
            ));
        }
        self.left = left - bytes.len() as u64;
        Ok(bytes)
    }
}

/// Bytes that an archive of this size may unpack to.
fn budget(packed: u64, limits: &Limits) -> u64 {
    let by_ratio = packed.saturating_mul(limits.ratio).max(RATIO_FLOOR);
    limits.decompressed_bytes.min(by_ratio)
}

fn check_size(declared: u64, packed: u64, limits: &Limits) -> Result<(), Problem> {
    if declared > limits.decompressed_bytes {
        return Err(Problem::too_large(LimitName::DecompressedBytes));
    }
    if declared > budget(packed, limits) {
        return Err(Problem::new(
            ProblemKind::Bomb,
            format!("unpacks to more than {} times its size", limits.ratio),
        ));
    }
    Ok(())
}

fn zip_problem(error: &ZipError) -> Problem {
    match error {
        ZipError::UnsupportedArchive(what) if what.to_ascii_lowercase().contains("password") => {
            Problem::new(
                ProblemKind::Encrypted,
                "the archive's member needs a password",
            )
        }
        ZipError::InvalidPassword => Problem::new(ProblemKind::Encrypted, "needs a password"),
        other => Problem::damaged(format!("not a readable zip archive: {other}")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    /// A zip file of these members, for the tests of all packed formats.
    pub(crate) fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .expect("starts");
            writer.write_all(bytes).expect("writes");
        }
        writer.finish().expect("finishes").into_inner()
    }

    #[test]
    fn members_are_read_by_name() {
        let bytes = zipped(&[("a/b.txt", b"one"), ("c.txt", b"two")]);
        let mut archive = Archive::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(archive.member("c.txt").unwrap().unwrap(), b"two");
        assert_eq!(archive.member("d.txt").unwrap(), None);
        assert_eq!(
            archive.required("d.txt").unwrap_err().kind,
            ProblemKind::Damaged
        );
        assert_eq!(archive.name(0).unwrap(), ("a/b.txt".to_owned(), false));
    }

    #[test]
    fn a_bomb_is_refused_by_ratio_and_a_big_archive_by_size() {
        let zeros = vec![0u8; 8 * 1024 * 1024];
        let bytes = zipped(&[("zeros", &zeros)]);
        let problem = Archive::open(&bytes, &Limits::default()).err().unwrap();
        assert_eq!(problem.kind, ProblemKind::Bomb);

        let small = Limits {
            decompressed_bytes: 1024,
            ..Limits::default()
        };
        let problem = Archive::open(&bytes, &small).err().unwrap();
        assert_eq!(problem.limit, Some(LimitName::DecompressedBytes));

        let few = Limits {
            entries: 1,
            ..Limits::default()
        };
        let two = zipped(&[("a", b""), ("b", b"")]);
        assert_eq!(
            Archive::open(&two, &few).err().unwrap().limit,
            Some(LimitName::Entries)
        );
    }

    #[test]
    fn a_directory_that_lies_about_sizes_does_not_help() {
        let zeros = vec![0u8; 8 * 1024 * 1024];
        let mut bytes = zipped(&[("zeros", &zeros)]);
        // The uncompressed size stands 24 bytes into the central directory's record.
        let at = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        bytes[at + 24..at + 28].copy_from_slice(&100u32.to_le_bytes());
        let mut archive = Archive::open(&bytes, &Limits::default()).unwrap();
        let problem = archive.member("zeros").unwrap_err();
        assert!(
            matches!(problem.kind, ProblemKind::Bomb | ProblemKind::Damaged),
            "{problem}"
        );
    }

    #[test]
    fn names_of_old_archivers_are_decoded() {
        let mut bytes = zipped(&[("XXXXXXXXXXXXXXXXXXXXXXXXXXXX.txt", b"one")]);
        let (name, _, _) = encoding_rs::WINDOWS_1251.encode("Выступление министра в Думе_");
        assert_eq!(name.len(), 28);
        for at in 0..bytes.len() - 28 {
            if bytes[at..at + 28] == *b"XXXXXXXXXXXXXXXXXXXXXXXXXXXX" {
                bytes[at..at + 28].copy_from_slice(&name);
            }
        }
        let mut archive = Archive::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(
            archive.name(0).unwrap().0,
            "Выступление министра в Думе_.txt"
        );
    }
}
