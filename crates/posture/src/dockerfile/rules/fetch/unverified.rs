//! Files from the network that nothing checks.

use std::collections::BTreeMap;

use boltseal_evidence::Severity;

use super::{Download, is_near, verifies};
use crate::dockerfile::rules::run::{Run, each_call, posix_runs, shown};
use crate::dockerfile::rules::system::{APT, DNF, YUM, ZYPPER};
use crate::dockerfile::shell::Call;
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const ADD: &str = "https://docs.docker.com/reference/dockerfile/#add---checksum";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D232",
        title: "download without encryption",
        severity: Severity::Medium,
        aliases: &[],
        why: "Over `http://` and `ftp://` nothing shows that the right server answers: anyone on the way can send another \
              file, which becomes part of the image.",
        advice: "Write `https://`; where a server has no certificate, compare the file's digest in the same `RUN`.",
        references: &["https://owasp.org/www-community/attacks/Manipulator-in-the-middle_attack", ADD],
        bad: &[
            "FROM debian:12\nRUN curl -fsSL http://example.com/a.tgz | tar xz\n",
            "FROM debian:12\nRUN [\"wget\", \"-q\", \"ftp://ftp.example.com/a.tgz\"]\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSL https://example.com/a.tgz | tar xz\n",
            "FROM debian:12\nRUN curl -fsSLO http://example.com/a.tgz && echo \"$SUM  a.tgz\" | sha256sum -c\n",
            "FROM debian:12\nRUN curl -fs http://localhost:8080/health && curl -f -x http://proxy.example.com:3128 https://example.com/a -o a\n",
        ],
        check: Check::Dockerfile(plain),
    },
    Rule {
        id: "BS-D233",
        title: "archive from the network unpacked without a check",
        severity: Severity::Low,
        aliases: &[],
        why: "TLS shows which server answered, not that the file there is the one that was reviewed: a release that was \
              exchanged later, or a broken one, goes straight into the image.",
        advice: "Save it, compare its digest (`echo \"<digest>  a.tgz\" | sha256sum -c`), then unpack it; or use \
                 `ADD --checksum=sha256:…`.",
        references: &[ADD],
        bad: &[
            "FROM debian:12\nRUN curl -fsSL https://example.com/a-1.2.tgz | tar xz\n",
            "FROM debian:12\nRUN wget -q https://example.com/a-1.2.zip && unzip a-1.2.zip\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLO https://example.com/a.tgz && echo \"$SUM  a.tgz\" | sha256sum -c && tar xzf a.tgz\n",
            "FROM debian:12\nCOPY a.tgz /\nRUN curl -fsSLO https://example.com/b && tar xzf /a.tgz\n",
            "FROM debian:12\nRUN curl -fsSLO https://example.com/a.tgz && gpg --verify a.tgz.asc a.tgz && tar xzf a.tgz\n",
        ],
        check: Check::Dockerfile(unpacked),
    },
    Rule {
        id: "BS-D234",
        title: "program from the network made executable without a check",
        severity: Severity::Low,
        aliases: &[],
        why: "TLS shows which server answered, not that the program there is the one that was reviewed: a release that was \
              exchanged later goes straight into the image.",
        advice: "Compare its digest in the same `RUN` (`echo \"<digest>  tool\" | sha256sum -c`), or use \
                 `ADD --checksum=sha256:…`.",
        references: &[ADD],
        bad: &[
            "FROM debian:12\nRUN curl -fsSLo /usr/local/bin/tool https://example.com/1.2/tool && chmod +x /usr/local/bin/tool\n",
            "FROM debian:12\nRUN wget -q https://example.com/1.2/tool && install -m 0755 tool /usr/local/bin/tool\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLo /tool https://example.com/tool && echo \"$SUM  /tool\" | sha256sum -c && chmod +x /tool\n",
            "FROM debian:12\nRUN curl -fsSLo data https://example.com/data && chmod +x /entrypoint.sh\n",
        ],
        check: Check::Dockerfile(executable),
    },
    Rule {
        id: "BS-D235",
        title: "package file from the network installed without a check",
        severity: Severity::Low,
        aliases: &[],
        why: "A package that is installed from a file is not covered by the repository's signatures, and its scripts run as \
              root: a file that was exchanged goes unnoticed.",
        advice: "Compare the file's digest before installing it, or add the vendor's repository with its key.",
        references: &["https://wiki.debian.org/SecureApt", ADD],
        bad: &[
            "FROM debian:12\nRUN curl -fsSLO https://example.com/a_1.2_amd64.deb && dpkg -i a_1.2_amd64.deb\n",
            "FROM rockylinux:9\nRUN rpm -i https://example.com/a-1.2.rpm\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLO https://example.com/a.deb && echo \"$SUM  a.deb\" | sha256sum -c && dpkg -i a.deb\n",
            "FROM debian:12\nCOPY a.deb /\nRUN dpkg -i /a.deb\n",
        ],
        check: Check::Dockerfile(package),
    },
    Rule {
        id: "BS-D236",
        title: "download of whatever is newest",
        severity: Severity::Low,
        aliases: &[],
        why: "An address with `latest` or a branch in it gives another file from day to day: two builds differ, a digest \
              cannot be written down, and a bad release arrives at once.",
        advice: "Name a version in the address, best with `ARG VERSION=…`, and let a tool such as Renovate raise it.",
        references: &["https://docs.github.com/en/repositories/releasing-projects-on-github/linking-to-releases"],
        bad: &[
            "FROM debian:12\nRUN curl -fsSLO https://github.com/a/b/releases/latest/download/tool\n",
            "FROM debian:12\nRUN wget -q https://raw.githubusercontent.com/a/b/main/install.sh\n",
            "FROM debian:12\nRUN curl -fsSLO https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLO https://github.com/a/b/releases/download/v1.2/tool\n",
            "FROM debian:12\nRUN curl -fsSLO https://deb.example.com/pool/main/a/a_1.2.deb\n",
            "FROM debian:12\nRUN curl -fsSLO https://raw.githubusercontent.com/a/b/v1.2/install.sh\n",
        ],
        check: Check::Dockerfile(newest),
    },
];

