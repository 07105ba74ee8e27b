//! Keys of labels.

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
