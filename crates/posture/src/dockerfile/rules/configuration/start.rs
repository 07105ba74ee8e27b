//! What the container starts, and how it is stopped.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Command, Dockerfile, Instruction, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

/// The command that counts, `ENTRYPOINT` or `CMD`: its words, and where it is written.
fn started<'f>(file: &'f Dockerfile<'_>) -> Vec<(&'f Instruction, Vec<&'f Word>, Span)> {
    let line = lineage::of_image(file);
    let last = |is_one: fn(&Body) -> bool| line.iter().rev().find(|each| is_one(&each.body)).copied();
    let both = [last(|body| matches!(body, Body::Entrypoint(_))), last(|body| matches!(body, Body::Cmd(_)))];
    both.into_iter()
        .flatten()
        .filter_map(|each| match &each.body {
            Body::Entrypoint(Command::Exec(words)) | Body::Cmd(Command::Exec(words)) => {
                Some((each, words.iter().collect(), each.span))
            }
            Body::Entrypoint(Command::Shell(script)) | Body::Cmd(Command::Shell(script)) => {
                Some((each, script.commands.iter().flat_map(|call| &call.words).collect(), script.span))
            }
            _ => None,
        })
        .collect()
}

fn name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

pub(super) const SHELL: Rule = Rule {
    id: "BS-D105",
    title: "shell as the entry point that stays in between",
    severity: Severity::Low,
    aliases: &[],
    why: "`sh -c` stays process 1, keeps the signal by which a container is stopped from the program, and takes arguments of `docker run` as names for `$0` and `$1` instead of passing them on.",
    advice: "Start the program itself: `ENTRYPOINT [\"app\", \"--flag\"]`; where the shell is needed, write `exec app \"$@\"`.",
    references: &["https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example"],
    bad: &[
        "FROM debian:12\nENTRYPOINT [\"/bin/sh\", \"-c\", \"app --port $PORT\"]\n",
        "FROM debian:12\nCMD [\"bash\", \"-c\", \"migrate && app\"]\n",
    ],
    good: &[
        "FROM debian:12\nENTRYPOINT [\"sh\", \"-c\", \"migrate && exec app\"]\n",
        "FROM debian:12\nENTRYPOINT [\"/bin/sh\", \"-c\"]\nCMD [\"app\"]\n",
        "FROM debian:12\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"bash\"]\n",
    ],
    check: Check::Dockerfile(shell),
};

fn shell(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, words, _) in started(file) {
        if !matches!(instruction.body, Body::Entrypoint(Command::Exec(_)) | Body::Cmd(Command::Exec(_))) {
            continue;
        }
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        if let [program, option, script, ..] = texts.as_slice()
            && matches!(name(program), "sh" | "bash" | "ash" | "dash")
            && option.starts_with('-')
            && option.ends_with('c')
            && !script.split([' ', ';', '&', '\n']).any(|word| word == "exec")
        {
            found.report(instruction.span, format!("`{}` keeps signals from what it starts", name(program)));
        }
    }
}

pub(super) const SSHD: Rule = Rule {
    id: "BS-D106",
    title: "SSH server in the container",
    severity: Severity::Medium,
    aliases: &[],
    why: "A container is entered by the runtime, with its access control and its log. An SSH server is one more way in, with accounts and keys that have to be kept current in every copy.",
    advice: "Start the service alone, and enter with `docker exec` or `kubectl exec`.",
    references: &["https://www.cisecurity.org/benchmark/docker"],
    bad: &["FROM debian:12\nCMD [\"/usr/sbin/sshd\", \"-D\"]\n", "FROM debian:12\nCMD service ssh start && app\n"],
    good: &["FROM debian:12\nCMD [\"app\"]\n", "FROM debian:12\nCMD [\"ssh\", \"-N\", \"tunnel\"]\n"],
    check: Check::Dockerfile(sshd),
};

fn sshd(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, words, span) in started(file) {
        let service = words
            .iter()
            .zip(words.iter().skip(1))
            .any(|(one, next)| one.text == "service" && matches!(next.text.as_str(), "ssh" | "sshd"));
        if service || words.iter().any(|word| matches!(name(&word.text), "sshd" | "dropbear")) {
            found.report(span, "an SSH server is started");
        }
    }
}

pub(super) const SIGNAL: Rule = Rule {
    id: "BS-D107",
    title: "STOPSIGNAL that gives the program no chance",
    severity: Severity::Medium,
    aliases: &[],
    why: "`KILL` ends the program at once: nothing is written back, no connection is closed. `STOP` freezes it, so that it is killed after the grace period.",
    advice: "Use the signal on which the program ends in order, mostly `SIGTERM` or `SIGQUIT`.",
    references: &["https://docs.docker.com/reference/dockerfile/#stopsignal"],
    bad: &["FROM debian:12\nSTOPSIGNAL SIGKILL\n", "FROM debian:12\nSTOPSIGNAL 9\n"],
    good: &["FROM debian:12\nSTOPSIGNAL SIGQUIT\n", "FROM debian:12\nSTOPSIGNAL SIGRTMIN+3\n"],
    check: Check::Dockerfile(signal),
};