fn plain(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let mut verified = None;
        for (at, call) in run.calls.iter().enumerate() {
            let addresses: Vec<&Word> = match Download::read(call) {
                // Programs are BS-D230, keys BS-D195.
                Some(_)
                    if run.piped_into(at).is_some_and(|next| next.is(&["sh", "bash", "apt-key", "gpg", "gpg2"])) =>
                {
                    continue;
                }
                Some(download) if download.options.has(&["I", "head", "spider"]) => continue,
                Some(download) => download.addresses,
                None if call.is(&["aria2c", "axel", "lynx", "fetch"]) => call.arguments().iter().collect(),
                None => continue,
            };
            let open = addresses.iter().find(|address| {
                let text = address.text.strip_prefix("--url=").unwrap_or(&address.text);
                (text.starts_with("http://") || text.starts_with("ftp://")) && !is_near(text)
            });
            if let Some(address) = open
                && !*verified.get_or_insert_with(|| verifies(&run))
            {
                found.report(address.span, format!("`{}` is fetched without encryption", shown(&address.text)));
            }
        }
    }
}

/// What a `RUN` downloads and then does something with; nothing if it checks anything.
fn each_use(run: &Run<'_>, mut each: impl FnMut(&Call, &Call, &str), uses: impl Fn(&Call) -> bool) {
    let mut saved: BTreeMap<&str, &Call> = BTreeMap::new();
    if !run.calls.iter().any(|call| call.is(&["curl", "wget", "wget2"])) || verifies(run) {
        return;
    }
    for call in run.calls.iter() {
        if let Some(download) = Download::read(call) {
            if let Some(name) = download.file() {
                saved.insert(name, call);
            }
            continue;
        }
        if !uses(call) || saved.is_empty() {
            continue;
        }
        for word in call.arguments() {
            let name = word.text.rsplit('/').next().unwrap_or_default();
            if let Some(download) = saved.remove(name) {
                each(call, download, name);
            }
        }
    }
}

