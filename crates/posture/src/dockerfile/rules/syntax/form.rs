//! Instructions in a form that is deprecated or means something else than it looks.

use crate::dockerfile::{Body, Dockerfile, Instruction, Pair};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

pub(super) const RELATIVE_WORKDIR: Rule = Rule {
    id: "BS-D010",
    title: "relative WORKDIR",
    severity: Severity::Low,
    aliases: &["DL3000", "DS-0009", "CKV_DOCKER_10"],
    why: "A relative `WORKDIR` continues from the one before it, and the first of a stage from whatever the base image left. When that changes, files land somewhere else.",
    advice: "Write the whole path: `WORKDIR /app/src`.",
    references: &["https://docs.docker.com/reference/build-checks/workdir-relative-path/"],
    bad: &["FROM debian:12\nWORKDIR app\n", "FROM debian:12\nWORKDIR /app\nWORKDIR src\n"],
    good: &[
        "FROM debian:12\nWORKDIR /app/src\n",
        "FROM debian:12\nARG HOME=/srv\nWORKDIR ${HOME}/app\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR C:\\\\app\n",
    ],
    check: Check::Dockerfile(relative_workdir),
};

// What `ONBUILD` keeps is left out, as in hadolint: it continues from the directory of an image that is not there yet.
fn relative_workdir(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut current: Option<(usize, String)> = None;
    for instruction in &file.instructions {
        let (Body::Workdir(path), Some(stage)) = (&instruction.body, instruction.stage) else { continue };
        let before = current.take().filter(|(of, _)| *of == stage).map(|(_, path)| path);
        if is_absolute(&path.text) {
            current = path.text.starts_with('/').then(|| (stage, path.text.clone()));
            continue;
        }
        let report = found.report(
            path.span,
            format!(
                "`{}` continues from {}",
                path.text,
                match &before {
                    Some(before) => format!("`{before}`: write the whole path"),
                    None => "whatever directory the base image left".to_owned(),
                }
            ),
        );
        let Some(before) = before else { continue };
        let joined = format!("{}/{}", before.trim_end_matches('/'), path.text.trim_start_matches("./"));
        let plain = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-'))
        };
        if plain(&joined) && !joined.split('/').any(|part| matches!(part, "." | "..")) {
            report.fix("write the whole path", [(path.span, joined.clone())]);
        }
        current = Some((stage, joined));
    }
}

/// From the root, a drive or a variable, which is the only way to keep it in one place.
fn is_absolute(path: &str) -> bool {
    let mut start = path.chars();
    match (start.next(), start.next(), start.next()) {
        (Some('/' | '$' | '\\' | '%'), ..) => true,
        (Some(drive), Some(':'), after) => drive.is_ascii_alphabetic() && matches!(after, None | Some('/' | '\\')),
        _ => false,
    }
}

pub(super) const LEGACY: Rule = Rule {
    id: "BS-D011",
    title: "ENV or LABEL without `=`",
    severity: Severity::Negligible,
    aliases: &[],
    why: "In the old form `ENV key value` everything after the key is the value, so `ENV A=1 B=2` and `ENV A 1 B=2` mean different things. The form is deprecated and builders warn of it.",
    advice: "Write `ENV key=value`, with quotes around a value that has spaces.",
    references: &["https://docs.docker.com/reference/build-checks/legacy-key-value-format/"],
    bad: &["FROM debian:12\nENV APP_HOME /srv/app\n", "FROM debian:12\nLABEL description A web server\n"],
    good: &["FROM debian:12\nENV APP_HOME=/srv/app\nLABEL description=\"A web server\"\n"],
    check: Check::Dockerfile(legacy),
};

fn legacy(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let (Body::Env(pairs) | Body::Label(pairs)) = &instruction.body else { continue };
        let Some(pair) = pairs.iter().find(|pair| pair.legacy) else { continue };
        let Some(value) = &pair.value else { continue };
        let report = found.report(
            pair.key.span.to(value.span),
            format!("`{} {}` without `=` is the deprecated form", instruction.keyword, pair.key.text),
        );
        if let Some(edit) = with_sign(file, instruction, pair) {
            report.fix("write it with `=`", [edit]);
        }
    }
}

/// The pair with `=`, where its value is of one piece, quoted as a whole, or needs only quotes around it.
fn with_sign(file: &Dockerfile<'_>, instruction: &Instruction, pair: &Pair) -> Option<(Span, String)> {
    let value = pair.value.as_ref()?;
    let key = file.source.slice(pair.key.span);
    let raw = file.source.slice(value.span).trim_end();
    let between = file.source.slice(Span::new(pair.key.span.end, value.span.start));
    let end = value.span.start + raw.len();
    let rest = file.source.slice(Span::new(end, instruction.span.end));
    if raw.is_empty() || raw.contains(['\n', '\r', '\\', '`']) || !between.trim().is_empty() || !rest.trim().is_empty()
    {
        return None;
    }
    let quoted = raw.len() > 1
        && ['"', '\'']
            .iter()
            .any(|quote| raw.starts_with(*quote) && raw.ends_with(*quote) && raw.matches(*quote).count() == 2);
    let value = if quoted {
        raw.to_owned()
    } else if raw.contains(['"', '\'']) {
        return None;
    } else if raw.contains(char::is_whitespace) {
        format!("\"{raw}\"")
    } else {
        raw.to_owned()
    };
    Some((Span::new(pair.key.span.start, end), format!("{key}={value}")))
}

pub(super) const PORT: Rule = Rule {
    id: "BS-D015",
    title: "EXPOSE of what is no port",
    severity: Severity::Medium,
    aliases: &["DL3011", "DS-0008"],
    why: "`EXPOSE` takes ports from 0 to 65535, alone or as a range, with `/tcp`, `/udp` or `/sctp`. A mapping such as `80:80` belongs to running the container; in a Dockerfile it is refused.",
    advice: "Write the container's port alone: `EXPOSE 8080` or `EXPOSE 53/udp`.",
    references: &["https://docs.docker.com/reference/build-checks/expose-invalid-format/"],
    bad: &["FROM debian:12\nEXPOSE 80000\n", "FROM debian:12\nEXPOSE 8080:80\n", "FROM debian:12\nEXPOSE 53/dns\n"],
    good: &["FROM debian:12\nARG PORT=80\nEXPOSE 8080 53/udp 7000-7010/TCP ${PORT} $PORT/tcp\n"],
    check: Check::Dockerfile(port),
};

fn port(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Expose(ports) = &instruction.body else { continue };
        for word in ports {
            if let Some(why) = wrong_port(&word.text) {
                found.report(word.span, format!("`{}` {why}", word.text));
            }
        }
    }
}

fn wrong_port(text: &str) -> Option<&'static str> {
    if text.contains('$') {
        return None;
    }
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    if !["tcp", "udp", "sctp"].iter().any(|known| protocol.eq_ignore_ascii_case(known)) {
        return Some("names a protocol that is none of tcp, udp and sctp");
    }
    if ports.contains(':') {
        return Some("maps a port, which is said when the container is run: write its own port alone");
    }
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Some("is a range that ends before it begins"),
        (Some(0..=65535), Some(0..=65535)) => None,
        (Some(_), Some(_)) => Some("is no port: they end at 65535"),
        _ => Some("is no port"),
    }
}

fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Longer than any port is beyond any port.
    Some(text.parse().unwrap_or(u32::MAX))
}
