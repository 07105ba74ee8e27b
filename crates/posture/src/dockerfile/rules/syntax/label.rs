//! Keys of labels, and values of those that OCI defines.

use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const KEY: Rule = Rule {
    id: "BS-D024",
    title: "label key that is not well formed",
    severity: Severity::Negligible,
    aliases: &["DL3048"],
    why: "Docker asks for keys of lower-case letters, digits, single dots and dashes, and keeps `com.docker.`, `io.docker.` and `org.dockerproject.` for itself. Tools that select by label may not find others.",
    advice: "Write the key in lower case, beginning with a reversed domain of yours: `org.example.team`.",
    references: &["https://docs.docker.com/engine/manage-resources/labels/#key-format-recommendations"],
    bad: &[
        "FROM debian:12\nLABEL Team=web\n",
        "FROM debian:12\nLABEL com.docker.team=web\n",
        "FROM debian:12\nLABEL org..example=1\n",
    ],
    good: &[
        "FROM debian:12\nLABEL org.opencontainers.image.title=web \"com.example.cost-center\"=7\n",
        "FROM debian:12\nLABEL build_id=7 com.dockerx.team=web\n",
    ],
    check: Check::Dockerfile(key),
};

fn key(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Label(pairs) = &instruction.body else { continue };
        for pair in pairs {
            if let Some(why) = wrong(&pair.key.text) {
                found.report(pair.key.span, format!("the label key `{}` {why}", pair.key.text));
            }
        }
    }
}

// An underscore is let pass, as by hadolint; a key that is a variable is not judged, unlike there.
fn wrong(key: &str) -> Option<&'static str> {
    let reserved = ["com.docker.", "io.docker.", "org.dockerproject."];
    if key.contains('$') || key.is_empty() {
        None
    } else if reserved.iter().any(|start| key.starts_with(start)) {
        Some("is in a namespace that Docker keeps for itself")
    } else if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Some("has upper-case letters")
    } else if !key
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'))
    {
        Some("has signs other than letters, digits, `.` and `-`")
    } else if !key.starts_with(|first: char| first.is_ascii_lowercase()) {
        Some("does not begin with a letter")
    } else if key.ends_with(['.', '-', '_']) {
        Some("does not end with a letter or digit")
    } else if key.contains("..") || key.contains("--") {
        Some("has two dots or dashes in a row")
    } else {
        None
    }
}

pub(super) const VALUE: Rule = Rule {
    id: "BS-D029",
    title: "OCI label whose value has the wrong form",
    severity: Severity::Negligible,
    aliases: &["DL3051", "DL3052", "DL3053", "DL3054", "DL3055"],
    why: "Registries, scanners and bots read the `org.opencontainers.image` labels: a date, an address or a licence in another form than the specification's is not understood, or shown wrongly.",
    advice: "Write dates as RFC 3339 (`2026-05-01T12:00:00Z`), licences as SPDX expressions, whole addresses, and the commit's hash as the revision; leave out what is not known.",
    references: &["https://github.com/opencontainers/image-spec/blob/main/annotations.md"],
    bad: &[
        "FROM debian:12\nLABEL org.opencontainers.image.created=\"1 May 2026\"\n",
        "FROM debian:12\nLABEL org.opencontainers.image.licenses=\"Apache License 2.0\"\n",
        "FROM debian:12\nLABEL org.opencontainers.image.url=example\n",
        "FROM debian:12\nLABEL org.opencontainers.image.title=\"\"\n",
    ],
    good: &[
        "FROM debian:12\nLABEL org.opencontainers.image.created=2026-05-01T12:00:00Z org.opencontainers.image.licenses=\"Apache-2.0 OR MIT\" org.opencontainers.image.source=https://example.org/a\n",
        "FROM debian:12\nARG WHEN\nLABEL org.opencontainers.image.created=$WHEN team=\"\"\n",
        "FROM debian:12\nLABEL org.opencontainers.image.created=2026-05-01T12:00:00.25+02:00 org.opencontainers.image.revision=4f1a9c0\n",
    ],
    check: Check::Dockerfile(value),
};

// hadolint asks only for labels that it is told to require; these are the same wherever they stand. A revision need not
// be git's, nor a version semantic, nor an author an address of mail: the specification leaves them open.
fn value(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Label(pairs) = &instruction.body else { continue };
        for pair in pairs {
            let Some(value) = &pair.value else { continue };
            let Some(name) = pair.key.text.strip_prefix("org.opencontainers.image.") else { continue };
            if let Some(why) = wrong_value(name, value.text.trim()) {
                found.report(pair.key.span.to(value.span), format!("the label `{}` {why}", pair.key.text));
            }
        }
    }
}

fn wrong_value(name: &str, value: &str) -> Option<&'static str> {
    if value.contains('$') {
        return None;
    }
    if value.is_empty() {
        return Some("is empty");
    }
    match name {
        "created" => (!is_date_time(value)).then_some("is no date and time as RFC 3339 writes them"),
        "url" | "source" | "documentation" => {
            let address = value.split_once("://").is_some_and(|(_, rest)| !rest.is_empty() && !rest.contains(' '));
            (!address).then_some("is no whole address")
        }
        "licenses" => (!is_expression(value)).then_some("is no SPDX expression"),
        "revision" => value.contains(char::is_whitespace).then_some("is no revision: it has blanks"),
        _ => None,
    }
}

/// `2026-05-01T12:00:00Z`, with a fraction or an offset (RFC 3339, section 5.6).
fn is_date_time(value: &str) -> bool {
    let shape = "0000-00-00T00:00:00";
    let fits = |sign: u8, wanted: u8| match wanted {
        b'0' => sign.is_ascii_digit(),
        b'T' => matches!(sign, b'T' | b't' | b' '),
        other => sign == other,
    };
    let Some((start, rest)) = value.split_at_checked(shape.len()) else { return false };
    let fraction =
        rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    let offset = fraction
        .strip_prefix(['+', '-'])
        .is_some_and(|zone| zone.len() == 5 && zone.bytes().zip(*b"00:00").all(|(sign, wanted)| fits(sign, wanted)));
    start.bytes().zip(shape.bytes()).all(|(sign, wanted)| fits(sign, wanted))
        && (matches!(fraction, "Z" | "z") || offset)
}

/// Words joined by `AND`, `OR` and `WITH`, in brackets or not. Whether a licence exists is not looked up.
fn is_expression(value: &str) -> bool {
    let mut wants_name = true;
    for word in value.split([' ', '(', ')']).filter(|word| !word.is_empty()) {
        let joins = matches!(word, "AND" | "OR" | "WITH");
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+' | b':'));
        if joins == wants_name || !plain {
            return false;
        }
        wants_name = joins;
    }
    !wants_name
}
