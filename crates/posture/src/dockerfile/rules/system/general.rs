//! What goes for all package managers, and pacman.

use std::collections::BTreeMap;

use boltseal_evidence::Severity;

use super::{APK, APT, BEST_PRACTICES, DNF, YUM, ZYPPER, installs, may_update, refresh};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{self, Options, Run, each_call, list, posix_runs};
use crate::dockerfile::shell::{Call, Join};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const PACMAN: &str = "https://man.archlinux.org/man/pacman.8";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D160",
        title: "package lists fetched in a layer of their own",
        severity: Severity::Medium,
        aliases: &["DS-0017", "CKV_DOCKER_5"],
        why: "The layer with the lists is cached and not fetched again when an install in another instruction changes, so \
              that install gets outdated packages or fails because the server no longer has them.",
        advice: "Join the update and the install with `&&` in one `RUN`.",
        references: &[BEST_PRACTICES],
        bad: &[
            "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n",
            "FROM alpine:3.20\nRUN apk update\nRUN apk add --no-cache curl\n",
            "FROM debian:12\nRUN apt-get install -y gnupg && apt-get update && rm -rf /tmp/x\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
            "FROM debian:12\nRUN apt-get update && ./install-packages.sh\n",
            // `yum update` installs newer packages; it fetches no lists for others.
            "FROM rockylinux:9\nRUN yum -y update && yum clean all\n",
            "FROM debian:12\nRUN apt-get update && apt-get -y upgrade\n",
        ],
        check: Check::Dockerfile(lists_alone),
    },
    Rule {
        id: "BS-D183",
        title: "all packages upgraded in a layer",
        severity: Severity::Negligible,
        aliases: &["DL3017", "DL3031", "DL3039"],
        why: "What an upgrade brings depends on the day of the build, and a cached layer keeps that day: it looks as if \
              the image was up to date. The replaced files still weigh in the base image's layers.",
        advice: "Move to a newer base image (by digest) whenever there is one, and rebuild without cache; upgrade single \
                 packages where a fix cannot wait.",
        references: &[BEST_PRACTICES],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get -y upgrade\n",
            "FROM alpine:3.20\nRUN apk --no-cache upgrade\n",
            "FROM rockylinux:9\nRUN dnf -y update && dnf clean all\n",
        ],
        good: &[
            "FROM rockylinux:9\nRUN dnf -y update openssl && dnf clean all\n",
            "FROM alpine:3.20\nRUN apk --no-cache upgrade libssl3\n",
            "FROM rockylinux:9\nRUN dnf -y update --security && dnf clean all\n",
            "FROM debian:12\nRUN apt-get update && apt-get install -y --only-upgrade openssl\n",
        ],
        check: Check::Dockerfile(upgrade),
    },
    Rule {
        id: "BS-D185",
        title: "packages removed in a later layer than they were installed in",
        severity: Severity::Low,
        aliases: &[],
        why: "Layers only add: a package that another `RUN` installed is hidden by its removal but stays in the image, \
              for everyone to download and unpack.",
        advice: "Install, use and remove it in one `RUN`, or build in a stage of its own and copy the result.",
        references: &["https://docs.docker.com/build/building/multi-stage/", BEST_PRACTICES],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y gcc git\nCOPY . /src\nRUN make -C /src\n\
             RUN apt-get purge -y gcc\n",
            "FROM alpine:3.20\nRUN apk add --no-cache --virtual .build gcc\nRUN make\nRUN apk del .build\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y gcc && make && apt-get purge -y gcc\n",
            "FROM debian:12\nRUN apt-get purge -y perl\n",
            "FROM alpine:3.20\nRUN apk add --no-cache --virtual .build gcc && make && apk del .build\n",
        ],
        check: Check::Dockerfile(removed_later),
    },
    Rule {
        id: "BS-D186",
        title: "caches removed in a layer of their own",
        severity: Severity::Low,
        aliases: &[],
        why: "A layer cannot make those below it smaller: files that an earlier instruction left are hidden by the \
              removal, not gone.",
        advice: "Remove them at the end of the `RUN` that makes them.",
        references: &[BEST_PRACTICES],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n",
            "FROM rockylinux:9\nRUN dnf install -y git\nRUN dnf clean all && rm -rf /var/cache/dnf\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:12\nRUN rm -rf /etc/nginx/sites-enabled/default\n",
        ],
        check: Check::Dockerfile(cleaned_later),
    },
    Rule {
        id: "BS-D187",
        title: "pacman installs with a fresh index on an old system",
        severity: Severity::Low,
        aliases: &[],
        why: "Arch Linux supports no partial upgrades: a package from today's index may need newer libraries than the \
              base image has, and then it, or something else, no longer starts.",
        advice: "Write `pacman -Syu --noconfirm package`.",
        references: &["https://wiki.archlinux.org/title/System_maintenance#Partial_upgrades_are_unsupported", PACMAN],
        bad: &["FROM archlinux:base\nRUN pacman -Sy --noconfirm git\n"],
        good: &[
            "FROM archlinux:base\nRUN pacman -Syu --noconfirm git && pacman -Scc --noconfirm\n",
            "FROM archlinux:base\nRUN pacman -Sy && pacman -Su --noconfirm\n",
            "FROM archlinux:base\nRUN pacman -Sy --noconfirm archlinux-keyring && pacman -Su --noconfirm\n",
        ],
        check: Check::Dockerfile(partial_upgrade),
    },
    Rule {
        id: "BS-D188",
        title: "pacman asks for confirmation that nobody can give",
        severity: Severity::Medium,
        aliases: &[],
        why: "Nobody answers during a build, so pacman's question ends it.",
        advice: "Add `--noconfirm`, which answers every question of this call.",
        references: &[PACMAN],
        bad: &["FROM archlinux:base\nRUN pacman -Syu git\n"],
        good: &[
            "FROM archlinux:base\nRUN pacman -Syu --noconfirm git && pacman -Q\n",
            "FROM archlinux:base\nRUN yes | pacman -Syu git\n",
        ],
        check: Check::Dockerfile(pacman_asks),
    },
    Rule {
        id: "BS-D190",
        title: "failure of an install ignored",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `|| true` the build goes on when nothing, or only a part, was installed, and the image breaks at run \
              time instead; a missed security update is not noticed at all.",
        advice: "Let the build fail, or handle the one failure that is expected.",
        references: &["https://docs.docker.com/reference/dockerfile/#run"],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl || true\n",
            "FROM debian:12\nRUN apt-get update || : && apt-get install -y curl\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl || exit 1\n",
            "FROM debian:12\nRUN apt-get install -y curl && (rm /tmp/x || true)\n",
            "FROM debian:12\nRUN apt-get install -y a || (apt-get update && apt-get install -y a)\n",
        ],
        check: Check::Dockerfile(ignored),
    },
    Rule {
        id: "BS-D191",
        title: "package forced in against its dependencies or checks",
        severity: Severity::Low,
        aliases: &[],
        why: "`dpkg --force-…` and `rpm --nodeps` leave a package database that does not fit the system: later updates \
              fail or stop at the broken package, and with them their security fixes.",
        advice: "Install the file with the package manager (`apt-get install ./x.deb`, `dnf install ./x.rpm`), which \
                 brings the dependencies along.",
        references: &["https://manpages.debian.org/stable/dpkg/dpkg.1.en.html"],
        bad: &[
            "FROM debian:12\nRUN dpkg --force-all -i /tmp/app.deb\n",
            "FROM rockylinux:9\nRUN rpm -ivh --nodeps /tmp/app.rpm\n",
        ],
        good: &[
            "FROM debian:12\nRUN dpkg -i /tmp/app.deb && dpkg --force-confold --configure -a\n",
            "FROM debian:12\nRUN dpkg --add-architecture i386\n",
        ],
        check: Check::Dockerfile(forced),
    },
];

