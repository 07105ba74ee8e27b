//! Promise: `pre-commit` runs a check before each commit, with the hooks that this repository offers.
//!
//! PyPI's `pre-commit` runs them, offline, in a repository of its own. Where it is not installed the test says so and
//! is skipped, unless `BOLTSEAL_VALIDATORS=required`.

use std::path::Path;
use std::process::{Command, Output};

use crate::program::Program;

const HOOKS: &str = include_str!("../../../../.pre-commit-hooks.yaml");

const BAD: &str = "FROM debian:12\nRUN curl -fsSL http://example.org/install.sh | sh\nADD a /a\n";
const GOOD: &str = "FROM debian:12\nCOPY a /a\nUSER 1000\nCMD [\"/a\"]\n";

/// The program, without the user's settings, with the `boltseal` under test first on the path, and no way out.
fn command(program: &Program, folder: &str, name: &str, arguments: &[&str]) -> Command {
    let built = Path::new(env!("CARGO_BIN_EXE_boltseal")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(built.to_owned()).chain(std::env::split_paths(&path))).unwrap();
    let mut command = Command::new(name);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BOLTSEAL_") || name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .current_dir(program.path().join(folder))
        .env("PATH", path)
        .env("HOME", program.path())
        .env("PRE_COMMIT_HOME", program.path().join("pre-commit"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("PIP_NO_INDEX", "1")
        .env("https_proxy", "http://127.0.0.1:9")
        .env("http_proxy", "http://127.0.0.1:9");
    command
}

fn git(program: &Program, folder: &str, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
    let output = command(program, folder, "git", &[&who, arguments].concat()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn is_installed(program: &Program) -> bool {
    match command(program, ".", "pre-commit", &["--version"]).output() {
        Ok(output) if output.status.success() => true,
        other => {
            let why = other.map_or_else(|error| error.to_string(), |output| said(&output));
            assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`pre-commit`: {why}");
            println!("skipped: `pre-commit` cannot run: {why}");
            false
        }
    }
}

/// A repository that offers the hooks, and one that uses a hook of it.
fn repositories(hook: &str) -> Program {
    let program = Program::new();
    program.write("boltseal/.pre-commit-hooks.yaml", HOOKS);
    git(&program, "boltseal", &["init", "-q"]);
    git(&program, "boltseal", &["add", "."]);
    git(&program, "boltseal", &["commit", "-qm", "hooks"]);
    let revision = git(&program, "boltseal", &["rev-parse", "HEAD"]);
    let origin = program.path().join("boltseal");
    program.write(
        "project/.pre-commit-config.yaml",
        format!("repos:\n  - repo: {}\n    rev: {revision}\n    hooks: [{{id: {hook}}}]\n", origin.display()),
    );
    program.write("project/a", "x");
    git(&program, "project", &["init", "-q"]);
    program
}

/// What the hook says of this Dockerfile.
fn hook(program: &Program, dockerfile: &str) -> Output {
    program.write("project/Dockerfile", dockerfile);
    git(program, "project", &["add", "."]);
    command(program, "project", "pre-commit", &["run", "--color", "never"]).output().unwrap()
}

#[test]
fn a_commit_of_a_bad_file_is_stopped_and_one_of_a_good_file_is_not() {
    let program = repositories("boltseal-check-system");
    if !is_installed(&program) {
        return;
    }
    let bad = hook(&program, BAD);
    assert_eq!(bad.status.code(), Some(1), "{}", said(&bad));
    assert!(said(&bad).contains("Dockerfile:2:") && said(&bad).contains("BS-D"), "{}", said(&bad));
    let good = hook(&program, GOOD);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    assert!(said(&good).contains("Passed"), "{}", said(&good));
}

#[test]
fn files_of_no_kind_that_rules_read_stop_nobody() {
    let program = repositories("boltseal-check-system");
    if !is_installed(&program) {
        return;
    }
    program.write("project/settings.yaml", "colour: blue\n");
    program.write("project/package.json", "{\"name\": \"x\"}\n");
    git(&program, "project", &["add", "."]);
    let outcome = command(&program, "project", "pre-commit", &["run", "--color", "never"]).output().unwrap();
    assert_eq!(outcome.status.code(), Some(0), "{}", said(&outcome));
}

#[test]
fn the_fixing_hook_fixes_and_has_the_change_looked_at() {
    let program = repositories("boltseal-fix");
    if !is_installed(&program) {
        return;
    }
    let fixed = hook(&program, &GOOD.replace("COPY", "ADD"));
    assert_eq!(fixed.status.code(), Some(1), "a changed file stops the commit: {}", said(&fixed));
    assert_eq!(program.read("project/Dockerfile"), GOOD.as_bytes());
    git(&program, "project", &["add", "."]);
    let again = command(&program, "project", "pre-commit", &["run", "--color", "never"]).output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
}

#[test]
fn every_hook_is_a_command_of_this_program() {
    let program = Program::new();
    program.write("Dockerfile", GOOD);
    let entries: Vec<&str> = HOOKS.lines().filter_map(|line| line.trim().strip_prefix("entry: boltseal ")).collect();
    assert_eq!(entries.len(), HOOKS.matches("- id: ").count());
    for entry in entries {
        let arguments: Vec<&str> = entry.split_whitespace().chain(["Dockerfile"]).collect();
        program.run(&arguments).expect_status(0);
    }
}
