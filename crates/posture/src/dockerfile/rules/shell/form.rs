//! How a script is written.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{posix_runs, runs};
use crate::dockerfile::shell::{Call, Join};
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const RUN_PAGE: &str = "https://docs.docker.com/reference/dockerfile/#run";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D140",
        title: "failure within a pipe goes unnoticed",
        severity: Severity::Low,
        aliases: &["DL4006", "DS-0032"],
        why: "A shell looks only at the last command of a pipe: if a download in front of `tar` or `sh` fails, the build goes on \
              with half a file, and the layer is cached.",
        advice: "Put `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]` above (`/bin/ash` on Alpine), or `set -o pipefail` \
                 before the pipe where the shell knows it.",
        references: &["https://docs.docker.com/build/building/best-practices/#using-pipes"],
        bad: &[
            "FROM debian:12\nRUN curl -fsSL https://example.com/a.tgz | tar xz\n",
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN for a in 1 2; do cat $a | sort; done > out\n",
        ],
        good: &[
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN cat a | sort > b\n",
            "FROM debian:12 AS base\nSHELL [\"/bin/bash\", \"-euxo\", \"pipefail\", \"-c\"]\nFROM base\nRUN cat a | sort > b\n",
            "FROM debian:12\nRUN [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\", \"cat a | sort > b\"]\n",
            "FROM alpine:3.20\nRUN set -o pipefail && cat a | sort > b\n",
            "FROM debian:12\nRUN echo \"$SUM  a\" | sha256sum -c && yes | ./ask && true || false\n",
            "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir | find \"x\"\n",
        ],
        check: Check::Dockerfile(pipefail),
    },
    Rule {
        id: "BS-D141",
        title: "cd where WORKDIR is meant",
        severity: Severity::Negligible,
        aliases: &["DL3003", "DS-0013"],
        why: "`cd` holds until the end of its `RUN`; the next instruction starts in the old folder again, which is easily \
              overlooked when commands are moved.",
        advice: "Set the folder with `WORKDIR`, or give it to the command (`make -C`, `git -C`, `tar -C`).",
        references: &["https://docs.docker.com/build/building/best-practices/#workdir"],
        bad: &["FROM debian:12\nRUN cd /src && make\n", "FROM debian:12\nRUN cd /src\nRUN make\n"],
        good: &[
            "FROM debian:12\nWORKDIR /src\nRUN make\n",
            "FROM debian:12\nRUN (cd /src && make) && here=$(cd /a && pwd)\n",
        ],
        check: Check::Dockerfile(cd),
    },
    Rule {
        id: "BS-D144",
        title: "/bin/sh replaced by a link",
        severity: Severity::Low,
        aliases: &["DL4005"],
        why: "The scripts of the distribution are written for its own `/bin/sh`; a link to another shell changes them all, and a \
              package update puts it back.",
        advice: "Choose the shell of the build with `SHELL [\"/bin/bash\", \"-c\"]`.",
        references: &["https://docs.docker.com/reference/dockerfile/#shell"],
        bad: &[
            "FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\n",
            "FROM debian:12\nRUN rm /bin/sh && ln -s bash /bin/sh\n",
        ],
        good: &["FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN ln -s /bin/bash /usr/local/bin/bash\n"],
        check: Check::Dockerfile(link),
    },
    Rule {
        id: "BS-D152",
        title: "script that no shell can read to its end",
        severity: Severity::Medium,
        aliases: &["SC1072", "SC1073"],
        why: "A quote or a bracket is open, or a word like `fi` stands where none belongs: the shell gives up, or takes the rest \
              for something else than it looks.",
        advice: "Close what is open; a missing `\\` at the end of a line is the usual reason.",
        references: &[RUN_PAGE],
        bad: &["FROM debian:12\nRUN echo \"hello\n", "FROM debian:12\nRUN if true; then echo a\n"],
        good: &["FROM debian:12\nRUN echo \"hello\" && if true; then echo a; fi && case $a in b) echo c;; esac\n"],
        check: Check::Dockerfile(broken),
    },
    Rule {
        id: "BS-D159",
        title: "RUN without an effect",
        severity: Severity::Medium,
        aliases: &[],
        why: "Every `RUN` has a shell of its own: variables, aliases and limits that it sets are gone with it, so later \
              instructions and the container never see them.",
        advice: "Write `ENV` for variables, or put the command into the `RUN` that needs it.",
        references: &["https://docs.docker.com/reference/dockerfile/#env"],
        bad: &[
            "FROM debian:12\nRUN export PATH=$PATH:/opt/bin\n",
            "FROM debian:12\nRUN ulimit -n 65536\n",
            "FROM debian:12\nRUN A=b\n",
        ],
        good: &[
            "FROM debian:12\nENV PATH=$PATH:/opt/bin\nRUN export A=b && make\n",
            "FROM debian:12\nRUN echo 'export A=b' >> /etc/profile\n",
        ],
        check: Check::Dockerfile(without_effect),
    },
    Rule {
        id: "BS-D148",
        title: "commands with a secret traced into the log",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `set -x` the shell prints every command with its variables filled in: the secret ends up in the log of the \
              build, which more people can read than the secret.",
        advice: "Leave `-x` out, or write `set +x` before the secret is used.",
        references: &["https://docs.docker.com/build/building/secrets/"],
        bad: &[
            "FROM debian:12\nRUN --mount=type=secret,id=token set -x && curl -fH \"A: $(cat /run/secrets/token)\" https://example.com\n",
            "FROM debian:12\nRUN set -eux; ./login --password \"$DB_PASSWORD\"\n",
        ],
        good: &[
            "FROM debian:12\nRUN --mount=type=secret,id=token set -e && ./login /run/secrets/token\n",
            "FROM debian:12\nRUN set -x && make && set +x && ./login \"$API_TOKEN\"\n",
            "FROM debian:12\nRUN set -x && make\n",
        ],
        check: Check::Dockerfile(traced),
    },
];

