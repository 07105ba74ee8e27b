//! Where packages come from, and which ones have no place in an image.

use boltseal_evidence::Severity;

use super::{APK, APT, DNF, YUM, ZYPPER};
use crate::dockerfile::rules::run::{self, each_call, kept_stages, list};
use crate::dockerfile::shell::Call;
use crate::dockerfile::{Body, Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;

const THIRD_PARTY: &str = "https://wiki.debian.org/DebianRepository/UseThirdParty";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D167",
        title: "DEBIAN_FRONTEND kept in the image's environment",
        severity: Severity::Low,
        aliases: &[],
        why: "What `ENV` sets is there in every container too: who later works in one with apt is never asked anything and \
              gets defaults, and images built on this one inherit that.",
        advice: "Set it for the build alone: `ARG DEBIAN_FRONTEND=noninteractive`, or in front of the command.",
        references: &["https://docs.docker.com/reference/dockerfile/#env"],
        bad: &[
            "FROM debian:12\nENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get update && apt-get install -y tzdata\n",
            "FROM debian:12\nENV DEBIAN_FRONTEND noninteractive\n",
        ],
        good: &[
            "FROM debian:12\nARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get update && apt-get install -y tzdata\n",
            "FROM debian:12\nENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get update\nENV DEBIAN_FRONTEND=\n",
            "FROM debian:12 AS build\nENV DEBIAN_FRONTEND=noninteractive\nFROM scratch\nCOPY --from=build /a /a\n",
        ],
        check: Check::Dockerfile(frontend),
    },
    Rule {
        id: "BS-D169",
        title: "key added with apt-key",
        severity: Severity::Medium,
        aliases: &[],
        why: "A key that `apt-key` adds is trusted for every repository: its owner can replace any package of the \
              distribution. The program is deprecated for that reason and gone from Debian 13.",
        advice: "Put the key into `/etc/apt/keyrings/` and name it in the source alone: `deb [signed-by=/etc/apt/keyrings/x.gpg] …`.",
        references: &["https://manpages.debian.org/bookworm/apt/apt-key.8.en.html", THIRD_PARTY],
        bad: &[
            "FROM debian:12\nRUN curl -fsSL https://example.com/key.gpg | apt-key add -\n",
            "FROM debian:12\nRUN apt-key adv --keyserver hkps://keyserver.ubuntu.com --recv-keys \
             0E98404D386FA1D9A2D3B1CF6A0E2C4B8D0B3C21\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSL https://example.com/key.asc -o /etc/apt/keyrings/example.asc\n",
            "FROM debian:12\nRUN apt-key list && apt-key del 12345678\n",
        ],
        check: Check::Dockerfile(apt_key),
    },
    Rule {
        id: "BS-D170",
        title: "apt told to do even what may break the system",
        severity: Severity::Medium,
        aliases: &["CKV2_DOCKER_11"],
        why: "`--force-yes` accepts unsigned packages, downgrades and the removal of essential ones without a word; apt \
              itself calls it dangerous and deprecated.",
        advice: "Use `-y`, and of `--allow-downgrades`, `--allow-remove-essential` and `--allow-change-held-packages` the \
                 one that is needed.",
        references: &["https://manpages.debian.org/stable/apt/apt-get.8.en.html"],
        bad: &["FROM debian:12\nRUN apt-get update && apt-get install -y --force-yes curl\n"],
        good: &["FROM debian:12\nRUN apt-get update && apt-get install -y --allow-downgrades curl=7.88.1-10\n"],
        check: Check::Dockerfile(force_yes),
    },
    Rule {
        id: "BS-D184",
        title: "package repository reached without encryption",
        severity: Severity::Low,
        aliases: &[],
        why: "Signatures protect the packages, but anyone on the way sees what is installed, can hold back updates by \
              serving old lists, and has apt or apk parse what they send; for rpm repositories not even the lists are \
              signed by default.",
        advice: "Write `https://`: Debian, Ubuntu, Alpine and nearly all vendors serve it.",
        references: &[THIRD_PARTY],
        bad: &[
            "FROM debian:12\nRUN echo 'deb http://repo.example.com/apt stable main' > /etc/apt/sources.list.d/x.list\n",
            "FROM fedora:40\nRUN dnf config-manager --add-repo http://repo.example.com/x.repo\n",
            "FROM alpine:3.20\nRUN apk add --no-cache -X http://repo.example.com/alpine x=1\n",
        ],
        good: &[
            "FROM debian:12\nRUN echo 'deb https://repo.example.com/apt stable main' > /etc/apt/sources.list.d/x.list\n",
            "FROM debian:12\nRUN sed -i 's,http://mirror.example.com,https://mirror.example.com,' /etc/apt/sources.list\n",
            "FROM debian:12\nRUN echo 'see http://example.com' > /etc/motd\n",
        ],
        check: Check::Dockerfile(plain_repository),
    },
    Rule {
        id: "BS-D192",
        title: "packages of a personal archive",
        severity: Severity::Low,
        aliases: &[],
        why: "A PPA is run by whoever opened it: nobody reviews its packages, they may replace those of the distribution, \
              and they get security fixes only as long as the owner cares.",
        advice: "Use the distribution's or the vendor's package, or pin what the archive may provide.",
        references: &["https://help.launchpad.net/Packaging/PPA"],
        bad: &["FROM ubuntu:24.04\nRUN add-apt-repository -y ppa:deadsnakes/ppa && apt-get update\n"],
        good: &["FROM ubuntu:24.04\nRUN add-apt-repository -y universe && apt-get update\n"],
        check: Check::Dockerfile(personal),
    },
    Rule {
        id: "BS-D193",
        title: "tools of an intruder in the image",
        severity: Severity::Low,
        aliases: &[],
        why: "Scanners, sniffers and network shells are what someone who has broken into a container looks for first; an \
              application never needs them.",
        advice: "Leave them out, and debug with `kubectl debug` or `docker debug`, which bring their own tools.",
        references: &[
            "https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container",
        ],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y netcat-openbsd tcpdump\n",
            "FROM alpine:3.20\nRUN apk add --no-cache nmap=7.95-r0\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y netcat-openbsd && nc -z db 1 ; apt-get purge -y netcat-openbsd\n",
            "FROM debian:12 AS test\nRUN apt-get update && apt-get install -y nmap\nFROM debian:12\n",
        ],
        check: Check::Dockerfile(tools),
    },
    Rule {
        id: "BS-D195",
        title: "signing key fetched without encryption",
        severity: Severity::High,
        aliases: &[],
        why: "Whoever can change the traffic replaces the key by their own, and from then on every package that they sign \
              counts as genuine.",
        advice: "Fetch the key over `https://` and compare its fingerprint, or copy it from the repository.",
        references: &[THIRD_PARTY],
        bad: &[
            "FROM fedora:40\nRUN rpm --import http://repo.example.com/RPM-GPG-KEY\n",
            "FROM debian:12\nRUN wget -qO- http://repo.example.com/key.gpg | apt-key add -\n",
            "FROM debian:12\nRUN curl -f http://repo.example.com/key | gpg --dearmor -o /etc/apt/keyrings/x.gpg\n",
        ],
        good: &[
            "FROM fedora:40\nRUN rpm --import https://repo.example.com/RPM-GPG-KEY\n",
            "FROM debian:12\nRUN curl -f http://example.com/a.tgz | tar xz\n",
        ],
        check: Check::Dockerfile(plain_key),
    },
];