fn signal(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Stopsignal(signal) = &instruction.body else { continue };
        let name = signal.text.to_ascii_uppercase();
        let what = match name.strip_prefix("SIG").unwrap_or(&name) {
            "KILL" | "9" => "ends the program at once",
            "STOP" | "19" => "freezes the program instead of ending it",
            _ => continue,
        };
        found.report(signal.span, format!("`{}` {what}", signal.text));
    }
}

pub(super) const DEBUGGER: Rule = Rule {
    id: "BS-D117",
    title: "debugger that listens to everyone",
    severity: Severity::High,
    aliases: &[],
    why: "Whoever reaches the port of a debugger can run any code in the program, without a password.",
    advice: "Leave it out of the image; start it for a single container when it is needed, bound to `127.0.0.1`.",
    references: &[
        "https://nodejs.org/en/learn/getting-started/debugging",
        "https://cwe.mitre.org/data/definitions/489.html",
    ],
    bad: &[
        "FROM node:24\nCMD [\"node\", \"--inspect=0.0.0.0:9229\", \"app.js\"]\n",
        "FROM debian:12\nENV JAVA_TOOL_OPTIONS=\"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005\"\n",
        "FROM golang:1.26\nENTRYPOINT [\"dlv\", \"exec\", \"/app\", \"--headless\", \"--listen=:2345\"]\n",
    ],
    good: &[
        "FROM node:24\nCMD [\"node\", \"--inspect=127.0.0.1:9229\", \"app.js\"]\n",
        "FROM node:24\nCMD [\"node\", \"app.js\"]\n",
    ],
    check: Check::Dockerfile(debugger),
};

fn debugger(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let message = "a debugger listens to everyone who reaches the container";
    for (_, words, span) in started(file) {
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let dlv = texts.iter().any(|word| name(word) == "dlv")
            && texts.contains(&"--headless")
            && texts.iter().any(|word| word.starts_with("--listen=:") || word.starts_with("--listen=0.0.0.0"));
        let debugpy = texts.contains(&"debugpy") && texts.iter().any(|word| word.starts_with("0.0.0.0"));
        if dlv || debugpy || texts.iter().any(|word| listens(word)) {
            found.report(span, message);
        }
    }
    for instruction in lineage::of_image(file) {
        let Body::Env(pairs) = &instruction.body else { continue };
        for pair in pairs
            .iter()
            .filter(|pair| pair.value.as_ref().is_some_and(|value| value.text.split_whitespace().any(listens)))
        {
            found.report(pair.key.span, message);
        }
    }
}

/// An argument that opens a debugger on all addresses.
fn listens(word: &str) -> bool {
    let node = ["--inspect=", "--inspect-brk=", "--inspect-wait="]
        .iter()
        .any(|option| word.strip_prefix(option).is_some_and(|to| to.starts_with("0.0.0.0") || to.starts_with("[::]")));
    let java = (word.contains("-agentlib:jdwp") || word.contains("-Xrunjdwp"))
        && word.contains("server=y")
        && (word.contains("address=*") || word.contains("address=0.0.0.0"));
    node || java
}

pub(super) const DEVELOPMENT: Rule = Rule {
    id: "BS-D119",
    title: "development server as the command",
    severity: Severity::Medium,
    aliases: &[],
    why: "Development servers reload code, show sources and settings in error pages, and are not made to face requests from outside: their own documentation says not to use them in production.",
    advice: "Start a server made for it, such as gunicorn, uvicorn without `--reload`, php-fpm or the built program; keep the other in a stage for development.",
    references: &[
        "https://flask.palletsprojects.com/en/stable/deploying/",
        "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
    ],
    bad: &[
        "FROM python:3.14\nCMD [\"flask\", \"run\", \"--host=0.0.0.0\"]\n",
        "FROM python:3.14\nCMD python manage.py runserver 0.0.0.0:8000\n",
        "FROM node:24\nCMD [\"npm\", \"run\", \"dev\"]\n",
    ],
    good: &[
        "FROM python:3.14\nCMD [\"gunicorn\", \"app:app\"]\n",
        "FROM node:24 AS dev\nCMD [\"npm\", \"run\", \"dev\"]\nFROM node:24\nCMD [\"node\", \"app.js\"]\n",
    ],
    check: Check::Dockerfile(development),
};

fn development(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, words, span) in started(file) {
        let texts: Vec<&str> = words.iter().map(|word| name(&word.text)).collect();
        let follows = |one: &str, others: &[&str]| {
            texts.iter().zip(texts.iter().skip(1)).any(|(a, b)| *a == one && others.contains(b))
        };
        let what = if follows("flask", &["run"]) {
            "`flask run`"
        } else if follows("manage.py", &["runserver"]) {
            "`manage.py runserver`"
        } else if follows("php", &["-S"]) {
            "`php -S`"
        } else if follows("run", &["dev", "start:dev"])
            && texts.iter().any(|word| matches!(*word, "npm" | "pnpm" | "yarn" | "bun"))
            || follows("yarn", &["dev"])
            || follows("pnpm", &["dev"])
        {
            "the `dev` script"
        } else if texts.first().is_some_and(|first| matches!(*first, "nodemon" | "webpack-dev-server" | "ts-node-dev"))
        {
            "a server that reloads code"
        } else if texts.contains(&"uvicorn") && texts.contains(&"--reload") {
            "`uvicorn --reload`"
        } else {
            continue;
        };
        found.report(span, format!("{what} is made for development"));
    }
}
