//! Programs that Go and Cargo build from the network, and Composer.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{Options, is_variable, list, plural, runs};
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D216",
        title: "Go program without a version",
        severity: Severity::Low,
        aliases: &["DL3062"],
        why: "Without a version, or with `@latest`, Go builds whatever was released last: two builds of one commit differ, and \
              nobody can tell from the Dockerfile what is in the image.",
        advice: "Write `module/path@v1.2.3`, with the version that was reviewed.",
        references: &["https://go.dev/ref/mod#go-install"],
        bad: &[
            "FROM golang:1.23\nRUN go install golang.org/x/tools/cmd/goimports@latest\n",
            "FROM golang:1.23\nRUN go get github.com/a/b\n",
            "FROM golang:1.23\nRUN [\"go\", \"install\", \"github.com/a/b\"]\n",
        ],
        good: &[
            "FROM golang:1.23\nRUN go install golang.org/x/tools/cmd/goimports@v0.24.0 && go install ./cmd/app && go install .\n",
            "FROM golang:1.23\nRUN go get -d -v ./... && go run main.go && go install github.com/a/b@$VERSION\n",
            "FROM golang:1.23\nRUN go install -mod=vendor -ldflags '-s -w' -o /app cmd/go\n",
        ],
        check: Check::Dockerfile(go),
    },
    Rule {
        id: "BS-D218",
        title: "Cargo program without a version",
        severity: Severity::Low,
        aliases: &[],
        why: "Cargo then builds whatever was released last: two builds of one commit differ, and nobody can tell from the \
              Dockerfile what is in the image.",
        advice: "Write `name@1.2.3` or `--version 1.2.3`; for `--git` name a `--tag` or `--rev`.",
        references: &["https://doc.rust-lang.org/cargo/commands/cargo-install.html"],
        bad: &[
            "FROM rust:1.80\nRUN cargo install --locked ripgrep\n",
            "FROM rust:1.80\nRUN cargo install --locked --git https://github.com/a/b\n",
        ],
        good: &[
            "FROM rust:1.80\nRUN cargo install --locked ripgrep@14.1.0 && cargo install --locked fd-find --version 10.1.0\n",
            "FROM rust:1.80\nRUN cargo install --locked --path . && cargo install --locked --git https://github.com/a/b --tag v1 b\n",
        ],
        check: Check::Dockerfile(cargo),
    },
    Rule {
        id: "BS-D219",
        title: "Cargo program built without its lock file",
        severity: Severity::Low,
        aliases: &[],
        why: "Without `--locked` `cargo install` ignores the versions that the program was released and tested with, and takes \
              the newest of every dependency: builds differ, break, and may pick up a release that was hijacked.",
        advice: "Add `--locked`, which takes the versions of the `Cargo.lock` in the package.",
        references: &["https://doc.rust-lang.org/cargo/commands/cargo-install.html#dealing-with-the-lockfile"],
        bad: &["FROM rust:1.80\nRUN cargo install ripgrep@14.1.0\n"],
        good: &[
            "FROM rust:1.80\nRUN cargo install --locked ripgrep@14.1.0 && cargo build --release && cargo install --list\n",
        ],
        check: Check::Dockerfile(cargo_locked),
    },
    Rule {
        id: "BS-D220",
        title: "Composer resolves versions anew",
        severity: Severity::Low,
        aliases: &[],
        why: "`composer update`, and `composer require` without a version, take whatever is newest on the day of the build and \
              ignore `composer.lock`: two builds of one commit differ.",
        advice: "Run `composer install` with the lock file copied in; name a version: `composer require a/b:1.2.3`.",
        references: &["https://getcomposer.org/doc/01-basic-usage.md"],
        bad: &["FROM composer:2\nRUN composer update --no-dev\n", "FROM composer:2\nRUN composer global require a/b\n"],
        good: &[
            "FROM composer:2\nRUN composer install --no-dev && composer require a/b:1.2.3 && composer self-update 2.7.7\n",
        ],
        check: Check::Dockerfile(composer),
    },
];

