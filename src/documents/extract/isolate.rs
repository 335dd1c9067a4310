//! Reading uploads where a parser's panic, endless loop or hunger for memory cannot take the server down.
//!
//! The large parsers run in a child: the same program, started with the hidden subcommand `extract-child`, under a limit on
//! address space and a limit on time, with an empty environment. It reads one request from its standard input and writes
//! one answer. Whatever happens to it is the refusal of one file. The small readers (plain text, Markdown, subtitles, CSV)
//! run on a blocking thread of the server instead, since starting a process would cost more than they do.
//!
//! An archive is unpacked by a first child and each member then read on its own, so that one bad member spoils no other.
//!
//! Request: one line of JSON ([`Request`]), then the file's bytes. Answer: one line of JSON ([`Answer`]), then the bytes
//! of unpacked members one after another.

use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::table::{self, Table};
use super::{
    Extracted, Format, Item, LimitName, Limits, Problem, ProblemKind, bundle, detect, one_format,
};

/// The name of the hidden subcommand.
pub const SUBCOMMAND: &str = "extract-child";

/// Stack of the thread that parses; some formats are read by recursion.
const STACK: usize = 64 * 1024 * 1024;

/// Children at a time: each may use much memory, and more than there are processors gains nothing.
static CHILDREN: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Task {
    Documents,
    Members,
    Table,
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    task: Task,
    name: String,
    format: Format,
    limits: Limits,
    length: usize,
}

/// A document on its way; originals are never sent back, for the parent has them.
#[derive(Debug, Serialize, Deserialize)]
struct WireItem {
    name: String,
    row: Option<u32>,
    outcome: Result<Extracted, Problem>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Documents(Vec<WireItem>),
    /// Name, and length of the bytes that follow or the reason why there are none.
    Members(Vec<(String, Result<usize, Problem>)>),
    Table(Table),
    Refused(Problem),
}

/// The body of the hidden subcommand: one request in, one answer out.
///
/// # Errors
/// Only if the pipes fail or the request is not one; problems of the file are part of the answer.
pub fn run_child(stdin: impl Read, mut stdout: impl Write) -> io::Result<()> {
    let mut stdin = io::BufReader::new(stdin);
    let mut line = String::new();
    stdin.read_line(&mut line)?;
    let request: Request = serde_json::from_str(&line)?;
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes)?;
    if bytes.len() != request.length {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the request is incomplete",
        ));
    }
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || answer(&request, &bytes))?;
    let (answer, blobs) = thread.join().unwrap_or_else(|_| {
        (
            Answer::Refused(Problem::damaged(
                "the reader met something it could not make sense of",
            )),
            Vec::new(),
        )
    });
    serde_json::to_writer(&mut stdout, &answer)?;
    stdout.write_all(b"\n")?;
    for blob in blobs {
        stdout.write_all(&blob)?;
    }
    stdout.flush()
}

fn answer(request: &Request, bytes: &[u8]) -> (Answer, Vec<Arc<[u8]>>) {
    let limits = &request.limits;
    let made = match request.task {
        Task::Documents => one_format(&request.name, request.format, bytes, limits).map(|items| {
            let wire = items
                .into_iter()
                .map(|item| WireItem {
                    name: item.name,
                    row: item.row,
                    outcome: item.outcome,
                })
                .collect();
            (Answer::Documents(wire), Vec::new())
        }),
        Task::Table => table::read(bytes, request.format, limits)
            .map(|table| (Answer::Table(table), Vec::new())),
        Task::Members => bundle::unpack(bytes, limits).map(|members| {
            let mut blobs = Vec::new();
            let mut listed = Vec::new();
            for member in members {
                listed.push((
                    member.name,
                    member
                        .bytes
                        .as_ref()
                        .map(|b| b.len())
                        .map_err(Problem::clone),
                ));
                blobs.extend(member.bytes);
            }
            (Answer::Members(listed), blobs)
        }),
    };
    made.unwrap_or_else(|problem| (Answer::Refused(problem), Vec::new()))
}