fn unpacks(call: &Call) -> bool {
    call.is(&["tar", "bsdtar", "unzip", "gunzip", "bunzip2", "unxz", "xz", "gzip", "7z", "cpio", "unzstd", "zcat"])
}

fn unpacked(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let piped = run.calls.iter().enumerate().filter_map(|(at, call)| {
            let fetches = call.is(&["curl", "wget", "wget2"]);
            Some((call, run.piped_into(at).filter(|next| fetches && unpacks(next))?))
        });
        let piped: Vec<_> = piped.collect();
        if !piped.is_empty() && !verifies(&run) {
            for (call, next) in piped {
                found.report(
                    call.span.to(next.span),
                    format!("`{}` unpacks whatever `{}` gets", next.program(), call.program()),
                );
            }
        }
        let report = |call: &Call, download: &Call, name: &str| {
            found
                .report(call.span, format!("`{name}` is unpacked without a check of what was downloaded"))
                .note(download.span, "downloaded here");
        };
        each_use(&run, report, unpacks);
    }
}

fn executable(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let report = |call: &Call, download: &Call, name: &str| {
            found
                .report(call.span, format!("`{name}` becomes a program without a check of what was downloaded"))
                .note(download.span, "downloaded here");
        };
        each_use(&run, report, |call| {
            let mode = call.arguments().iter().map(|word| word.text.as_str()).any(|mode| {
                mode.contains("+x")
                    || mode.contains("+rx")
                    || (mode.len() <= 4 && mode.contains(['5', '7']) && mode.bytes().all(|byte| byte.is_ascii_digit()))
            });
            mode && call.is(&["chmod", "install"])
        });
    }
}

fn package(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let installs = |call: &Call| {
            call.is(&["dpkg", "rpm", "gdebi", "alien"])
                || APT.does(call, &["install"])
                || YUM.does(call, &["install", "localinstall"])
                || DNF.does(call, &["install", "localinstall"])
                || ZYPPER.does(call, &["install", "in"])
        };
        let report = |call: &Call, download: &Call, name: &str| {
            found
                .report(call.span, format!("`{name}` is installed without a check of what was downloaded"))
                .note(download.span, "downloaded here");
        };
        each_use(&run, report, installs);
    }
    each_call(file, |_, _, call| {
        // rpm only warns about a key it does not know; yum and dnf refuse.
        let address = call.arguments().iter().find(|word| word.text.contains("://"));
        let installs = call.is(&["rpm"]) && !call.has(&["--import", "-q", "--eval"]);
        if let Some(word) = address.filter(|_| installs) {
            found.report(word.span, format!("`{}` is installed as it comes", shown(&word.text)));
        }
    });
}

fn newest(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let Some(download) = Download::read(call) else { return };
        for address in &download.addresses {
            if is_moving(&address.text) {
                found.report(address.span, format!("`{}` gives another file from day to day", shown(&address.text)));
            }
        }
    });
}

fn is_moving(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let latest = rest.contains("/latest/")
        || rest.ends_with("/latest")
        || rest.contains("-latest-")
        || rest.contains("-latest.")
        || rest.contains("/latest.");
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let moving = |part: Option<&&str>| {
        part.is_some_and(|part| matches!(*part, "main" | "master" | "HEAD" | "develop" | "trunk"))
    };
    let branch = match host {
        "raw.githubusercontent.com" => moving(parts.get(2)) || parts.get(2..4) == Some(&["refs", "heads"]),
        "github.com" => {
            matches!(parts.get(2), Some(&("raw" | "blob"))) && moving(parts.get(3))
                || rest.contains("/archive/refs/heads/")
                || ["main", "master", "develop"].iter().any(|branch| rest.contains(&format!("/archive/{branch}.")))
        }
        _ => rest.contains("/-/raw/main/") || rest.contains("/-/raw/master/"),
    };
    latest || branch
}
