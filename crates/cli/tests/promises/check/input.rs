//! Bad input: each file is a located message, the others are checked, and 3 comes only if nothing could be.

use super::{POD, findings, gaps, holds, problems, write};
use crate::program::{Outcome, Program};

fn check(program: &Program, arguments: &[&str]) -> Outcome {
    program.run(&[&["check", "--format", "json", "--only", "BS-K050,BS-D030,BS-D031"], arguments].concat())
}

#[test]
fn files_that_cannot_be_read_are_named_by_place_and_the_others_are_checked() {
    let program = Program::new();
    write(&program, &[("tree/pod.yaml", POD), ("tree/broken.yaml", "apiVersion: v1\nkind: Pod\nspec: [\n")]);
    let at = |name: &str| program.path().join("tree").join(name);
    let mut bomb = "apiVersion: v1\nkind: Pod\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    let head = "apiVersion: v1\nkind: Pod\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(POD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [
        ("bomb.yaml", bomb.into_bytes()),
        ("deep.yaml", format!("{head}a: {}", "[".repeat(100_000)).into_bytes()),
        (
            "deep.json",
            format!("{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"a\": {}", "[".repeat(100_000)).into_bytes(),
        ),
        ("tab.yaml", format!("{head}a:\n\tb: 1\n").into_bytes()),
        ("binary.yaml", b"\x7fELF\0\0\0\xff\xfe".to_vec()),
        ("utf16.yaml", utf16),
        ("bom.yaml", format!("\u{feff}{}", POD.replace('\n', "\r\n")).into_bytes()),
        ("program", b"\x7fELF\0\0\0\xff\xfe".to_vec()),
        ("notes.txt", b"\xff\xfe caf\xe9".to_vec()),
    ] {
        std::fs::write(at(name), bytes).unwrap();
    }
    let outcome = check(&program, &["tree"]).expect_status(0);
    assert_eq!(findings(&outcome), ["tree/bom.yaml:6 BS-K050", "tree/pod.yaml:6 BS-K050"]);
    let problems = problems(&outcome);
    for (name, words) in [
        ("broken.yaml", ["line 3, column 7", "not YAML"]),
        ("bomb.yaml", ["line 8", "aliases"]),
        ("deep.yaml", ["line 3", "nested far deeper"]),
        ("deep.json", ["line 1", "nested far deeper"]),
        ("tab.yaml", ["line 4", "tab"]),
        ("binary.yaml", ["line 1", "save"]),
        ("utf16.yaml", ["UTF-16", "save it as UTF-8"]),
    ] {
        holds(&problems, &[&format!("tree/{name}: "), words[0], words[1]]);
    }
    assert_eq!(problems.len(), 7, "{problems:#?}");
    holds(&gaps(&outcome), &["unreadable tree/broken.yaml"]);
    for only in ["tree/binary.yaml", "tree/deep.json", "tree/program"] {
        check(&program, &[only]).expect_status(3);
        check(&program, &[only, "--allow-not-assessed"]).expect_status(0);
    }
}

#[test]
fn files_of_a_hundred_megabytes_are_told_in_little_time_and_memory() {
    let program = Program::new();
    write(&program, &[("pod.yaml", POD)]);
    for (name, head) in [
        ("big.yaml", "apiVersion: v1\nkind: Pod\n"),
        ("big.json", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"a\": ["),
    ] {
        std::fs::write(program.path().join(name), head.to_owned() + &"1,\n".repeat(34_000_000)).unwrap();
    }
    std::fs::write(program.path().join("Dockerfile"), "FROM a\n".to_owned() + &"RUN x\n".repeat(17_000_000)).unwrap();
    let outcome = check(&program, &["."]).expect_status(0);
    for name in ["big.yaml", "big.json", "Dockerfile"] {
        holds(&gaps(&outcome), &[&format!("limit {name}"), "files are read up to 16 MiB", "--max-size"]);
    }
    assert_eq!(findings(&outcome), ["pod.yaml:6 BS-K050"]);
    assert!(outcome.peak_mib < 200, "{} MiB", outcome.peak_mib);
    check(&program, &["big.yaml"]).expect_status(3);
}

#[cfg(unix)]
#[test]
fn pipes_devices_links_and_folders_with_a_files_name_never_block() {
    use std::os::unix::fs::symlink;
    let program = Program::new();
    write(&program, &[("tree/pod.yaml", POD), ("tree/Dockerfile/Dockerfile.dev", "FROM debian:latest\n")]);
    let at = |name: &str| program.path().join("tree").join(name);
    for name in ["pipe.yaml", "Containerfile", ".gitignore", "pipe"] {
        assert!(std::process::Command::new("mkfifo").arg(at(name)).status().unwrap().success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.yaml")).unwrap();
    symlink("/dev/zero", at("zero.yaml")).unwrap();
    symlink("/dev/zero", at(".ignore")).unwrap();
    symlink("gone.yaml", at("dangling.yaml")).unwrap();
    symlink("loop.yaml", at("loop.yaml")).unwrap();
    symlink(".", at("round")).unwrap();
    symlink("/etc/hostname", at("outside.yaml")).unwrap();
    let outcome = check(&program, &["tree"]).expect_status(0);
    assert_eq!(findings(&outcome), ["tree/Dockerfile/Dockerfile.dev:1 BS-D031", "tree/pod.yaml:6 BS-K050"]);
    let problems = problems(&outcome);
    for (name, words) in [
        ("pipe.yaml", "a pipe is not read"),
        ("Containerfile", "a pipe is not read"),
        ("socket.yaml", "a socket is not read"),
        (".gitignore", "no regular file"),
        (".ignore", "no regular file"),
        ("dangling.yaml", "a symbolic link to `gone.yaml`"),
        ("loop.yaml", "a symbolic link to `loop.yaml`"),
    ] {
        holds(&problems, &[&format!("tree/{name}: "), words]);
    }
    holds(&gaps(&outcome), &["tree/outside.yaml", "leads out of the tree"]);
    let outcome = check(&program, &["tree/pipe.yaml"]).expect_status(3);
    holds(&self::problems(&outcome), &["tree/pipe.yaml: a pipe", "--stdin-filename"]);
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_permission_or_with_names_that_are_no_text_are_told() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new();
    write(&program, &[("tree/pod.yaml", POD), ("tree/closed.yaml", POD), ("tree/closed/a.yaml", POD)]);
    for name in [b"\xff.yaml".as_slice(), b"\xfe.yaml", b"a\nb.yaml"] {
        std::fs::write(program.path().join("tree").join(std::ffi::OsStr::from_bytes(name)), POD).unwrap();
    }
    for (name, mode) in [("tree/closed.yaml", 0), ("tree/closed", 0)] {
        std::fs::set_permissions(program.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let outcome = check(&program, &["tree"]).expect_status(0);
    let found = findings(&outcome);
    for name in ["\\xff.yaml", "\\xfe.yaml", "a\nb.yaml", "pod.yaml"] {
        holds(&found, &[&format!("tree/{name}:6 BS-K050")]);
    }
    if std::fs::read(program.path().join("tree/closed.yaml")).is_ok() {
        println!("skipped: this user may read everything");
    } else {
        holds(&problems(&outcome), &["tree/closed.yaml: cannot be read"]);
        holds(&problems(&outcome), &["tree/closed: the folder cannot be entered"]);
        check(&program, &["tree/closed.yaml"]).expect_status(3);
    }
    std::fs::set_permissions(program.path().join("tree/closed"), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn ignore_files_count_and_a_file_that_is_named_counts_more() {
    let program = Program::new();
    write(
        &program,
        &[
            (".git/HEAD", ""),
            (".gitignore", "/out\n*.gen.yaml\n!kept.gen.yaml\n"),
            ("out/pod.yaml", POD),
            ("a.gen.yaml", POD),
            ("kept.gen.yaml", POD),
            ("sub/.gitignore", "own.yaml\n"),
            ("sub/own.yaml", POD),
            ("sub/out/pod.yaml", POD),
        ],
    );
    assert_eq!(findings(&check(&program, &[])), ["kept.gen.yaml:6 BS-K050", "sub/out/pod.yaml:6 BS-K050"]);
    assert_eq!(findings(&check(&program, &["out/pod.yaml"])), ["out/pod.yaml:6 BS-K050"]);
}

#[test]
fn kinds_that_no_rule_reads_are_noted_once_and_are_not_shown_as_clean() {
    let program = Program::new();
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n";
    write(&program, &[("a.yaml", &format!("{widget}---\n{widget}")), ("b.yaml", widget)]);
    let outcome = check(&program, &["."]).expect_status(3);
    assert_eq!(gaps(&outcome), ["unknown-kind Widget of example.com/v1: 3 objects of a kind that no rule reads"]);
    write(&program, &[("pod.yaml", POD)]);
    check(&program, &["."]).expect_status(0);
}

#[test]
fn a_namespace_holds_its_pods_to_the_standard_that_it_enforces() {
    let program = Program::new();
    let namespace = |name: &str, labels: &str| {
        format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n  labels: {{{labels}}}\n")
    };
    let enforce = "pod-security.kubernetes.io/enforce";
    let pod = |namespace: &str| POD.replace("name: web\nspec", &format!("name: web\n  namespace: {namespace}\nspec"));
    write(
        &program,
        &[
            ("ns/shop.yaml", &namespace("shop", &format!("{enforce}: baseline, {enforce}-version: v1.29"))),
            ("ns/free.yaml", &namespace("free", &format!("{enforce}: privileged"))),
            ("pods/shop.yaml", &pod("shop")),
            ("pods/free.yaml", &pod("free")),
            ("pods/other.yaml", &pod("other")),
        ],
    );
    let outcome = program.run(&["check", "--format", "json", "."]).expect_status(0);
    let report = outcome.json();
    let of_standard: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"].as_str().unwrap().starts_with("BS-P"))
        .map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["message"].as_str().unwrap()))
        .collect();
    assert_eq!(of_standard.len(), 1, "{of_standard:#?}");
    holds(&of_standard, &["pods/shop.yaml", "hostPID", "namespace `shop` enforces `baseline@v1.29`"]);
}
