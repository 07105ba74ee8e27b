//! Secrets known by their shape alone, wherever they stand: tokens, keys, passwords in addresses.

use crate::dockerfile::{Body, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, secret_in};
use crate::source::{Source, Span};
use boltseal_evidence::Severity;

pub(super) const ADDRESS: Rule = Rule {
    id: "BS-D085",
    title: "password within an address",
    severity: Severity::High,
    aliases: &[],
    why: "`https://user:password@host` stands in this file, in the history of the image, and often in a file that a program such as git or pip writes.",
    advice: "Mount the credentials for the one step (`RUN --mount=type=secret,id=netrc,target=/root/.netrc`), or give the container its address when it runs.",
    references: &["https://docs.docker.com/build/building/secrets/"],
    bad: &[
        "FROM debian:12\nRUN git clone https://anna:s3cr3tpw@git.example.org/app.git\n",
        "FROM debian:12\nENV DATABASE_URL=postgres://app:s3cr3tpw@db/app\n",
    ],
    good: &[
        "FROM debian:12\nRUN git clone ssh://git@git.example.org/app.git\n",
        "FROM debian:12\nRUN pip install --index-url https://user:${TOKEN}@pypi.example.org/simple app\n",
        "FROM debian:12\nENV DATABASE_URL=postgres://app:<password>@db/app\n",
    ],
    check: Check::Dockerfile(address),
};

fn address(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        each_line(file.source, instruction, |line| {
            if let Some(range) = credentials_in_url(file.source.slice(line)) {
                let span = Span::new(line.start + range.start, line.start + range.end);
                found.report(span, "the password of this address can be read in the file and in the image's history");
            }
        });
    }
}

pub(super) const TOKEN: Rule = Rule {
    id: "BS-D087",
    title: "token or private key in the file",
    severity: Severity::Critical,
    aliases: &[],
    why: "It has the shape that its issuer gives to real ones. Whoever can read this file, its history in the repository, or the image can use it.",
    advice: "Withdraw it at its issuer first, then give the build a new one with `RUN --mount=type=secret`.",
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns",
    ],
    bad: &[
        "FROM debian:12\nRUN curl -H 'PRIVATE-TOKEN: glpat-4x6Zq9Tb2Lw8Kd1Rm7Yv' https://gitlab.example.org/api\n",
        "FROM debian:12\nCOPY <<EOF /root/.ssh/id_ed25519\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\nEOF\n",
        "FROM debian:12\n# deploy with glpat-4x6Zq9Tb2Lw8Kd1Rm7Yv\nCMD [\"app\"]\n",
    ],
    good: &[
        "FROM debian:12\nRUN --mount=type=secret,id=gitlab curl -H \"PRIVATE-TOKEN: $(cat /run/secrets/gitlab)\" https://gitlab.example.org/api\n",
        "FROM debian:12\nCOPY <<EOF /etc/apt/keyrings/a.asc\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nEOF\n",
    ],
    check: Check::Dockerfile(token),
};

// `ENV`, `ARG` and `LABEL` name the variable in rules of their own.
fn token(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all().filter(|each| !matches!(each.body, Body::Env(_) | Body::Arg(_) | Body::Label(_))) {
        each_line(file.source, instruction, |line| {
            if let Some(kind) = secret_in(file.source.slice(line)) {
                found.report(line, format!("this line holds {kind}"));
            }
        });
    }
    for comment in &file.comments {
        if let Some(kind) = secret_in(file.source.slice(*comment)) {
            found.report(*comment, format!("this comment holds {kind}"));
        }
    }
}

/// The lines of an instruction, blanks around them left out.
fn each_line(source: &Source<'_>, instruction: &Instruction, mut judge: impl FnMut(Span)) {
    let mut start = instruction.span.start;
    for line in source.slice(instruction.span).split_inclusive('\n') {
        let blank = line.len() - line.trim_start().len();
        let end = start + line.trim_end().len();
        if start + blank < end {
            judge(Span::new(start + blank, end));
        }
        start += line.len();
    }
}
