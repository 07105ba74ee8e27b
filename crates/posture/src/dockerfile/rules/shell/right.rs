//! Rights that files are given.

use std::collections::BTreeMap;

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{each_call, list, posix_runs};
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D146",
        title: "files that everyone may write",
        severity: Severity::Medium,
        aliases: &[],
        why: "Any process in the container, and who breaks into it, may then change these files: programs, configuration or data \
              that others trust.",
        advice: "Give the files to the user of the process (`COPY --chown`, `chown`) and only the rights it needs, such as `u+rwX` \
                 or `0755`.",
        references: &["https://cwe.mitre.org/data/definitions/732.html"],
        bad: &[
            "FROM debian:12\nRUN chmod -R 777 /app\n",
            "FROM debian:12\nRUN mkdir /data && chmod a+rwx /data\n",
            "FROM debian:12\nRUN chmod o+w /a\n",
        ],
        good: &[
            "FROM debian:12\nRUN chmod 755 /app && chmod -R u+rwX,go-w /data && chmod 1777 /tmp && chmod +x /777\n",
            "FROM debian:12\nRUN chmod $MODE /app && chmod a+rx /b && chmod g+w /c && chmod o-w /d\n",
            "FROM debian:12\nRUN dir=\"$(mktemp -d)\" && chmod 777 \"$dir\" && make DIR=\"$dir\" && if true; then rm -rf \"$dir\"; fi\n",
        ],
        check: Check::Dockerfile(writable),
    },
    Rule {
        id: "BS-D147",
        title: "program with capabilities as good as root",
        severity: Severity::Medium,
        aliases: &[],
        why: "A file with `cap_sys_admin`, `cap_setuid` and the like works with rights that its caller does not have: every \
              mistake in it makes who broke in root.",
        advice: "Leave it out; let the container start with the one capability that is needed, or do the privileged step in \
                 the build.",
        references: &["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
        bad: &[
            "FROM debian:12\nRUN setcap cap_sys_admin+ep /usr/local/bin/tool\n",
            "FROM debian:12\nRUN setcap 'CAP_NET_RAW,CAP_SETUID=ep' /usr/local/bin/tool\n",
        ],
        good: &[
            "FROM debian:12\nRUN setcap cap_net_bind_service=+ep /usr/local/bin/server\n",
            "FROM debian:12\nRUN setcap -r /usr/local/bin/cap_sys_admin\n",
        ],
        check: Check::Dockerfile(capabilities),
    },
];

/// The mode of a call of chmod, or of `install -m`.
fn mode(call: &crate::dockerfile::shell::Call) -> Option<&Word> {
    match call.program() {
        // `-w` is a mode, `-R` is not.
        "chmod" => call
            .arguments()
            .iter()
            .find(|word| !word.text.starts_with('-') || word.text.starts_with("-r") && word.text.len() > 2),
        "install" => call
            .arguments()
            .iter()
            .position(|word| matches!(word.text.as_str(), "-m" | "--mode"))
            .and_then(|at| call.arguments().get(at + 1)),
        _ => None,
    }
}

fn octal(mode: &str) -> Option<u32> {
    let digits = (3..=5).contains(&mode.len()) && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    digits.then(|| u32::from_str_radix(mode, 8).ok()).flatten()
}

/// A clause of a symbolic mode, `a+rwx`, gives one of `rights` to one of `whom`.
fn gives(mode: &str, whom: &[char], right: char) -> bool {
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else { return false };
        let (to, what) = clause.split_at(at);
        !to.contains('-') && to.contains(whom) && what.split('-').next().unwrap_or_default().contains(right)
    })
}

fn writable(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        // What the same `RUN` removes in the end is in no image.
        let removals = run.calls.iter().enumerate().filter(|(_, call)| call.is(&["rm"]));
        let removed: BTreeMap<&str, usize> =
            removals.flat_map(|(at, call)| call.arguments().iter().map(move |word| (word.text.as_str(), at))).collect();
        for (at, call) in run.calls.iter().enumerate() {
            let Some(word) = mode(call).filter(|word| is_open(&word.text)) else { continue };
            let files: Vec<&Word> =
                call.operands(&[]).into_iter().filter(|each| each.span.start > word.span.start).collect();
            let gone = |file: &&Word| removed.get(file.text.as_str()).is_some_and(|removal| *removal > at);
            if !files.is_empty() && files.iter().all(gone) {
                continue;
            }
            let all = if call.has(&["-R", "--recursive"]) { " and all below" } else { "" };
            let files = if files.is_empty() { "these files".to_owned() } else { list(&files) };
            found.report(call.span, format!("mode `{}` lets everyone write {files}{all}", word.text));
        }
    }
}

fn is_open(mode: &str) -> bool {
    match octal(mode) {
        // The sticky bit lets only owners remove.
        Some(mode) => mode & 0o002 != 0 && mode & 0o1000 == 0,
        None => gives(mode, &['o', 'a'], 'w') && !gives(mode, &['o', 'a', 'u', 'g'], 't') && !mode.contains("+t"),
    }
}

fn capabilities(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    const RISKY: [&str; 10] = [
        "cap_sys_admin",
        "cap_setuid",
        "cap_setgid",
        "cap_dac_override",
        "cap_dac_read_search",
        "cap_sys_ptrace",
        "cap_sys_module",
        "cap_chown",
        "cap_fowner",
        "all=",
    ];
    each_call(file, |_, _, call| {
        let given = call.arguments().iter().find(|word| {
            let lower = word.text.to_ascii_lowercase();
            lower.contains(['=', '+']) && RISKY.iter().any(|risky| lower.contains(risky))
        });
        if let Some(word) = given.filter(|_| call.is(&["setcap"])) {
            found.report(word.span, format!("`{}` is as good as root", word.text));
        }
    });
}
