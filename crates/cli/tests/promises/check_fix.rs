//! Promise: fixes change nothing but what they must, and nothing at all with `--dry-run`.

use std::process::Command;

use crate::program::Program;

const DOCKERFILE: &str = "# syntax=docker/dockerfile:1\nFROM   debian:12\n# why: curl\nADD app /app\nRUN apt-get update && \\\n    apt-get install -y curl\nMAINTAINER me\nUSER 1000\n";
const COMPOSE: &str = "# ours\nservices:\n    web: # indented by four\n        image: 'nginx:1.27'\n        ports: [\"8080:80\"]\n        environment: {A: b}\n";

fn tree() -> Program {
    let program = Program::new();
    program.write("Dockerfile", DOCKERFILE);
    program.write("app", "x");
    program.write("my app/deploy/compose.yaml", COMPOSE);
    program.write("notes.txt", "FROM me\n");
    program
}

/// Runs git in the folder, with the settings of nobody.
fn git(program: &Program, arguments: &[&str]) -> std::process::Output {
    Command::new("git")
        .args(arguments)
        .current_dir(program.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("HOME", program.path())
        .output()
        .expect("git is there: the README asks for it")
}

fn findings(program: &Program) -> usize {
    let report = program.run(&["check", "--format", "json"]).expect_status(0).json();
    report["findings"].as_array().unwrap().len()
}

#[test]
fn a_fix_takes_findings_away_and_leaves_every_other_line() {
    let program = tree();
    let before = findings(&program);
    let outcome = program.run(&["check", "--fix", "--format", "json"]).expect_status(0);
    assert!(outcome.stderr.contains("fixed"), "{}", outcome.stderr);
    let after = outcome.json()["findings"].as_array().unwrap().len();
    assert!(after < before, "{after} of {before} are left");
    assert_eq!(findings(&program), after, "what is reported is what is left");
    let text = String::from_utf8(program.read("Dockerfile")).unwrap();
    assert_eq!(
        text,
        DOCKERFILE
            .replace("ADD", "COPY")
            .replace("install -y curl", "install -y curl \\\n    && rm -rf /var/lib/apt/lists/*")
            .replace("MAINTAINER me", "LABEL org.opencontainers.image.authors=\"me\"")
    );
    assert_eq!(program.read("notes.txt"), b"FROM me\n");
}

#[test]
fn after_a_fix_a_second_one_has_nothing_to_do() {
    let program = tree();
    program.run(&["check", "--fix"]).expect_status(0);
    let once = [program.read("Dockerfile"), program.read("my app/deploy/compose.yaml")];
    let modified = std::fs::metadata(program.path().join("Dockerfile")).unwrap().modified().unwrap();
    let outcome = program.run(&["check", "--fix"]).expect_status(0);
    assert!(outcome.stderr.contains("0 findings in 0 files"), "{}", outcome.stderr);
    assert_eq!([program.read("Dockerfile"), program.read("my app/deploy/compose.yaml")], once);
    let again = std::fs::metadata(program.path().join("Dockerfile")).unwrap().modified().unwrap();
    assert_eq!(again, modified, "the file was not even written");
    assert_eq!(program.run(&["check", "--fix", "--dry-run"]).expect_status(0).stdout, "");
}

#[test]
fn a_dry_run_writes_nothing_and_prints_what_git_applies_to_the_same_effect() {
    for name in ["as it is", "CRLF", "byte order mark", "no line break at the end"] {
        let vary = |text: &str| match name {
            "CRLF" => text.replace('\n', "\r\n"),
            "byte order mark" => format!("\u{feff}{text}"),
            "no line break at the end" => text.trim_end().replace("\nUSER 1000", ""),
            _ => text.to_owned(),
        };
        let program = tree();
        program.write("Dockerfile", vary(DOCKERFILE));
        program.write("my app/deploy/compose.yaml", vary(COMPOSE));
        program.write("my app/Dockerfile", vary(DOCKERFILE));
        let before = program.read("Dockerfile");
        let outcome = program.run(&["check", "--fix", "--dry-run"]).expect_status(0);
        assert!(outcome.stderr.contains("would be fixed"), "{}", outcome.stderr);
        assert_eq!(program.read("Dockerfile"), before, "{name}: nothing is written");
        program.run(&["check", "--fix", "--dry-run", "-o", "fix.diff"]).expect_status(0);
        assert_eq!(program.read("fix.diff"), outcome.stdout.as_bytes(), "{name}");

        assert!(git(&program, &["init", "-q"]).status.success());
        let applied = git(&program, &["apply", "--verbose", "fix.diff"]);
        assert!(applied.status.success(), "{name}: {}\n{}", String::from_utf8_lossy(&applied.stderr), outcome.stdout);
        let files = ["Dockerfile", "my app/Dockerfile", "my app/deploy/compose.yaml"];
        let by_git = files.map(|file| program.read(file));
        let twin = tree();
        twin.write("Dockerfile", vary(DOCKERFILE));
        twin.write("my app/deploy/compose.yaml", vary(COMPOSE));
        twin.write("my app/Dockerfile", vary(DOCKERFILE));
        twin.run(&["check", "--fix"]).expect_status(0);
        assert!(by_git[0] != before, "{name}: something was fixed");
        assert_eq!(by_git, files.map(|file| twin.read(file)), "{name}");
    }
}

#[test]
fn line_ends_and_byte_order_mark_stay() {
    let program = Program::new();
    program.write("Dockerfile", format!("\u{feff}{}", DOCKERFILE.replace('\n', "\r\n")));
    program.write("app", "x");
    program.run(&["check", "--fix"]).expect_status(0);
    let text = String::from_utf8(program.read("Dockerfile")).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("COPY app") && text.contains("rm -rf"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
}

#[cfg(unix)]
#[test]
fn permissions_and_owner_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let program = tree();
    let path = program.path().join("Dockerfile");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    // Only root can give files away.
    let given = std::os::unix::fs::chown(&path, Some(4711), Some(4712)).is_ok();
    program.run(&["check", "--fix"]).expect_status(0);
    assert_ne!(program.read("Dockerfile"), DOCKERFILE.as_bytes());
    let metadata = std::fs::metadata(&path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o640);
    if given {
        assert_eq!((metadata.uid(), metadata.gid()), (4711, 4712));
    }
    let names = std::fs::read_dir(program.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".boltseal")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn what_is_not_to_be_written_is_not() {
    use std::os::unix::fs::symlink;
    let program = Program::new();
    for path in ["tree/protected.Dockerfile", "tree/generated.Dockerfile", "outside/Dockerfile"] {
        program.write(path, DOCKERFILE);
    }
    program.write("tree/app", "x");
    std::fs::create_dir(program.path().join("tree/.git")).unwrap();
    program.write("tree/.gitignore", "generated.*\n");
    symlink("../outside/Dockerfile", program.path().join("tree/Dockerfile")).unwrap();
    symlink("../outside", program.path().join("tree/folder")).unwrap();
    let protected = program.path().join("tree/protected.Dockerfile");
    let mut permissions = std::fs::metadata(&protected).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&protected, permissions).unwrap();
    let outcome = program.run(&["check", "--fix", "tree"]).expect_status(0);
    assert!(
        outcome.stderr.contains("tree/protected.Dockerfile: cannot be written: it is write-protected"),
        "{}",
        outcome.stderr
    );
    for path in ["tree/protected.Dockerfile", "tree/generated.Dockerfile", "outside/Dockerfile"] {
        assert_eq!(program.read(path), DOCKERFILE.as_bytes(), "{path}");
    }
    let link = std::fs::symlink_metadata(program.path().join("tree/Dockerfile")).unwrap();
    assert!(link.file_type().is_symlink(), "a link stays a link");
}

#[cfg(unix)]
#[test]
fn a_named_link_is_followed_and_stays_one() {
    let program = tree();
    program.write("elsewhere/real", DOCKERFILE);
    std::os::unix::fs::symlink("elsewhere/real", program.path().join("web.Dockerfile")).unwrap();
    program.run(&["check", "--fix", "web.Dockerfile"]).expect_status(0);
    let link = std::fs::symlink_metadata(program.path().join("web.Dockerfile")).unwrap();
    assert!(link.file_type().is_symlink(), "a link stays a link");
    assert!(String::from_utf8(program.read("elsewhere/real")).unwrap().contains("COPY app"));
}

#[test]
fn only_what_was_chosen_is_fixed() {
    let program = tree();
    program.run(&["check", "--fix", "--only", "DL3020"]).expect_status(0);
    assert_eq!(program.read("Dockerfile"), DOCKERFILE.replace("ADD", "COPY").as_bytes());
    program.run(&["check", "--fix", "--skip", "DL4000", "Dockerfile"]).expect_status(0);
    let text = String::from_utf8(program.read("Dockerfile")).unwrap();
    assert!(text.contains("MAINTAINER me") && text.contains("rm -rf"), "{text}");
    assert_eq!(program.read("my app/deploy/compose.yaml"), COMPOSE.as_bytes(), "another file");
    program.feed(&["check", "--fix", "--stdin-filename", "Dockerfile"], DOCKERFILE.as_bytes()).expect_status(2);
}
