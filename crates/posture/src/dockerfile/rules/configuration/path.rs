//! Paths that the system needs for itself, as volumes and working directories.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const VOLUME: Rule = Rule {
    id: "BS-D104",
    title: "VOLUME over a folder of the system",
    severity: Severity::Medium,
    aliases: &[],
    why: "A volume there outlives the image: after an update the old programs, settings or accounts are still used, and whoever can mount it elsewhere can change them. The socket of the runtime gives root on the host.",
    advice: "Make volumes of the folders only that the program keeps its data in.",
    references: &["https://docs.docker.com/reference/dockerfile/#volume"],
    bad: &["FROM debian:12\nVOLUME /etc\n", "FROM debian:12\nVOLUME [\"/data\", \"/var/run/docker.sock\"]\n"],
    good: &["FROM debian:12\nVOLUME /var/lib/app /etc/app\n", "FROM debian:12\nVOLUME [\"/data\"]\n"],
    check: Check::Dockerfile(volume),
};

/// Folders that belong to the system as a whole, and what lies below some.
fn is_system(path: &str) -> bool {
    const WHOLE: &[&str] = &[
        "",
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/lib64",
        "/proc",
        "/root",
        "/sbin",
        "/sys",
        "/usr",
        "/usr/bin",
        "/usr/sbin",
        "/usr/lib",
        "/usr/local/bin",
        "/var",
        "/run",
        "/var/run",
    ];
    let path = path.trim_end_matches('/');
    WHOLE.contains(&path)
        || ["/proc/", "/sys/", "/dev/", "/boot/"]
            .iter()
            .any(|start| path.starts_with(start) && !path.starts_with("/dev/shm"))
}

fn is_socket(path: &str) -> bool {
    ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"]
        .iter()
        .any(|name| path.rsplit('/').next() == Some(name))
}

fn volume(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in lineage::of_image(file) {
        let Body::Volume(paths) = &instruction.body else { continue };
        for path in paths {
            if is_socket(&path.text) {
                found.report(path.span, format!("`{}` gives root on the host", path.text)).severity(Severity::High);
            } else if path.text.starts_with('/') && is_system(&path.text) {
                found.report(
                    path.span,
                    format!("`{}` is a folder of the system, which a volume keeps as it is", path.text),
                );
            }
        }
    }
}

pub(super) const WORKDIR: Rule = Rule {
    id: "BS-D108",
    title: "WORKDIR in a folder of the system",
    severity: Severity::Low,
    aliases: &["DS-0030"],
    why: "Files that land there mix with those of the system, may overwrite them, and cannot be told apart from them. Below `/proc`, `/sys` and `/dev` they are gone when the container starts.",
    advice: "Use a folder of the program's own: `WORKDIR /app`.",
    references: &["https://docs.docker.com/build/building/best-practices/#workdir"],
    bad: &["FROM debian:12\nWORKDIR /usr/bin\nCOPY app .\n", "FROM debian:12\nWORKDIR /proc/self\n"],
    good: &[
        "FROM debian:12\nWORKDIR /app\n",
        "FROM debian:12\nWORKDIR /usr/src/app\n",
        "FROM debian:12\nWORKDIR /root\nWORKDIR /\n",
        "FROM debian:12\nWORKDIR /etc\nRUN sed -i s/a/b/ hosts\nWORKDIR /app\n",
    ],
    check: Check::Dockerfile(workdir),
};

// Going somewhere to change a file there is harmless: it is the folder that things are copied to or that stays.
fn workdir(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    for (at, instruction) in line.iter().enumerate() {
        let Body::Workdir(path) = &instruction.body else { continue };
        let text = path.text.trim_end_matches('/');
        if text.is_empty() || text == "/root" || !is_system(text) {
            continue;
        }
        let after = line.get(at + 1..).unwrap_or_default();
        let until = after.iter().position(|each| matches!(each.body, Body::Workdir(_))).unwrap_or(after.len());
        let copies = after.iter().take(until).any(|each| match &each.body {
            Body::Copy(copy) | Body::Add(copy) => !copy.destination.text.starts_with(['/', '$']),
            _ => false,
        });
        if copies || until == after.len() {
            found.report(path.span, format!("`{}` is a folder of the system", path.text));
        }
    }
}
