//! `concord check`: whether the data is what the rules say it must be.

use std::path::Path;

use super::check_store as store;
use crate::db::Db;
use crate::error::Result;
use crate::secrets::hex;
use crate::text::TextIndex;
use sha2::{Digest, Sha256};

/// Everything that is wrong, a sentence each; nothing if the data is sound.
pub async fn check(db: &Db, data: &Path) -> Result<Vec<String>> {
    let mut wrong = store::integrity(db).await?;
    for reference in store::DANGLING {
        for (id,) in db.all::<(i64,)>(reference.sql, crate::args![]).await? {
            wrong.push(format!("{} {id}: {}", reference.subject, reference.what));
        }
    }
    for document in store::documents(db).await? {
        check_document(db, &document, &mut wrong).await?;
        if let (Some(key), Some(sha256)) = (&document.original_key, &document.original_sha256) {
            match std::fs::read(data.join("files").join(key)) {
                Ok(bytes) if hex(&Sha256::digest(&bytes)) == *sha256 => {}
                Ok(_) => wrong.push(format!(
                    "document {}: its original does not match its checksum",
                    document.id
                )),
                Err(e) => wrong.push(format!(
                    "document {}: its original cannot be read ({e})",
                    document.id
                )),
            }
        }
    }
    for (id, kind) in store::events_against_state(db).await? {
        wrong.push(format!(
            "{kind} {id}: the event log's last word is not what is stored"
        ));
    }
    Ok(wrong)
}

/// Text, blocks and codings of one document.
async fn check_document(
    db: &Db,
    document: &store::DocumentRow,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let id = document.id;
    let Some(text) = store::text(db, id, document.revision).await? else {
        wrong.push(format!("document {id}: its text is missing"));
        return Ok(());
    };
    if hex(&Sha256::digest(text.as_bytes())) != document.text_sha256 {
        wrong.push(format!(
            "document {id}: its text does not match its checksum"
        ));
    }
    let index = TextIndex::new(text.as_str());
    if i64::from(index.len()) != document.length {
        wrong.push(format!(
            "document {id}: its text has {} characters, not {}",
            index.len(),
            document.length
        ));
    }
    let mut last_end = 0;
    for block in store::blocks(db, id, document.revision).await? {
        let fits = span(block.start_pos, block.end_pos)
            .filter(|s| index.holds(*s) || s.end <= index.len())
            .map(|s| index.slice(s) == block.text);
        // A page break may be empty.
        let empty = block.start_pos == block.end_pos && block.text.is_empty();
        if block.start_pos < last_end || !(empty || fits == Some(true)) {
            wrong.push(format!(
                "document {id}: block {} does not lie in the text",
                block.idx
            ));
        }
        last_end = block.end_pos;
    }
    for coding in store::codings(db, id).await? {
        if coding.revision != document.revision {
            continue;
        }
        match span(coding.start_pos, coding.end_pos).filter(|s| s.end <= index.len()) {
            None => wrong.push(format!(
                "coding {}: {}..{} lies outside document {id}",
                coding.id, coding.start_pos, coding.end_pos
            )),
            Some(s) if index.slice(s) != coding.quote => wrong.push(format!(
                "coding {}: its quote is not what document {id} says there",
                coding.id
            )),
            Some(_) => {}
        }
    }
    Ok(())
}

fn span(start: i64, end: i64) -> Option<crate::text::Span> {
    crate::text::Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?)
}