/// `pacman -Sy` without a name.
pub(super) fn pacman_only_refreshes(call: &Call) -> bool {
    let options = pacman(call);
    options.has(&["S", "sync"])
        && options.has(&["y", "refresh"])
        && !options.has(&["u", "sysupgrade"])
        && options.operands.is_empty()
}

fn pacman(call: &Call) -> Options<'_> {
    Options::read(
        call,
        "br",
        &["dbpath", "root", "cachedir", "config", "gpgdir", "arch", "ignore", "overwrite", "assume-installed"],
    )
}

fn lists_alone(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        if let Some(call) = fetches_alone(&run) {
            let message = format!("`{}` fetches lists that no install in this `RUN` uses", words(call));
            found.report(call.span, message);
        }
    }
}

/// The last call of a `RUN` that fetches lists, if nothing after it could use them.
pub(super) fn fetches_alone<'r>(run: &'r Run<'_>) -> Option<&'r Call> {
    let at = run.calls.iter().rposition(refresh)?;
    let used = run.calls.iter().skip(at + 1).any(|call| !is_harmless(call));
    run.calls.get(at).filter(|_| !used)
}

/// The call can install nothing.
fn is_harmless(call: &Call) -> bool {
    let cleaning = ["clean", "autoclean", "dist-clean", "autoremove"];
    matches!(
        call.program(),
        "rm" | "echo"
            | "true"
            | ":"
            | ""
            | "mkdir"
            | "ls"
            | "set"
            | "export"
            | "cat"
            | "printf"
            | "date"
            | "sleep"
            | "find"
    ) || [APT, YUM, DNF, ZYPPER, APK].iter().any(|manager| manager.does(call, &cleaning))
}

