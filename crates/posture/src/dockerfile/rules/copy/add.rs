//! `ADD`: local files, downloads, repositories.

use crate::dockerfile::{Body, Copy, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

fn adds<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = (&'f Instruction, &'f Copy)> {
    file.all().filter_map(|each| if let Body::Add(copy) = &each.body { Some((each, copy)) } else { None })
}

pub(super) const LOCAL: Rule = Rule {
    id: "BS-D060",
    title: "ADD where COPY does",
    severity: Severity::Low,
    aliases: &["DL3020", "DS-0005", "CKV_DOCKER_4"],
    why: "`ADD` also unpacks archives and downloads addresses, by what it happens to be given. With a plain file it does more than anyone looking at the line expects as soon as the file changes.",
    advice: "Use `COPY` for files and folders; keep `ADD` for archives to unpack and for downloads with `--checksum`.",
    references: &["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
    bad: &["FROM debian:12\nADD app /app\n", "FROM debian:12\nADD [\"config.json\", \"/etc/app/\"]\n"],
    good: &[
        "FROM debian:12\nCOPY app /app\n",
        "FROM debian:12\nADD rootfs.tar.xz /\n",
        "FROM debian:12\nARG SOURCE=https://example.org/a.tar\nADD ${SOURCE} /a.tar\n",
        "FROM debian:12\nADD \"https://example.org/a\" /a\nADD git@example.org:a/b.git#v1 /b\n",
    ],
    check: Check::Dockerfile(local),
};

/// Archives that `ADD` unpacks, by the names they usually have.
const ARCHIVES: &[&str] = &[
    ".tar", ".gz", ".bz2", ".xz", ".tgz", ".tbz", ".tbz2", ".txz", ".zst", ".tzst", ".lzma", ".lz", ".tlz", ".z",
    ".tb2", ".tpz",
];

/// An address that `ADD` downloads or clones.
fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@")
}

fn is_archive(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    ARCHIVES.iter().any(|ending| lower.ends_with(ending))
}

// hadolint reports sources that are variables, quoted addresses and repositories by SSH; these may need `ADD`.
fn local(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, copy) in adds(file) {
        let plain = |source: &str| !is_remote(source) && !is_archive(source) && !source.starts_with('$');
        let Some(source) = copy.sources.iter().find(|source| plain(&source.text)) else { continue };
        let report =
            found.report(instruction.keyword_span, format!("`{}` is a file or folder: `COPY` does it", source.text));
        // What a pattern stands for may be an archive.
        let literal =
            copy.sources.iter().all(|source| plain(&source.text) && !source.text.contains(['*', '?', '[', '$']));
        let flags =
            instruction.flags.iter().all(|flag| matches!(flag.name.as_str(), "chown" | "chmod" | "link" | "exclude"));
        if literal && flags {
            let written = file.source.slice(instruction.keyword_span);
            let keyword = if written.starts_with('a') { "copy" } else { "COPY" };
            report.fix("use `COPY`", [(instruction.keyword_span, keyword.to_owned())]);
        }
    }
}

pub(super) const NO_CHECKSUM: Rule = Rule {
    id: "BS-D061",
    title: "download by ADD without a checksum",
    severity: Severity::Medium,
    aliases: &[],
    why: "Whoever controls the address, or gets hold of it later, decides what is in the image; the build does not notice when the file changes.",
    advice: "Add `--checksum=sha256:…` with the sum that the publisher gives.",
    references: &["https://docs.docker.com/reference/dockerfile/#add---checksum"],
    bad: &["FROM debian:12\nADD https://example.org/tool-1.4 /usr/bin/tool\n"],
    good: &[
        "FROM debian:12\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.org/tool-1.4 /usr/bin/tool\n",
        "FROM debian:12\nADD https://github.com/example/tool.git#v1.4 /src\n",
    ],
    check: Check::Dockerfile(no_checksum),
};

fn no_checksum(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, copy) in adds(file) {
        if instruction.flag("checksum").is_some() {
            continue;
        }
        for source in copy.sources.iter().filter(|source| is_download(&source.text)) {
            found.report(source.span, format!("`{}` is downloaded, and nothing checks what came", source.text));
        }
    }
}

fn is_download(source: &str) -> bool {
    (source.starts_with("https://") || source.starts_with("http://") || source.starts_with("ftp://"))
        && repository(source).is_none()
}

/// The address of a repository and the reference behind `#`, if it is one.
fn repository(source: &str) -> Option<(&str, &str)> {
    let (address, reference) = source.split_once('#').unwrap_or((source, ""));
    let path = address.split('?').next().unwrap_or(address);
    let is_one = source.starts_with("git@")
        || source.starts_with("git://")
        || source.starts_with("ssh://")
        || path.ends_with(".git");
    is_one.then_some((address, reference))
}

pub(super) const NO_ENCRYPTION: Rule = Rule {
    id: "BS-D062",
    title: "download by ADD without encryption",
    severity: Severity::High,
    aliases: &[],
    why: "Over plain HTTP, FTP or the git protocol, anyone on the way can put another file in place of the one that was asked for.",
    advice: "Use an https address, and a `--checksum`.",
    references: &["https://docs.docker.com/reference/dockerfile/#add"],
    bad: &["FROM debian:12\nADD http://example.org/tool.tar.gz /opt/\n"],
    good: &[
        "FROM debian:12\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d http://example.org/tool.tar.gz /opt/\n",
        "FROM debian:12\nADD http://localhost:8000/tool.tar.gz /opt/\n",
    ],
    check: Check::Dockerfile(no_encryption),
};

fn no_encryption(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, copy) in adds(file) {
        if instruction.flag("checksum").is_some() {
            continue;
        }
        for source in &copy.sources {
            let address = ["http://", "ftp://", "git://"].iter().find_map(|start| source.text.strip_prefix(start));
            if address.is_some_and(|rest| !rest.starts_with("localhost") && !rest.starts_with("127.")) {
                found.report(source.span, format!("`{}` comes without encryption", source.text));
            }
        }
    }
}

pub(super) const GIT_UNPINNED: Rule = Rule {
    id: "BS-D074",
    title: "repository by ADD without a fixed commit",
    severity: Severity::Low,
    aliases: &[],
    why: "A branch, or none at all, is whatever was pushed last: each build may get other sources, and who can push decides what is in the image.",
    advice: "Write the commit behind the address: `…/tool.git#4f1a…`.",
    references: &["https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository"],
    bad: &[
        "FROM debian:12\nADD https://github.com/example/tool.git /src\n",
        "FROM debian:12\nADD git@github.com:example/tool.git#main /src\n",
    ],
    good: &[
        "FROM debian:12\nADD https://github.com/example/tool.git#4f1a9c02d6b8e7f53a0c1b2d3e4f5a6b7c8d9e0f:sub /src\n",
        "FROM debian:12\nADD https://github.com/example/tool.git#v1.4.2 /src\n",
        "FROM debian:12\nARG REF\nADD https://github.com/example/tool.git#${REF} /src\n",
    ],
    check: Check::Dockerfile(git_unpinned),
};

fn git_unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, copy) in adds(file) {
        if instruction.flag("checksum").is_some() {
            continue;
        }
        for source in &copy.sources {
            let Some((_, reference)) = repository(&source.text) else { continue };
            let reference = reference.split(':').next().unwrap_or_default();
            if reference.is_empty() || matches!(reference, "main" | "master" | "develop" | "trunk" | "dev" | "HEAD") {
                found.report(source.span, format!("`{}` is whatever was pushed last", source.text));
            }
        }
    }
}
