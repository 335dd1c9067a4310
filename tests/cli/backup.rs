//! Backup while the server works, restore that refuses rather than harms, and a check that finds what is wrong.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use sqlx::Connection;

use crate::support::{Server, demo_data, files, on};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_coders_work_is_sound_and_holds_what_was_saved() {
    let (folder, data) = demo_data();
    let token = on(
        &data,
        &[
            "token",
            "create",
            "--email",
            "a.karimi@example.org",
            "--name",
            "t",
        ],
    )
    .expect(0);
    let server = Server::start("serve", &data);
    let (stop, saved) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let writer = {
        let (stop, saved) = (stop.clone(), saved.clone());
        let (url, token) = (
            format!("{}/api/v1/projects/1/codings", server.base),
            token.out.trim().to_owned(),
        );
        tokio::spawn(async move {
            let http = reqwest::Client::new();
            let mut at = 0;
            while !stop.load(Ordering::SeqCst) {
                // Codes 2 and 3 of the demo carry codings; each of these passages is a new one.
                let body = json!({"document": 1, "code": 2, "start": at, "end": at + 1, "merge": false, "memo": "during"});
                let answer = http
                    .post(&url)
                    .bearer_auth(&token)
                    .json(&body)
                    .send()
                    .await
                    .unwrap();
                if answer.status() == 201 {
                    saved.fetch_add(1, Ordering::SeqCst);
                }
                at = (at + 1) % 1500;
            }
        })
    };
    while saved.load(Ordering::SeqCst) < 20 {
        assert!(!writer.is_finished());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let before = saved.load(Ordering::SeqCst);
    let archive = folder.path().join("backup.zip");
    let out = archive.clone();
    let from = data.clone();
    tokio::task::spawn_blocking(move || {
        on(&from, &["backup", "--out", out.to_str().unwrap()]).expect(0);
    })
    .await
    .unwrap();
    stop.store(true, Ordering::SeqCst);
    writer.await.unwrap();
    let after = saved.load(Ordering::SeqCst);
    let restored = folder.path().join("restored");
    on(&restored, &["restore", archive.to_str().unwrap()]).expect(0);
    on(&restored, &["check"]).expect(0);
    let held = count(
        &restored,
        "SELECT COUNT(*) FROM codings WHERE memo = 'during'",
    )
    .await;
    assert!(
        (before..=after).contains(&held),
        "{before} <= {held} <= {after}"
    );
    let originals = |data: &Path| files(&data.join("files"));
    assert_eq!(originals(&restored), originals(&data));
    assert_eq!(originals(&restored).len(), 16);
}

#[test]
fn a_backup_never_replaces_a_file() {
    let (folder, data) = demo_data();
    let out = folder.path().join("precious");
    std::fs::write(&out, "mine").unwrap();
    let said = on(&data, &["backup", "--out", out.to_str().unwrap()]).complaint();
    assert!(said.contains("exists already"), "{said}");
    assert_eq!(std::fs::read(&out).unwrap(), b"mine");
}

#[test]
fn restore_refuses_a_folder_in_use_and_a_damaged_archive() {
    let (folder, data) = demo_data();
    let archive = folder.path().join("backup.zip");
    let path = archive.to_str().unwrap();
    on(&data, &["backup", "--out", path]).expect(0);
    // A folder that holds something stays as it is.
    let used = folder.path().join("used");
    std::fs::create_dir(&used).unwrap();
    std::fs::write(used.join("note"), "mine").unwrap();
    let said = on(&used, &["restore", path]).complaint();
    assert!(said.contains("not empty"), "{said}");
    assert_eq!(files(&used), [("note".into(), b"mine".to_vec())]);
    // One byte in the middle of the database, one in an original near the end, an end that is missing, no archive at all.
    let whole = std::fs::read(&archive).unwrap();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let original = whole
        .windows(9)
        .position(|w| w == b"files/ori".as_slice())
        .unwrap();
    for (name, bytes) in [
        ("database", flipped(original / 2)),
        ("original", flipped(original + 400)),
        ("cut", whole[..whole.len() - 2000].to_vec()),
        ("text", b"not an archive".to_vec()),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let goal = folder.path().join(format!("goal-{name}"));
        let said = on(&goal, &["restore", file.to_str().unwrap()]).complaint();
        assert!(said.contains("Nothing was restored"), "{name}: {said}");
        assert!(!goal.exists(), "{name}");
    }
    on(&folder.path().join("goal"), &["restore", "/no/such.zip"]).complaint();
    // Nothing is left lying about, and an empty folder is as good as none.
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    on(&empty, &["restore", path]).expect(0);
    on(&empty, &["check"]).expect(0);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(!name.to_string_lossy().starts_with(".concord"), "{name:?}");
    }
}

async fn database(data: &Path) -> sqlx::SqliteConnection {
    let url = format!("sqlite:{}", data.join("concord.db").display());
    sqlx::SqliteConnection::connect(&url).await.unwrap()
}

async fn count(data: &Path, sql: &'static str) -> usize {
    let mut db = database(data).await;
    let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut db).await.unwrap();
    usize::try_from(n).unwrap()
}

#[tokio::test]
async fn check_finds_what_is_wrong_and_names_it() {
    let (_folder, data) = demo_data();
    let sound = on(&data, &["check", "--json"]).expect(0);
    assert_eq!(sound.out.trim(), "[]");
    let mut db = database(&data).await;
    for sql in [
        "UPDATE codings SET quote = 'never said' WHERE id = 1",
        "UPDATE codings SET end_pos = 9999999 WHERE id = 2",
        "UPDATE codings SET version = 7 WHERE id = 3",
        "UPDATE document_texts SET text = text || '!' WHERE document_id = 2",
        "UPDATE members SET role = 'viewer' WHERE role = 'owner'",
        "DELETE FROM document_texts WHERE document_id = 3",
    ] {
        sqlx::query(sql).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
    let (gone, altered) = {
        let originals = files(&data.join("files"));
        (originals[0].0.clone(), originals[1].0.clone())
    };
    std::fs::remove_file(data.join("files").join(&gone)).unwrap();
    std::fs::write(data.join("files").join(&altered), "other bytes").unwrap();
    let ran = on(&data, &["check"]).expect(1);
    for wanted in [
        "coding 1: its quote",
        "coding 2: ",
        "coding 3: the event log",
        "document 2: its text does not match its checksum",
        "document 3: its text is missing",
        "project 1: it has no owner",
        "its original cannot be read",
        "its original does not match its checksum",
    ] {
        assert!(ran.out.contains(wanted), "{wanted} in {}", ran.out);
    }
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    let json: Vec<String> =
        serde_json::from_str(&on(&data, &["check", "--json"]).expect(1).out).unwrap();
    assert_eq!(json.len(), ran.out.lines().count());
}