/// Reads one uploaded file as [`super::extract`] does, without danger to the caller. `exe` is this program.
///
/// # Errors
/// As [`super::extract`]; also [`ProblemKind::Timeout`], [`LimitName::Memory`] and [`ProblemKind::ReaderFailed`].
pub async fn extract<B>(
    exe: &Path,
    name: &str,
    bytes: B,
    limits: &Limits,
) -> Result<Vec<Item>, Problem>
where
    B: AsRef<[u8]> + Clone + Send + Sync + 'static,
{
    limits.check_file(bytes.as_ref())?;
    match identify(name, bytes.clone()).await? {
        Format::Zip => archive(exe, name, bytes.as_ref(), limits).await,
        format => one(exe, name, format, bytes, limits).await,
    }
}

/// Reads a table for people to choose its columns; [`Table::items`] then makes the documents.
///
/// # Errors
/// As [`extract`], and [`ProblemKind::Unsupported`] if the file is no table.
pub async fn read_table<B>(
    exe: &Path,
    name: &str,
    bytes: B,
    limits: &Limits,
) -> Result<Table, Problem>
where
    B: AsRef<[u8]> + Clone + Send + Sync + 'static,
{
    limits.check_file(bytes.as_ref())?;
    let format = identify(name, bytes.clone()).await?;
    if format.runs_in_process() || format != Format::Xlsx {
        let limits = limits.clone();
        return blocking(move || table::read(bytes.as_ref(), format, &limits)).await;
    }
    match ask(exe, Task::Table, name, format, bytes.as_ref(), limits)
        .await?
        .0
    {
        Answer::Table(table) => Ok(table),
        other => Err(refusal(other)),
    }
}

async fn identify<B>(name: &str, bytes: B) -> Result<Format, Problem>
where
    B: AsRef<[u8]> + Send + 'static,
{
    let name = name.to_owned();
    blocking(move || detect::identify(&name, bytes.as_ref())).await
}

/// Runs on a thread where it may take its time; a panic there is the file's fault.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Problem::damaged(
            "the reader met something it could not make sense of",
        ))
    })
}

async fn one<B>(
    exe: &Path,
    name: &str,
    format: Format,
    bytes: B,
    limits: &Limits,
) -> Result<Vec<Item>, Problem>
where
    B: AsRef<[u8]> + Send + Sync + 'static,
{
    if format.runs_in_process() {
        let (name, limits) = (name.to_owned(), limits.clone());
        return blocking(move || one_format(&name, format, bytes.as_ref(), &limits)).await;
    }
    match ask(exe, Task::Documents, name, format, bytes.as_ref(), limits)
        .await?
        .0
    {
        Answer::Documents(items) => Ok(items
            .into_iter()
            .map(|item| Item {
                name: item.name,
                outcome: item.outcome,
                original: None,
                row: item.row,
            })
            .collect()),
        other => Err(refusal(other)),
    }
}