fn frontend(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let kept = kept_stages(file);
    let bases: Vec<usize> = file.stages.iter().filter_map(|stage| file.base(stage)?.stage).collect();
    for stage in file.stages.iter().filter(|stage| kept.contains(&stage.index)) {
        let pairs = file.of(stage).iter().filter_map(|instruction| match &instruction.body {
            Body::Env(pairs) => Some(pairs.iter().map(move |pair| (instruction, pairs.len(), pair))),
            _ => None,
        });
        let Some((instruction, count, pair)) = pairs.flatten().rfind(|(_, _, pair)| pair.key.text == "DEBIAN_FRONTEND")
        else {
            continue;
        };
        let Some(value) =
            pair.value.as_ref().filter(|value| matches!(value.text.as_str(), "noninteractive" | "teletype"))
        else {
            continue;
        };
        let message = format!("`DEBIAN_FRONTEND={}` stays in every container of this image", value.text);
        let report = found.report(pair.key.span.to(value.span), message);
        // As an ARG it is gone in stages built on this one.
        if count == 1 && !bases.contains(&stage.index) {
            let mut edits = vec![(instruction.keyword_span, "ARG".to_owned())];
            if pair.legacy {
                edits.push((Span::new(pair.key.span.end, value.span.start), "=".to_owned()));
            }
            report.fix("set it for the build alone", edits);
        }
    }
}

