//! The two forms of a command: for a shell, or as a JSON array.

use std::collections::BTreeSet;

use super::super::lineage;
use crate::dockerfile::shell::Script;
use crate::dockerfile::{Body, Command, Dockerfile, Healthcheck, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::{Source, Span};
use boltseal_evidence::Severity;

pub(super) const SHELL_FORM: Rule = Rule {
    id: "BS-D012",
    title: "CMD or ENTRYPOINT for a shell",
    severity: Severity::Low,
    aliases: &["DL3025"],
    why: "In this form a shell is process 1. It does not pass on the signal by which a container is stopped, so the program is killed after the grace period; and an `ENTRYPOINT` of this form ignores `CMD` and the arguments of `docker run`.",
    advice: "Write the command as a JSON array: `CMD [\"app\", \"--flag\"]`. Where a shell is really needed, let it end in `exec app`.",
    references: &["https://docs.docker.com/reference/build-checks/json-args-recommended/"],
    bad: &["FROM debian:12\nCMD nginx -g 'daemon off;'\n", "FROM debian:12\nENTRYPOINT /app/serve\n"],
    good: &[
        "FROM debian:12\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        "FROM debian:12\nENTRYPOINT exec top -b\n",
        "FROM debian:12\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\nRUN make\n",
    ],
    check: Check::Dockerfile(shell_form),
};

// Where hadolint differs: it wants JSON of `HEALTHCHECK` too, which no signal reaches, and of `exec`, after which the
// shell is gone.
fn shell_form(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let alone = if lineage::is_windows(file) { BTreeSet::new() } else { stages_alone(file) };
    for instruction in file.all() {
        let (Body::Cmd(Command::Shell(script)) | Body::Entrypoint(Command::Shell(script))) = &instruction.body else {
            continue;
        };
        let text = file.source.slice(script.span).trim();
        if meant_as_json(text, false) || text.starts_with("exec ") || text.is_empty() {
            continue;
        }
        let report = found.report(
            script.span,
            format!("the shell that runs this `{}` keeps signals from the program", instruction.keyword),
        );
        if let Some(array) = as_array(text)
            && matches!(instruction.body, Body::Entrypoint(_))
            && instruction.stage.is_some_and(|stage| alone.contains(&stage))
        {
            report.fix("write it as a JSON array", [(script.span, array)]);
        }
    }
}

/// Plain words as a JSON array; `None` where the shell has something to do.
fn as_array(text: &str) -> Option<String> {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'/' | b':' | b'@' | b'+' | b',' | b'=')
    };
    let program = text.split(' ').next()?;
    // A script without `#!` runs in a shell only; an assignment or a built-in is no program.
    let script = program.ends_with(".sh") || program.starts_with('.') || program.contains('=');
    let builtin = matches!(
        program,
        "cd" | "export" | "source" | "ulimit" | "umask" | "set" | "eval" | "trap" | "wait" | "exit" | "command"
    );
    if !text.bytes().all(plain) || script || builtin || text.contains(",]") {
        return None;
    }
    let words: Vec<String> =
        text.split(' ').filter(|word| !word.is_empty()).map(|word| format!("\"{word}\"")).collect();
    Some(format!("[{}]", words.join(", ")))
}

/// The stages in which an `ENTRYPOINT` gets the same arguments in either form: no `CMD` is beside it, one brought by the
/// base image is reset by it, and no other stage adds one.
fn stages_alone(file: &Dockerfile<'_>) -> BTreeSet<usize> {
    let mut alone: BTreeSet<usize> = file.stages.iter().map(|stage| stage.index).collect();
    for each in &file.instructions {
        let other = match &each.body {
            Body::Cmd(_) | Body::Shell(_) | Body::Onbuild(_) => each.stage,
            Body::From(from) => from.stage,
            _ => None,
        };
        other.iter().for_each(|stage| {
            alone.remove(stage);
        });
    }
    alone
}

pub(super) const BROKEN: Rule = Rule {
    id: "BS-D013",
    title: "array that is not JSON, so a shell runs it",
    severity: Severity::Medium,
    aliases: &["DL3025"],
    why: "Only valid JSON, with double quotes and no comma at its end, is read as program and arguments. Anything else is passed to a shell as it stands, brackets included, and fails when the container starts.",
    advice: "Use double quotes around each word, commas between them and none at the end.",
    references: &["https://docs.docker.com/reference/dockerfile/#exec-form"],
    bad: &[
        "FROM debian:12\nCMD ['nginx', '-g', 'daemon off;']\n",
        "FROM debian:12\nENTRYPOINT [\"app\", \"--flag\",]\n",
    ],
    good: &[
        "FROM debian:12\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        "FROM debian:12\nRUN [ \"$(uname -m)\" = x86_64 ] || exit 1\nRUN [ -f /etc/os-release ]\n",
    ],
    check: Check::Dockerfile(broken),
};

fn broken(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Some(script) = shell_script(instruction) else { continue };
        let text = file.source.slice(script.span).trim();
        if !meant_as_json(text, matches!(instruction.body, Body::Run(_))) {
            continue;
        }
        let why = if text.starts_with("['") || text.starts_with("[ '") {
            "its quotes are single"
        } else if text.trim_end_matches(']').trim_end().ends_with(',') {
            "a comma stands at its end"
        } else {
            "a quote, comma or bracket is missing"
        };
        let report = found.report(script.span, format!("this array is not JSON, so a shell is given it: {why}"));
        if let Some(edit) = with_double_quotes(file.source, script.span) {
            report.fix("use double quotes", [edit]);
        }
    }
}

fn shell_script(instruction: &Instruction) -> Option<&Script> {
    match &instruction.body {
        Body::Cmd(Command::Shell(script))
        | Body::Entrypoint(Command::Shell(script))
        | Body::Run(Command::Shell(script))
        | Body::Healthcheck(Healthcheck::Cmd(Command::Shell(script))) => Some(script),
        _ => None,
    }
}

/// It begins and ends like an array of strings. `[ "$X" = y ]` is the shell's test, which only a `RUN` is likely to be.
fn meant_as_json(text: &str, is_run: bool) -> bool {
    let Some(inside) = text.strip_prefix('[') else { return false };
    let quoted = if is_run { inside } else { inside.trim_start() };
    let test = inside.contains(" = ") || inside.contains(" == ") || inside.contains("&&") || inside.contains("||");
    quoted.starts_with(['"', '\'']) && !test && (text.ends_with(']') || (!is_run && text.contains(',')))
}

/// The array with its single quotes made double, where that makes it JSON.
fn with_double_quotes(source: &Source<'_>, span: Span) -> Option<(Span, String)> {
    let text = source.slice(span).trim_end();
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    if text.contains(['"', '\\', '\n', '\r']) {
        return None;
    }
    let mut rest = inside.trim();
    loop {
        let (_, after) = rest.strip_prefix('\'')?.split_once('\'')?;
        let after = after.trim_start();
        if after.is_empty() {
            break;
        }
        rest = after.strip_prefix(',')?.trim_start();
    }
    Some((Span::new(span.start, span.start + text.len()), text.replace('\'', "\"")))
}
