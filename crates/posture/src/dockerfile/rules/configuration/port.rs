//! `EXPOSE`: which ports the image offers.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

/// The ports of the image, each with its first and last number.
fn ports<'f>(file: &'f Dockerfile<'_>) -> Vec<(&'f Word, u32, u32)> {
    let words = lineage::of_image(file)
        .into_iter()
        .filter_map(|each| if let Body::Expose(words) = &each.body { Some(words) } else { None });
    words
        .flatten()
        .filter_map(|word| {
            let ports = word.text.split('/').next()?;
            let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
            Some((word, first.parse().ok()?, last.parse().ok()?))
        })
        .collect()
}

pub(super) const SSH: Rule = Rule {
    id: "BS-D101",
    title: "port of SSH exposed",
    severity: Severity::Medium,
    aliases: &["DS-0004", "CKV_DOCKER_1"],
    why: "A container is entered by the runtime (`docker exec`, `kubectl exec`), with its access control and its log. An SSH server beside it is one more thing to break into, with accounts and keys of its own in the image.",
    advice: "Leave SSH out of the image.",
    references: &["https://www.cisecurity.org/benchmark/docker"],
    bad: &["FROM debian:12\nEXPOSE 22\n", "FROM debian:12\nEXPOSE 80 22/tcp\n"],
    good: &["FROM debian:12\nEXPOSE 8022 2222\n", "FROM debian:12 AS test\nEXPOSE 22\nFROM debian:12\n"],
    check: Check::Dockerfile(ssh),
};

fn ssh(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (word, first, last) in ports(file) {
        if first == 22 && last == 22 {
            found.report(word.span, format!("`{}` is the port of SSH", word.text));
        }
    }
}

pub(super) const MANAGEMENT: Rule = Rule {
    id: "BS-D102",
    title: "port of remote administration exposed",
    severity: Severity::Medium,
    aliases: &[],
    why: "Behind these ports are a login in clear text, a remote desktop, or an interface that starts containers without asking who it is. None belongs into a service's image.",
    advice: "Leave the server out of the image, or let it listen inside the container only.",
    references: &[
        "https://www.cisecurity.org/benchmark/docker",
        "https://docs.docker.com/engine/security/protect-access/",
    ],
    bad: &["FROM debian:12\nEXPOSE 2375\n", "FROM debian:12\nEXPOSE 23 3389\n"],
    good: &["FROM debian:12\nEXPOSE 8080 443 2376\n"],
    check: Check::Dockerfile(management),
};

const MANAGED: &[(u32, &str)] = &[
    (21, "FTP, which sends passwords in clear text"),
    (23, "Telnet, which sends passwords in clear text"),
    (111, "the port mapper"),
    (135, "Windows remote procedure calls"),
    (139, "Windows file sharing"),
    (445, "Windows file sharing"),
    (512, "rexec, which trusts whoever calls"),
    (513, "rlogin, which trusts whoever calls"),
    (514, "rsh, which trusts whoever calls"),
    (873, "rsync"),
    (2375, "the Docker interface without TLS, which gives root on the host"),
    (3389, "the remote desktop"),
    (5005, "Java's debugger, which runs any code"),
    (5900, "VNC"),
    (5985, "Windows remote management without TLS"),
    (9229, "the debugger of Node.js, which runs any code"),
    (10250, "the kubelet, which runs commands in containers"),
];

fn management(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (word, first, last) in ports(file) {
        if let Some((_, what)) = MANAGED.iter().find(|(port, _)| *port == first && first == last) {
            found.report(word.span, format!("`{}` is the port of {what}", word.text));
        }
    }
}

pub(super) const WIDE: Rule = Rule {
    id: "BS-D103",
    title: "wide range of ports exposed",
    severity: Severity::Low,
    aliases: &[],
    why: "`docker run -P` publishes every exposed port, and network policies are written after them. A wide range hides what the program really listens on.",
    advice: "Name the ports that the program listens on.",
    references: &["https://docs.docker.com/reference/dockerfile/#expose"],
    bad: &["FROM debian:12\nEXPOSE 1-65535\n"],
    good: &["FROM debian:12\nEXPOSE 30000-30099/udp\n"],
    check: Check::Dockerfile(wide),
};

fn wide(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (word, first, last) in ports(file) {
        let count = last.saturating_sub(first).saturating_add(1);
        if count > 1000 {
            found.report(word.span, format!("`{}` are {count} ports", word.text));
        }
    }
}
