//! How fast the program is over HTTP: a table of what was measured beside what was promised.
//!
//! `cargo bench --bench http` starts the program itself, on a free port of this machine with an empty folder, and speaks to
//! it as browsers and programs do. Everything is bounded; nothing fails for being slow. The client's own work is in the figures.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// Writers at once.
const CLIENTS: usize = 32;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Server {
    child: Child,
    base: String,
    data: PathBuf,
    ready: Duration,
}

impl Server {
    fn start(data: &Path) -> Result<Server> {
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_concord"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        let mut lines = BufReader::new(out);
        while !line.contains("http://") {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                return Err("the server did not start".into());
            }
        }
        let ready = began.elapsed();
        let at = line.find("http://").ok_or("no address")?;
        let base = line[at..]
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_end_matches(['.', '/'])
            .to_owned();
        // What else it says is read and forgotten, so that it never waits for a reader.
        std::thread::spawn(move || lines.lines().for_each(drop));
        Ok(Server {
            child,
            base,
            data: data.to_owned(),
            ready,
        })
    }

    /// A figure of the process in kilobytes, `VmRSS` or `VmHWM`.
    fn memory(&self, what: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|l| l.starts_with(what))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// What a command prints, run beside the server on the same folder.
    fn command(&self, args: &[&str], input: &str) -> Result<String> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_concord"))
            .args(args)
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let out = child.wait_with_output()?;
        if !out.status.success() {
            return Err(format!("concord {args:?} failed").into());
        }
        Ok(String::from_utf8(out.stdout)?.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap_or_default();
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
    }

    async fn post(&self, path: &str, key: &str, body: &Json) -> Result<Json> {
        let request = self.request("POST", path).header("idempotency-key", key);
        let answer = request.json(body).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    async fn get(&self, path: &str) -> Result<usize> {
        let answer = self.request("GET", path).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.len())
    }
}

/// Median and 95th percentile in milliseconds.
fn spread(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    (at(50), at(95))
}

fn row(what: &str, measured: &str, promised: &str) {
    println!("{what:<64} {measured:>26}   {promised}");
}

fn ms((median, high): (f64, f64)) -> String {
    format!("{median:.2} ms (95 %: {high:.2})")
}