/// Beyond hadolint, a stage takes over the `SHELL` of the one that it is built on, and `set -o pipefail` in the `RUN` counts;
/// a pipe is not reported where only `echo`, `printf` or `yes` stand in front: they do not fail, and `yes` has to.
fn pipefail(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file).filter(|run| !run.shell.pipefail) {
        let calls = run.calls;
        let piped = calls.iter().enumerate().find(|(at, call)| {
            let left = calls.iter().take(*at).rfind(|left| left.pipeline == call.pipeline);
            call.join == Join::Pipe && left.is_none_or(|left| !left.is(&["echo", "printf", "yes"]))
        });
        if let Some((_, call)) = piped {
            found.report(call.span, "if a command before this one fails, nobody notices");
        }
    }
}

/// Unlike hadolint, `cd` in a subshell or substitution is left alone: there it ends where it should.
fn cd(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let mut calls = run.calls.iter().filter(|call| call.depth == 0);
        if let Some(call) = calls.find(|call| call.is(&["cd"])) {
            let only = run.calls.iter().all(|call| call.is(&["cd"]));
            let folder = call.arguments().first().map_or("", |word| word.text.as_str());
            let report = found.report(call.span, format!("`cd {folder}` holds for this `RUN` only"));
            if only {
                report.severity(Severity::Medium);
            }
        }
    }
}

fn link(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["ln"])) {
            let target: Option<&Word> = call.operands(&["-t", "-S"]).last().copied();
            if target.is_some_and(|target| target.text == "/bin/sh") {
                found.report(call.span, "this replaces the shell of all scripts in the image");
            }
        }
    }
}

fn broken(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file).iter().filter(|run| run.shell.posix) {
        if let Some(span) = run.script.and_then(|script| script.broken) {
            found.report(span, "the shell cannot read on from here");
        }
    }
}

fn without_effect(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let passing = |call: &Call| {
            call.is(&["", "export", "alias", "unset", "umask", "ulimit", "set", "shopt", "cd"])
                && call.redirects.is_empty()
        };
        let setting = |call: &&Call| {
            call.is(&["export", "alias", "umask", "ulimit"]) || (call.words.is_empty() && !call.assignments.is_empty())
        };
        let all = run.calls.iter().filter(|call| !call.substituted).all(passing);
        if let Some(call) = run.calls.iter().find(setting).filter(|_| all) {
            let what = file.source.slice(call.span).split_whitespace().next().unwrap_or_default();
            found.report(call.span, format!("what `{what}` sets is gone when this `RUN` ends"));
        }
    }
}

fn traced(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let mut trace: Option<&Call> = None;
        for call in run.calls.iter() {
            if call.is(&["set"]) {
                for word in call.arguments() {
                    match word.text.chars().next() {
                        Some('-') if word.text.contains('x') => trace = Some(call),
                        Some('+') if word.text.contains('x') => trace = None,
                        _ => {}
                    }
                }
                continue;
            }
            let words = call.assignments.iter().chain(&call.words);
            let secret = words.clone().find(|word| word.text.contains("/run/secrets/") && word.text.contains("$("));
            if let Some((tracer, word)) =
                trace.zip(secret.or_else(|| words.clone().find(|word| names_secret(&word.text))))
            {
                found
                    .report(word.span, "this secret is printed into the log of the build")
                    .note(tracer.span, "by this");
                break;
            }
        }
    }
}

/// A variable whose name says that it is secret is filled in.
fn names_secret(text: &str) -> bool {
    text.split('$').skip(1).any(|part| {
        let name: String = part
            .trim_start_matches('{')
            .chars()
            .take_while(|each| each.is_ascii_alphanumeric() || *each == '_')
            .collect();
        let name = name.to_ascii_uppercase();
        ["PASSWORD", "PASSWD", "TOKEN", "SECRET", "API_KEY", "APIKEY", "PRIVATE_KEY", "CREDENTIALS"]
            .iter()
            .any(|end| name.ends_with(end))
    })
}
