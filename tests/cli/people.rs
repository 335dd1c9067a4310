//! The commands for people, tokens and projects, as a shell runs them: output, exit codes, and what they leave behind.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn concord(data: &Path, args: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_concord"))
        .arg("--data")
        .arg(data)
        .args(args)
        .env_remove("CONCORD_DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let done = child.wait_with_output().unwrap();
    Ran {
        code: done.status.code().unwrap(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

#[test]
fn people_are_added_listed_and_disabled() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str], input: &str| concord(folder.path(), args, input);
    let add = [
        "user",
        "add",
        "--email",
        "Anna@Example.org",
        "--name",
        "Anna",
    ];
    let made = run(&add, "");
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.out.starts_with("http://127.0.0.1:8080/password/"),
        "{}",
        made.out
    );
    assert_eq!(made.out.lines().count(), 1);
    let again = run(&add, "");
    assert_eq!(again.code, 1);
    assert_eq!(
        again.err,
        "concord: Somebody with this address has an account already.\n"
    );

    let with_password = [
        "user",
        "add",
        "--email",
        "root@example.org",
        "--name",
        "Root",
        "--admin",
        "--password-stdin",
    ];
    let made = run(&with_password, "seven plain words\n");
    assert_eq!((made.code, made.out.as_str()), (0, ""), "{}", made.err);
    let short = run(
        &[
            "user",
            "passwd",
            "--email",
            "root@example.org",
            "--password-stdin",
        ],
        "short\n",
    );
    assert_eq!(short.code, 1);
    assert_eq!(
        short.err,
        "concord: A password needs at least 10 characters.\n"
    );

    let users: serde_json::Value =
        serde_json::from_str(&run(&["user", "list", "--json"], "").out).unwrap();
    assert_eq!(users[0]["email"], "anna@example.org");
    assert_eq!(users[0]["is_admin"], false);
    assert_eq!(users[1]["is_admin"], true);
    assert!(users[1].get("password_hash").is_none());

    assert_eq!(
        run(&["user", "disable", "--email", "anna@example.org"], "").code,
        0
    );
    assert!(run(&["user", "list"], "").out.contains("disabled 2"));
    assert_eq!(
        run(&["user", "passwd", "--email", "anna@example.org"], "").code,
        1
    );
    assert_eq!(
        run(&["user", "disable", "--email", "nobody@example.org"], "").code,
        1
    );
    assert_eq!(run(&["user", "disable"], "").code, 2);
}

#[test]
fn tokens_and_projects_are_printed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| concord(folder.path(), args, "");
    run(&[
        "user",
        "add",
        "--email",
        "anna@example.org",
        "--name",
        "Anna",
    ]);
    let token = run(&[
        "token",
        "create",
        "--email",
        "anna@example.org",
        "--name",
        "R",
        "--expires",
        "7",
    ]);
    assert_eq!(token.code, 0, "{}", token.err);
    assert_eq!(token.out.trim_end().len(), "concord_".len() + 43);
    assert!(token.out.starts_with("concord_"));
    assert_eq!(
        run(&["token", "create", "--email", "x@example.org", "--name", "R"]).code,
        1
    );
    assert_eq!(
        run(&[
            "token",
            "create",
            "--email",
            "anna@example.org",
            "--name",
            "R",
            "--expires",
            "0"
        ])
        .code,
        2
    );

    let made = run(&[
        "project",
        "create",
        "--name",
        " Study ",
        "--owner",
        "anna@example.org",
    ]);
    assert_eq!((made.code, made.out.as_str()), (0, "1\n"), "{}", made.err);
    assert_eq!(
        run(&[
            "project",
            "create",
            "--name",
            " ",
            "--owner",
            "anna@example.org"
        ])
        .code,
        1
    );
    assert_eq!(run(&["project", "list"]).out, "1\tStudy\n");
    let list: serde_json::Value =
        serde_json::from_str(&run(&["project", "list", "--json"]).out).unwrap();
    assert_eq!(list[0]["name"], "Study");
    let odd = run(&["--database-url", "nonsense:", "project", "list"]);
    assert_eq!(odd.code, 2);
    assert_eq!(odd.err.lines().count(), 1);
}