/// As hadolint does, a branch counts as a version. Unlike hadolint, a path without a dot in its first part is taken for one
/// of the standard library or the own module.
/// Unlike hadolint, a file (`go run main.go`) is no module.
fn go(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["go"])) {
            let mut names = call.arguments().iter();
            let verb = names.next().map_or("", |word| word.text.as_str());
            if !matches!(verb, "install" | "get" | "run") {
                continue;
            }
            let mut names = call.operands(&[
                "-o", "-ldflags", "-tags", "-gcflags", "-mod", "-modfile", "-p", "-exec", "-C", "-overlay",
            ]);
            names.remove(0);
            // What follows the first name of `go run` is for the program.
            if verb == "run" {
                names.truncate(1);
            }
            let open: Vec<&Word> = names.into_iter().filter(|name| is_open_module(&name.text)).collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

fn is_open_module(name: &str) -> bool {
    let (path, version) = name.split_once('@').map_or((name, None), |(path, version)| (path, Some(version)));
    let own = path.starts_with(['.', '/']) || path.ends_with(".go") || is_variable(path);
    let first = path.split('/').next().unwrap_or_default();
    !own && first.contains('.') && path.contains('/') && version.is_none_or(|version| version == "latest")
}

/// A call of `cargo install`: its options, with the crates as operands.
fn cargo_install(call: &crate::dockerfile::shell::Call) -> Option<Options<'_>> {
    if !call.is(&["cargo"]) {
        return None;
    }
    let long = [
        "version",
        "vers",
        "git",
        "branch",
        "tag",
        "rev",
        "path",
        "root",
        "index",
        "registry",
        "features",
        "profile",
        "target",
        "target-dir",
        "bin",
        "example",
        "jobs",
        "config",
    ];
    let mut options = Options::read(call, "FjZ", &long);
    options.operands.retain(|word| !word.text.starts_with('+'));
    if options.operands.first().is_none_or(|verb| verb.text != "install")
        || options.has(&["list", "path", "h", "help", "V"])
    {
        return None;
    }
    options.operands.remove(0);
    Some(options)
}

fn cargo(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let Some(options) = cargo_install(call) else { continue };
            if options.has(&["version", "vers", "rev", "tag"]) {
                continue;
            }
            if let Some(word) = options.word(&["git"]) {
                found.report(word.span, "the program is built at whatever was pushed last");
                continue;
            }
            let open: Vec<_> = options
                .operands
                .into_iter()
                .filter(|name| !(name.text.contains('@') || is_variable(&name.text)))
                .collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

/// No fix: not every crate carries a lock file that still builds.
fn cargo_locked(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let open = cargo_install(call).is_some_and(|options| {
                !options.has(&["locked", "frozen"]) && (!options.operands.is_empty() || options.has(&["git"]))
            });
            if open {
                found.report(call.span, "`cargo install` without `--locked` takes the newest of every dependency");
            }
        }
    }
}

fn composer(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["composer", "composer.phar"])) {
            let mut operands = call.operands(&["-d", "--working-dir", "--prefer-install", "--ignore-platform-req"]);
            operands.retain(|word| word.text != "global");
            let Some(verb) = operands.first().copied() else { continue };
            match verb.text.as_str() {
                "update" | "upgrade" | "u" if !call.has(&["--lock", "--dry-run"]) => {
                    found.report(call.span, format!("`composer {}` ignores the lock file", verb.text));
                }
                "require" => {
                    let open: Vec<_> = operands
                        .into_iter()
                        .filter(|name| {
                            name.text.contains('/') && !name.text.contains([':', '=', '^']) && !is_variable(&name.text)
                        })
                        .collect();
                    if let Some(first) = open.first() {
                        found
                            .report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
                    }
                }
                _ => {}
            }
        }
    }
}