async fn timed<F: Future<Output = Result<()>>>(
    n: usize,
    mut one: impl FnMut(usize) -> F,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for i in 0..n {
        let began = Instant::now();
        one(i).await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// About so many bytes of plain sentences, in paragraphs.
fn text(bytes: usize, seed: usize) -> String {
    const WORDS: [&str; 12] = [
        "Moscow",
        "Tehran",
        "sanctions",
        "energy",
        "between",
        "the",
        "ministry",
        "declared",
        "talks",
        "security",
        "agreement",
        "regional",
    ];
    let mut out = String::with_capacity(bytes + 100);
    let mut n = seed;
    while out.len() < bytes {
        for i in 0..80 {
            n = n
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            out.push_str(WORDS[(n >> 33) % WORDS.len()]);
            out.push_str(if i % 12 == 11 { ". " } else { " " });
        }
        out.push_str("\n\n");
    }
    out
}

fn main() -> Result<()> {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|a| a == "--test") {
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(measure())
}

async fn measure() -> Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let server = Server::start(&folder.path().join("data"))?;
    println!("{:<64} {:>26}   promised", "what", "measured");
    row(
        "ready to serve",
        &format!("{:.0} ms", server.ready.as_secs_f64() * 1e3),
        "< 300 ms",
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = server.memory("VmRSS").unwrap_or(0) as f64 / 1024.0;
    row("memory, idle", &format!("{idle:.1} MB"), "< 40 MB");
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_concord"))?.len() as f64 / 1e6;
    row("binary", &format!("{size:.1} MB"), "< 60 MB");

    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(64)
        .build()?;
    let mut clients = Vec::new();
    for i in 0..CLIENTS {
        let email = format!("coder{i}@example.org");
        let name = format!("Coder {i}");
        server.command(&["user", "add", "--email", &email, "--name", &name], "")?;
        let token = server.command(
            &["token", "create", "--email", &email, "--name", "bench"],
            "",
        )?;
        clients.push(Client {
            http: http.clone(),
            base: server.base.clone(),
            token,
        });
    }
    let p = server.command(
        &[
            "project",
            "create",
            "--name",
            "Bench",
            "--owner",
            "coder0@example.org",
        ],
        "",
    )?;
    let p = format!("/api/v1/projects/{p}");
    let me = clients[0].clone();
    for i in 1..CLIENTS {
        let member = json!({"email": format!("coder{i}@example.org"), "role": "coder"});
        me.post(&format!("{p}/members"), &format!("m{i}"), &member)
            .await?;
    }
    let mut codes = Vec::new();
    for i in 0..40 {
        let made = me
            .post(
                &format!("{p}/codes"),
                &format!("c{i}"),
                &json!({"name": format!("Theme {i}")}),
            )
            .await?;
        codes.push(made["id"].as_i64().ok_or("no id")?);
    }
    saves(&clients, &p, &codes).await?;
    readings(&clients, &p, &codes).await?;
    imports_and_download(&server, &clients, &p, &codes).await?;
    let high = server.memory("VmHWM").unwrap_or(0) as f64 / 1024.0;
    row(
        "memory, highest of the whole run",
        &format!("{high:.1} MB"),
        "",
    );
    Ok(())
}

async fn add_document(client: &Client, p: &str, title: &str, text: &str) -> Result<i64> {
    let body = json!({"title": title, "text": text});
    let made = client
        .request("POST", &format!("{p}/documents"))
        .json(&body)
        .send()
        .await?;
    let made: Json = made.error_for_status()?.json().await?;
    Ok(made["id"].as_i64().ok_or("no id")?)
}

fn coding(document: i64, codes: &[i64], i: usize) -> Json {
    let start = i * 7;
    json!({"document": document, "code": codes[i % codes.len()], "start": start, "end": start + 6})
}

async fn saves(clients: &[Client], p: &str, codes: &[i64]) -> Result<()> {
    let me = &clients[0];
    let codings = format!("{p}/codings");
    let document = add_document(me, p, "Saves", &text(200_000, 1)).await?;
    for i in 0..50 {
        me.post(&codings, &format!("w{i}"), &coding(document, codes, i))
            .await?;
    }
    let times = timed(1000, |i| {
        let (me, codings) = (me.clone(), codings.clone());
        async move {
            me.post(&codings, &format!("s{i}"), &coding(document, codes, 50 + i))
                .await?;
            Ok(())
        }
    })
    .await?;
    row(
        "a coding saved, one after another",
        &ms(spread(times)),
        "median < 3 ms",
    );
    let next = Arc::new(AtomicUsize::new(0));
    let total = 10_000;
    let began = Instant::now();
    let mut running = Vec::new();
    for (n, client) in clients.iter().enumerate() {
        let (client, next, codings, codes) = (
            client.clone(),
            next.clone(),
            codings.clone(),
            codes.to_vec(),
        );
        running.push(tokio::spawn(async move {
            let mut times = Vec::new();
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= total {
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(times);
                }
                let began = Instant::now();
                client
                    .post(
                        &codings,
                        &format!("p{n}.{i}"),
                        &coding(document, &codes, 1100 + i),
                    )
                    .await?;
                times.push(began.elapsed());
            }
        }));
    }
    let mut times = Vec::new();
    for task in running {
        times.extend(task.await??);
    }
    let rate = total as f64 / began.elapsed().as_secs_f64();
    row(
        "codings saved from 32 clients",
        &format!("{rate:.0} a second"),
        "≥ 2,000 a second",
    );
    row("  one of them", &ms(spread(times)), "");
    // A second client hears of it.
    let feed = clients[1].request("GET", &format!("{p}/events?document={document}"));
    let mut feed = feed
        .header("accept", "text/event-stream")
        .send()
        .await?
        .error_for_status()?;
    let mut heard = Vec::new();
    let mut after_answer = Vec::new();
    for i in 0..100 {
        let (me, codings, codes) = (me.clone(), codings.clone(), codes.to_vec());
        let began = Instant::now();
        let sent = tokio::spawn(async move {
            let made = me
                .post(
                    &codings,
                    &format!("e{i}"),
                    &coding(document, &codes, 12_000 + i),
                )
                .await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((made["id"].clone(), Instant::now()))
        });
        let mut text = String::new();
        let arrived = loop {
            let chunk = tokio::time::timeout(Duration::from_secs(5), feed.chunk())
                .await??
                .ok_or("the feed ended")?;
            text.push_str(&String::from_utf8_lossy(&chunk));
            if text.contains("event: coding") && text.ends_with("\n\n") {
                break Instant::now();
            }
        };
        let (_, answered) = sent.await??;
        heard.push(arrived - began);
        after_answer.push(arrived.saturating_duration_since(answered));
    }
    row(
        "a coding at a second client, from its sending",
        &ms(spread(heard)),
        "< 20 ms",
    );
    row("  from its answer", &ms(spread(after_answer)), "");
    Ok(())
}

async fn fill(client: &Client, p: &str, key: &str, items: Vec<Json>) -> Result<Duration> {
    let began = Instant::now();
    for (n, chunk) in items.chunks(10_000).enumerate() {
        client
            .post(
                &format!("{p}/codings"),
                &format!("{key}.{n}"),
                &json!({"items": chunk}),
            )
            .await?;
    }
    Ok(began.elapsed())
}

async fn readings(clients: &[Client], p: &str, codes: &[i64]) -> Result<()> {
    let me = &clients[0];
    let small = add_document(me, p, "Two thousand", &text(100_000, 2)).await?;
    fill(
        me,
        p,
        "small",
        (0..2000).map(|i| coding(small, codes, i)).collect(),
    )
    .await?;
    let large = add_document(me, p, "Twenty thousand", &text(400_000, 3)).await?;
    let took = fill(
        me,
        p,
        "large",
        (0..20_000).map(|i| coding(large, codes, i)).collect(),
    )
    .await?;
    row(
        "20,000 codings in two requests",
        &format!("{:.0} ms", took.as_secs_f64() * 1e3),
        "",
    );
    let list = format!("{p}/codings?document={small}&limit=1000");
    let first: Json = me.request("GET", &list).send().await?.json().await?;
    let next = first["next"].as_str().ok_or("no second page")?;
    let second = format!("{list}&cursor={next}");
    let times = timed(50, |_| async {
        me.get(&list).await?;
        me.get(&second).await?;
        Ok(())
    })
    .await?;
    row(
        "2,000 codings of a document, both pages",
        &ms(spread(times)),
        "< 10 ms",
    );
    let map = format!("{p}/documents/{small}/map");
    let times = timed(50, |_| async { me.get(&map).await.map(drop) }).await?;
    row("  the same as a map", &ms(spread(times)), "");
    let number = p.rsplit('/').next().unwrap_or_default();
    for (what, document) in [("20,000 codings", large), ("2,000 codings", small)] {
        let page = format!("/projects/{number}/documents/{document}/code");
        let times = timed(30, |_| async { me.get(&page).await.map(drop) }).await?;
        row(
            &format!("the workspace of a document with {what}"),
            &ms(spread(times)),
            "< 50 ms",
        );
    }
    let map = format!("{p}/documents/{large}/map");
    let times = timed(20, |_| async { me.get(&map).await.map(drop) }).await?;
    row("  the map of its 20,000 codings", &ms(spread(times)), "");
    let huge = add_document(me, p, "Five megabytes", &text(5_000_000, 4)).await?;
    let page = format!("/projects/{number}/documents/{huge}/code");
    let times = timed(30, |_| async { me.get(&page).await.map(drop) }).await?;
    row(
        "the workspace of a document of 5 MB",
        &ms(spread(times)),
        "as fast",
    );
    Ok(())
}

async fn imports_and_download(
    server: &Server,
    clients: &[Client],
    p: &str,
    codes: &[i64],
) -> Result<()> {
    let me = &clients[0];
    let times = timed(50, |i| {
        let words = text(20_000, 1000 + i);
        async move {
            add_document(me, p, &format!("Text {i}"), &words)
                .await
                .map(drop)
        }
    })
    .await?;
    row("a text of 20 kB imported", &ms(spread(times)), "< 5 ms");
    let mut form = reqwest::multipart::Form::new();
    for i in 0..500 {
        let part =
            reqwest::multipart::Part::text(text(20_000, 5000 + i)).file_name(format!("{i}.txt"));
        form = form.part("file", part.mime_str("text/plain")?);
    }
    let began = Instant::now();
    let answer = me
        .request("POST", &format!("{p}/documents"))
        .multipart(form)
        .send()
        .await?;
    let answer: Json = answer.error_for_status()?.json().await?;
    row(
        "500 of them in one request",
        &format!("{:.2} s", began.elapsed().as_secs_f64()),
        "< 3 s",
    );
    let documents: Vec<i64> = answer["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|i| i["document"].as_i64())
        .collect();
    if documents.len() != 500 {
        return Err(format!("{} of 500 texts were imported", documents.len()).into());
    }
    let items: Vec<Json> = (0..50_000)
        .map(|i| coding(documents[i % 500], codes, i / 500))
        .collect();
    fill(me, p, "many", items).await?;
    let before = server.memory("VmRSS").unwrap_or(0) as f64 / 1024.0;
    let path = format!("{p}/export/csv");
    let began = Instant::now();
    let downloading = {
        let me = me.clone();
        tokio::spawn(async move {
            let mut answer = me.request("GET", &path).send().await?.error_for_status()?;
            let mut bytes = 0;
            while let Some(chunk) = answer.chunk().await? {
                bytes += chunk.len();
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((bytes, Instant::now()))
        })
    };
    let document = add_document(&clients[0], p, "Meanwhile", &text(50_000, 9)).await?;
    let codings = format!("{p}/codings");
    let meanwhile = timed(100, |i| {
        let (client, codings) = (clients[1].clone(), codings.clone());
        async move {
            client
                .post(&codings, &format!("x{i}"), &coding(document, codes, i))
                .await?;
            Ok(())
        }
    })
    .await?;
    let (bytes, ended) = downloading.await??;
    let took = (ended - began).as_secs_f64();
    let after = server.memory("VmRSS").unwrap_or(0) as f64 / 1024.0;
    row(
        "CSV of all codings (over 80,000, 50,000 of them in 500 documents)",
        &format!("{took:.2} s, {:.1} MB", bytes as f64 / 1e6),
        "50,000 in < 1 s",
    );
    row(
        "  a colleague's save meanwhile",
        &ms(spread(meanwhile)),
        "nobody waits",
    );
    row(
        "  memory before and after",
        &format!("{before:.0} and {after:.0} MB"),
        "constant",
    );
    Ok(())
}
