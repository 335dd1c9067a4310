//! Runs the program, and keeps one demo project that tests copy.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// What a run came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Insists on an exit code, showing what was said otherwise.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// The one line on standard error of a run that failed.
    #[track_caller]
    pub fn complaint(self) -> String {
        let ran = self.expect(1);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        ran.err
            .trim_end()
            .strip_prefix("concord: ")
            .unwrap_or_else(|| panic!("{}", ran.err))
            .to_owned()
    }
}

/// The program, with nothing of this process's own settings.
pub fn concord() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_concord"));
    for (name, _) in std::env::vars() {
        if name.starts_with("CONCORD_") {
            command.env_remove(name);
        }
    }
    command.env("CONCORD_LOG", "off").stdin(Stdio::null());
    command
}

/// Runs it with these arguments.
pub fn run<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Ran {
    let output = concord().args(args).output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs it on a data directory.
pub fn on(data: &Path, args: &[&str]) -> Ran {
    let mut all = vec!["--data", data.to_str().unwrap()];
    all.extend(args);
    run(&all)
}

/// A server that is stopped when the test ends.
pub struct Server {
    child: Child,
    pub base: String,
    /// What it printed until it was ready.
    pub said: Vec<String>,
}

impl Server {
    /// Starts `serve` or `demo` on a free port and waits until it is ready.
    pub fn start(command: &str, data: &Path) -> Server {
        let mut child = concord()
            .args([command, "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let mut base = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("Concord is ready at ") {
                base = Some(address.to_owned());
            }
            said.push(line);
            if base.is_some() {
                break;
            }
        }
        Server {
            base: base.unwrap_or_else(|| panic!("never ready: {said:?}")),
            child,
            said,
        }
    }

    /// Asks it to stop as a service manager would; its exit code.
    pub fn stop(&mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let goal = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &goal);
        } else {
            std::fs::copy(entry.path(), goal).unwrap();
        }
    }
}

/// A copy of the demo's data in a folder of the test's own.
pub fn demo_data() -> (tempfile::TempDir, PathBuf) {
    static DEMO: OnceLock<tempfile::TempDir> = OnceLock::new();
    let demo = DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start("demo", &folder.path().join("demo"));
        assert_eq!(server.stop(), 0);
        folder
    });
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copy(&demo.path().join("demo"), &data);
    (folder, data)
}

/// Every file under a folder with its bytes, sorted.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}