/// The first two words: `apt-get update`.
fn words(call: &Call) -> String {
    let words: Vec<&str> = call.effective().iter().take(2).map(|word| word.text.as_str()).collect();
    words.join(" ")
}

/// hadolint has withdrawn its rules on this; ours is no more than a hint.
fn upgrade(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let actions = [
            (APT, ["upgrade", "safe-upgrade"]),
            (APK, ["upgrade", "upgrade"]),
            (YUM, ["update", "upgrade"]),
            (DNF, ["update", "upgrade"]),
            (ZYPPER, ["update", "up"]),
        ];
        let all = actions.iter().any(|(manager, verbs)| {
            manager.action(call).is_some_and(|action| {
                action.is(verbs)
                    && action.names.is_empty()
                    && !action.options.has(&["security", "advisory", "cve", "cves", "bugfix", "sec-severity"])
            })
        });
        if all {
            found.report(call.span, format!("`{}` upgrades whatever is newer on the day of the build", call.program()));
        }
    });
}

fn removed_later(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    // Where a package of the current stage was installed: the number of its RUN.
    let mut installed: BTreeMap<String, (usize, crate::source::Span)> = BTreeMap::new();
    let mut stage = None;
    for (number, run) in posix_runs(file).enumerate() {
        if run.instruction.stage != stage {
            installed.clear();
            stage = run.instruction.stage;
        }
        if !run.kept {
            continue;
        }
        for call in run.calls.iter() {
            for (name, span) in added(call) {
                installed.insert(name, (number, span));
            }
            let gone = removed(call);
            let earlier: Vec<_> = gone
                .iter()
                .copied()
                .filter(|name| installed.get(&name.text).is_some_and(|(other, _)| *other < number))
                .collect();
            if let Some(first) = earlier.first() {
                let message = format!("{} still in the layer that installed it", run::list_is(&earlier));
                let report = found.report(first.span, message);
                if let Some((_, span)) = installed.get(&first.text) {
                    report.note(*span, "installed here");
                }
            }
        }
    }
}

/// The names that a call installs, and the group that they are given.
fn added(call: &Call) -> Vec<(String, crate::source::Span)> {
    let action = [
        (APT, ["install", "install"]),
        (APK, ["add", "add"]),
        (YUM, ["install", "localinstall"]),
        (DNF, ["install", "in"]),
        (ZYPPER, ["install", "in"]),
    ]
    .iter()
    .find_map(|(manager, verbs)| manager.action(call).filter(|action| action.is(verbs)));
    let Some(action) = action else { return Vec::new() };
    let names = action.names.iter().map(|name| {
        let bare = name.text.split(['=', '<', '>', '~']).next().unwrap_or_default();
        (bare.to_owned(), name.span)
    });
    let group = action.options.values(&["t", "virtual"]).filter(|_| call.is(&["apk"]));
    names.chain(group.map(|(name, word)| (name.to_owned(), word.span))).collect()
}