async fn archive(
    exe: &Path,
    name: &str,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Vec<Item>, Problem> {
    let start = Instant::now();
    let (answer, blobs) = ask(exe, Task::Members, name, Format::Zip, bytes, limits).await?;
    let Answer::Members(members) = answer else {
        return Err(refusal(answer));
    };
    let mut at = 0;
    let mut items = Vec::new();
    for (member, length) in members {
        let unpacked = match length {
            Ok(length) => {
                let blob = blobs.get(at..at + length).map(Arc::<[u8]>::from);
                at += length;
                blob.ok_or_else(|| {
                    Problem::new(
                        ProblemKind::ReaderFailed,
                        "the reader's answer is incomplete",
                    )
                })
            }
            Err(problem) => Err(problem),
        };
        let read = match &unpacked {
            _ if start.elapsed() > Duration::from_secs(limits.archive_seconds) => Err(
                Problem::new(ProblemKind::Timeout, "the archive as a whole took too long"),
            ),
            Ok(bytes) => match identify(&member, Arc::clone(bytes)).await {
                Ok(format) => one(exe, &member, format, Arc::clone(bytes), limits).await,
                Err(problem) => Err(problem),
            },
            Err(problem) => Err(problem.clone()),
        };
        let mut made = read.unwrap_or_else(|problem| vec![Item::whole(&member, Err(problem))]);
        for item in &mut made {
            item.original = unpacked.as_ref().ok().cloned();
        }
        items.append(&mut made);
        if items.len() > limits.rows {
            return Err(Problem::too_large(LimitName::Rows));
        }
    }
    Ok(items)
}

fn refusal(answer: Answer) -> Problem {
    match answer {
        Answer::Refused(problem) => problem,
        _ => Problem::new(
            ProblemKind::ReaderFailed,
            "the reader answered another question",
        ),
    }
}

/// One request to one child: its answer, and what follows it.
async fn ask(
    exe: &Path,
    task: Task,
    name: &str,
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<(Answer, Vec<u8>), Problem> {
    let failed = |what: &str| Problem::new(ProblemKind::ReaderFailed, what.to_owned());
    let request = Request {
        task,
        name: name.to_owned(),
        format,
        limits: limits.clone(),
        length: bytes.len(),
    };
    let mut line =
        serde_json::to_vec(&request).map_err(|_| failed("the request cannot be written"))?;
    line.push(b'\n');

    let _turn = CHILDREN
        .acquire()
        .await
        .map_err(|_| failed("the program is stopping"))?;
    let mut child = command(exe, limits)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(&format!("the reader's process cannot be started: {error}")))?;
    let (Some(mut stdin), Some(mut stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(failed("the reader's process has no pipes"));
    };
    let talk = async {
        // A child that dies early closes its end; that shows in its status, not here.
        let feed = async {
            let _ = stdin.write_all(&line).await;
            let _ = stdin.write_all(bytes).await;
            drop(stdin);
        };
        let mut answer = Vec::new();
        let mut complaint = Vec::new();
        let mut stderr = stderr.take(16 * 1024);
        let (_, read, _) = tokio::join!(
            feed,
            stdout.read_to_end(&mut answer),
            stderr.read_to_end(&mut complaint)
        );
        drop(stderr);
        read.map(|_| (answer, complaint))
    };
    let Ok(said) = tokio::time::timeout(Duration::from_secs(limits.seconds), talk).await else {
        return Err(Problem::new(
            ProblemKind::Timeout,
            format!("took longer than {} seconds", limits.seconds),
        ));
    };
    let (answer, complaint) =
        said.map_err(|error| failed(&format!("the reader's answer cannot be read: {error}")))?;
    let status = child
        .wait()
        .await
        .map_err(|error| failed(&format!("the reader's process is lost: {error}")))?;
    if !status.success() {
        return Err(death(&complaint));
    }
    let end = answer
        .iter()
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| failed("the reader said nothing"))?;
    let parsed = serde_json::from_slice(&answer[..end])
        .map_err(|_| failed("the reader's answer is unreadable"))?;
    Ok((parsed, answer[end + 1..].to_vec()))
}

/// What a child that ended badly died of. Its words are not passed on: they may quote the document.
fn death(complaint: &[u8]) -> Problem {
    let complaint = String::from_utf8_lossy(complaint);
    if complaint.contains("memory allocation") || complaint.contains("capacity overflow") {
        Problem::too_large(LimitName::Memory)
    } else if complaint.contains("overflowed its stack") {
        Problem::too_large(LimitName::Nesting)
    } else {
        Problem::damaged("the reader's process ended on this file")
    }
}

/// The child's command line. Limits on memory are set by the shell, for Rust's standard library has no safe way to set them.
fn command(exe: &Path, limits: &Limits) -> Command {
    let mut command;
    if cfg!(unix) {
        command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg("ulimit -v \"$1\" && ulimit -c 0 && exec \"$0\" \"$2\"")
            .arg(exe)
            .arg((limits.memory_bytes / 1024).to_string())
            .arg(SUBCOMMAND);
    } else {
        command = Command::new(exe);
        command.arg(SUBCOMMAND);
    }
    command.env_clear();
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(task: Task, name: &str, format: Format, bytes: &[u8]) -> (Answer, Vec<u8>) {
        let request = Request {
            task,
            name: name.to_owned(),
            format,
            limits: Limits::default(),
            length: bytes.len(),
        };
        let mut input = serde_json::to_vec(&request).unwrap();
        input.push(b'\n');
        input.extend_from_slice(bytes);
        let mut output = Vec::new();
        run_child(&input[..], &mut output).unwrap();
        let end = output.iter().position(|b| *b == b'\n').unwrap();
        (
            serde_json::from_slice(&output[..end]).unwrap(),
            output[end + 1..].to_vec(),
        )
    }

    #[test]
    fn the_child_answers_with_documents_members_and_problems() {
        let (answer, _) = asked(
            Task::Documents,
            "a.html",
            Format::Html,
            b"<h1>One</h1><p>Two</p>",
        );
        let Answer::Documents(items) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(items[0].outcome.as_ref().unwrap().text, "One\n\nTwo");
        assert_eq!(items[0].outcome.as_ref().unwrap().blocks.len(), 2);

        let zip = super::super::archive::tests::zipped(&[("a.txt", b"one"), ("b.txt", b"two!")]);
        let (answer, blobs) = asked(Task::Members, "z.zip", Format::Zip, &zip);
        let Answer::Members(members) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(
            members,
            [("a.txt".to_owned(), Ok(3)), ("b.txt".to_owned(), Ok(4))]
        );
        assert_eq!(blobs, b"onetwo!");

        let (answer, _) = asked(Task::Members, "z.zip", Format::Zip, b"PK\x03\x04");
        let Answer::Refused(problem) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(problem.kind, ProblemKind::Damaged);
    }

    #[test]
    fn an_incomplete_request_is_an_error() {
        assert!(run_child(&b"{}\n"[..], Vec::new()).is_err());
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    }

    #[test]
    fn small_formats_need_no_child() {
        let nowhere = Path::new("/nonexistent/program");
        let read = runtime().block_on(extract(
            nowhere,
            "a.txt",
            Arc::<[u8]>::from(&b"words"[..]),
            &Limits::default(),
        ));
        assert_eq!(read.unwrap()[0].outcome.as_ref().unwrap().text, "words");
        let html = Arc::<[u8]>::from(&b"<html><p>x"[..]);
        let problem = runtime()
            .block_on(extract(nowhere, "a.html", html, &Limits::default()))
            .unwrap_err();
        // The shell cannot start it: the file is refused, the caller goes on.
        assert!(
            matches!(
                problem.kind,
                ProblemKind::Damaged | ProblemKind::ReaderFailed
            ),
            "{problem}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_hangs_is_ended() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, body: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let limits = Limits {
            seconds: 1,
            ..Limits::default()
        };
        let html = || Arc::<[u8]>::from(&b"<html><p>x"[..]);
        let run = |path: &Path| {
            runtime()
                .block_on(extract(path, "a.html", html(), &limits))
                .unwrap_err()
        };

        let problem = run(&script("hangs", "exec sleep 30"));
        assert_eq!(problem.kind, ProblemKind::Timeout);
        let problem = run(&script(
            "hungry",
            "echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$",
        ));
        assert_eq!(problem.limit, Some(LimitName::Memory));
        let problem = run(&script(
            "dies",
            "echo 'secret words of the document' >&2; exit 101",
        ));
        assert_eq!(problem.kind, ProblemKind::Damaged);
        assert!(!problem.detail.contains("secret"));
        let problem = run(&script("babbles", "cat >/dev/null; echo hello"));
        assert_eq!(problem.kind, ProblemKind::ReaderFailed);
    }
}