fn apt_key(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let adds = call.arguments().iter().find(|word| matches!(word.text.as_str(), "add" | "adv"));
        if call.is(&["apt-key"])
            && let Some(verb) = adds
        {
            found.report(call.span, format!("`apt-key {}` trusts a key for every repository", verb.text));
        }
    });
}

fn force_yes(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        if call.is(APT.programs)
            && let Some(word) = call.arguments().iter().find(|word| word.text == "--force-yes")
        {
            found.report(word.span, "`--force-yes` accepts unsigned packages, downgrades and removals");
        }
    });
}

fn plain_repository(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let plain = call.arguments().iter().find(|word| word.text.contains("http://") && !is_local(&word.text));
        let Some(word) = plain else { return };
        let repository = match call.program() {
            "echo" | "printf" => {
                let lists = call.redirects.iter().any(|each| is_source_list(&each.target.text));
                lists || word.text.starts_with("deb http") || word.text.starts_with("deb [")
            }
            "apk" => APK.does(call, &["add", "update", "upgrade"]),
            "add-apt-repository" | "apt-add-repository" | "yum-config-manager" => true,
            "dnf" | "dnf5" => DNF.does(call, &["config-manager"]),
            "zypper" => ZYPPER.does(call, &["addrepo", "ar"]),
            _ => false,
        };
        if repository {
            found.report(word.span, "this repository is reached without encryption");
        }
    });
}

fn is_source_list(path: &str) -> bool {
    path.starts_with("/etc/apt/sources.list")
        || path == "/etc/apk/repositories"
        || path.starts_with("/etc/yum.repos.d/")
}

/// An address on the machine itself.
fn is_local(text: &str) -> bool {
    ["http://localhost", "http://127.", "http://[::1]", "http://host.docker.internal"]
        .iter()
        .any(|own| text.contains(own))
}

fn personal(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let archive = call.arguments().iter().find(|word| word.text.starts_with("ppa:"));
        if call.is(&["add-apt-repository", "apt-add-repository"])
            && let Some(word) = archive
        {
            found.report(word.span, format!("`{}` is a personal archive", word.text));
        }
    });
}

const TOOLS: &[&str] = &[
    "nmap",
    "ncat",
    "netcat",
    "netcat-openbsd",
    "netcat-traditional",
    "nmap-ncat",
    "socat",
    "tcpdump",
    "telnet",
    "telnetd",
    "hydra",
    "sqlmap",
    "masscan",
    "wireshark",
    "tshark",
    "ettercap-common",
    "aircrack-ng",
    "dsniff",
    "hping3",
    "john",
    "nikto",
];

fn tools(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in run::posix_runs(file).filter(|run| run.kept) {
        for call in run.calls.iter() {
            let names: Vec<&Word> = installed(call)
                .into_iter()
                .filter(|name| TOOLS.contains(&name.text.split(['=', '~', '<', '>', '/']).next().unwrap_or_default()))
                .collect();
            if names.is_empty() {
                continue;
            }
            let removed = run.calls.iter().any(|later| {
                APT.does(later, &["purge", "remove"]) || APK.does(later, &["del"]) || DNF.does(later, &["remove"])
            });
            if let Some(first) = names.first().filter(|_| !removed) {
                let message = format!("{} in the image helps whoever breaks in", list(&names));
                found.report(first.span, message);
            }
        }
    }
}

/// What a call installs, with any package manager.
pub(in crate::dockerfile::rules) fn installed(call: &Call) -> Vec<&Word> {
    let verbs = ["install", "add", "in"];
    [APT, APK, YUM, DNF, ZYPPER]
        .iter()
        .find_map(|manager| manager.action(call).filter(|action| action.is(&verbs)))
        .map(|action| action.names)
        .unwrap_or_default()
}

fn plain_key(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |run, at, call| {
        let plain = call.arguments().iter().find(|word| word.text.starts_with("http://") && !is_local(&word.text));
        let Some(word) = plain else { return };
        let key = match call.program() {
            "rpm" | "rpmkeys" => call.has(&["--import"]),
            "apt-key" => true,
            "curl" | "wget" => {
                let piped = run.piped_into(at).is_some_and(|next| next.is(&["apt-key", "gpg", "gpg2"]));
                piped
                    || call
                        .words
                        .iter()
                        .any(|word| word.text.contains("/keyrings/") || word.text.contains("trusted.gpg.d"))
            }
            _ => false,
        };
        if key {
            found.report(word.span, "this key comes without encryption: anyone on the way can replace it");
        }
    });
}
