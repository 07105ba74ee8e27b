//! Passwords of the image's own accounts.

use super::command::scripts;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::shell::{Call, Script};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const PASSWORD_SET: Rule = Rule {
    id: "BS-D093",
    title: "account with a password that the file says, or with none",
    severity: Severity::High,
    aliases: &["CKV2_DOCKER_17"],
    why: "Every container of the image has this account with this password, and everyone who can read the file or the image's history knows it. An empty one lets in whoever reaches `su` or a login.",
    advice: "Give accounts in an image no password that works (`useradd` without `-p`, `adduser --disabled-password`, `passwd -l`): nobody needs to log in.",
    references: &["https://man7.org/linux/man-pages/man8/chpasswd.8.html"],
    bad: &[
        "FROM debian:12\nRUN echo 'root:toor' | chpasswd\n",
        "FROM debian:12\nRUN useradd -p hunter2 app\n",
        "FROM debian:12\nRUN useradd -m -p '$6$saltsalt$0123456789abcdef' app\n",
        "FROM debian:12\nRUN useradd -p \"$(openssl passwd -1 hunter2)\" app\n",
        "FROM debian:12\nRUN usermod --password '' root\n",
        "FROM debian:12\nRUN echo toor | passwd --stdin root\n",
        "FROM debian:12\nRUN printf 'toor\\ntoor\\n' | passwd root\n",
        "FROM debian:12\nRUN passwd -d root\n",
        "FROM debian:12\nRUN { echo root:toor; } | chpasswd\n",
        "FROM debian:12\nRUN chpasswd <<< root:toor\n",
        "FROM debian:12\nARG PASSWORD\nRUN echo \"app:$PASSWORD\" | chpasswd\n",
    ],
    good: &[
        "FROM debian:12\nRUN useradd --uid 10001 app\n",
        "FROM alpine:3.22\nRUN adduser -D -u 10001 app && passwd -l root\n",
        "FROM debian:12\nRUN mkdir -p /a && useradd -m -p '*' app && usermod -p '!' app && passwd -S app\n",
        "FROM debian:12\nRUN --mount=type=secret,id=hashes chpasswd -e < /run/secrets/hashes\n",
        "FROM debian:12\nRUN --mount=type=secret,id=pw echo \"app:$(cat /run/secrets/pw)\" | chpasswd\n",
        "FROM debian:12\nRUN echo 'app:*' | chpasswd -e && passwd -d app && passwd -l app\n",
    ],
    check: Check::Dockerfile(password_set),
};

const KNOWN: &str = "a password that everyone knows who can read this";

fn password_set(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, script) in scripts(file) {
        let inputs = inputs(script);
        let last_lock = script.commands.iter().rposition(|call| call.is(&["passwd"]) && call.has(&["-l", "--lock"]));
        for (at, call) in script.commands.iter().enumerate() {
            let input = inputs.get(at).copied().flatten();
            let locked = last_lock.is_some_and(|lock| lock >= at);
            let (message, severity) = match call.program() {
                "chpasswd" => match given(call, input) {
                    Some(severity) => (format!("`chpasswd` sets {KNOWN}"), severity),
                    None => continue,
                },
                "passwd" if call.has(&["-d", "--delete"]) && !locked => {
                    ("`passwd -d` leaves an account that everyone may log in to".to_owned(), Severity::High)
                }
                "passwd" if input.is_some() || call.has(&["--stdin"]) => match given(call, input) {
                    Some(severity) => (format!("`passwd` sets {KNOWN}"), severity),
                    None => continue,
                },
                "useradd" | "usermod" => match call.value_of(&["-p", "--password"]).and_then(hash) {
                    Some(kind) => kind,
                    None => continue,
                },
                _ => continue,
            };
            found.report(call.span, message).severity(severity);
        }
    }
}

/// For each command the last one that writes into it.
fn inputs(script: &Script) -> Vec<Option<&Call>> {
    let mut inputs = vec![None; script.commands.len()];
    for (writer, reader) in script.commands.iter().zip(&script.readers) {
        if let Some(input) = reader.and_then(|reader| inputs.get_mut(reader)) {
            *input = Some(writer);
        }
    }
    inputs
}

/// How bad it is that a program reads a password from its input; `None` where that comes from a mounted secret or
/// locks the account. A variable may come from a secret, too, but hardly does.
fn given(call: &Call, input: Option<&Call>) -> Option<Severity> {
    let words = input.into_iter().flat_map(|input| &input.words);
    let targets = input.into_iter().chain([call]).flat_map(|each| &each.redirects).map(|redirect| &redirect.target);
    let mut texts = words.chain(targets).map(|word| word.text.as_str());
    if texts.clone().any(|text| text.contains("/run/secrets")) {
        return None;
    }
    if texts.clone().any(|text| text.ends_with(":*") || text.ends_with(":!") || text.ends_with(":!!")) {
        return None;
    }
    Some(if texts.any(|text| text.contains(['$', '`'])) { Severity::Medium } else { Severity::High })
}

/// What `useradd -p` makes of its value, which is the hash and not the password. `*` and `!` lock the account; of a
/// variable nothing is known.
fn hash(value: &str) -> Option<(String, Severity)> {
    let gets = |what: &str| Some((format!("the account gets {what}"), Severity::High));
    if value.is_empty() {
        return gets("an empty password");
    }
    if value.starts_with(['*', '!']) {
        return None;
    }
    // `$6$salt$…`, and the 13 signs of the oldest hashes.
    let parts = value.strip_prefix('$').map(|rest| rest.split('$').collect::<Vec<_>>());
    let modern = parts.is_some_and(|parts| {
        let id = parts.first().copied().unwrap_or_default();
        parts.len() >= 3 && (1..=3).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let old = value.len() == 13 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
    if modern || old {
        return gets("a password whose hash can be read here, to be guessed at leisure");
    }
    let inner = value.strip_prefix("$(").or_else(|| value.strip_prefix('`'));
    if let Some(inner) = inner {
        let hashes = ["openssl passwd", "mkpasswd", "crypt("].iter().any(|program| inner.contains(program));
        return if hashes && !inner.contains('$') { gets(KNOWN) } else { None };
    }
    let message = "`-p` takes the hash of a password, and this is none: nobody can log in with it";
    (!value.contains(['$', '`'])).then(|| (message.to_owned(), Severity::Low))
}