fn removed(call: &Call) -> Vec<&crate::dockerfile::Word> {
    let verbs = ["remove", "purge", "autoremove", "erase", "del", "rm"];
    [APT, APK, YUM, DNF, ZYPPER]
        .iter()
        .find_map(|manager| manager.action(call).filter(|action| action.is(&verbs)))
        .map(|action| action.names)
        .unwrap_or_default()
}

fn cleaned_later(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let calls = run.calls;
        let only = !calls.is_empty()
            && calls.iter().all(|call| cleans(call) || matches!(call.program(), "set" | "true" | ":" | "echo"));
        if let Some(call) = calls.iter().find(|call| only && cleans(call)) {
            found.report(call.span, "this only hides what an earlier layer keeps");
        }
    }
}

fn cleans(call: &Call) -> bool {
    let caches =
        ["/var/lib/apt", "/var/cache/apt", "/var/cache/apk", "/var/cache/yum", "/var/cache/dnf", "/var/cache/zypp"];
    let removes = call.is(&["rm"])
        && call.arguments().iter().any(|word| caches.iter().any(|cache| word.text.starts_with(cache)))
        && call.arguments().iter().all(|word| {
            word.text.starts_with(['-', '/'])
                && (word.text.starts_with('-') || word.text.starts_with("/var/") || word.text.starts_with("/tmp"))
        });
    removes || [APT, YUM, DNF, ZYPPER].iter().any(|manager| manager.does(call, &["clean", "autoclean", "cc"]))
}

fn partial_upgrade(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let upgraded = run.calls.iter().any(|call| call.is(&["pacman"]) && pacman(call).has(&["u", "sysupgrade"]));
        for call in run.calls.iter().filter(|call| !upgraded && call.is(&["pacman"])) {
            let options = pacman(call);
            if options.has(&["S", "sync"]) && options.has(&["y", "refresh"]) && !options.operands.is_empty() {
                found.report(
                    call.span,
                    format!("`-Sy` installs {} without upgrading the rest", list(&options.operands)),
                );
            }
        }
    }
}

fn pacman_asks(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |run: &Run<'_>, _, call| {
        if !call.is(&["pacman"]) || call.join == Join::Pipe {
            return;
        }
        let options = pacman(call);
        let acts = options.has(&["u", "sysupgrade"]) || !options.operands.is_empty();
        let asking = options.has(&["S", "sync", "R", "remove", "U", "upgrade"]) && acts;
        if asking
            && !options.has(&["noconfirm", "p", "print", "s", "search", "i", "info", "l", "list", "g", "groups"])
            && let Some(program) = call.effective().first()
        {
            found
                .report(call.span, "`pacman` without `--noconfirm` asks before it goes on")
                .fix("add `--noconfirm`", [run::insert(run, program, "--noconfirm")]);
        }
    });
}

fn ignored(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        // The list of `&&` and `||` that the last install stands in.
        let mut install: Option<&Call> = None;
        for call in run.calls.iter() {
            if call.join == Join::Or
                && let Some(failing) = install.filter(|failing| failing.depth == call.depth)
                && matches!(call.program(), "true" | ":")
            {
                let message = format!("`|| {}` hides that `{}` failed", call.program(), words(failing));
                found.report(failing.span.to(call.span), message);
                install = None;
            } else if installs(call) || refresh(call) {
                install = Some(call);
            } else if !matches!(call.join, Join::And) || may_update(call) {
                install = None;
            }
        }
    }
}

fn forced(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let forcing: &[&str] = match call.program() {
            "dpkg" => &[
                "--force-all",
                "--force-depends",
                "--force-depends-version",
                "--force-bad-verify",
                "--force-breaks",
                "--force-conflicts",
                "--force-overwrite",
            ],
            "rpm" => &["--nodeps", "--force"],
            _ => return,
        };
        if let Some(word) = call.arguments().iter().find(|word| forcing.contains(&word.text.as_str())) {
            found.report(word.span, format!("`{}` overrides what `{}` would refuse", word.text, call.program()));
        }
    });
}
