//! apt: lists, questions, recommendations, versions.

use boltseal_evidence::Severity;

use super::{APT, BEST_PRACTICES, may_update, refresh};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{self, Run, each_call, is_variable, list_is, posix_runs};
use crate::dockerfile::shell::{Call, Join};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const APT_GET: &str = "https://manpages.debian.org/stable/apt/apt-get.8.en.html";
const LISTS: &str = "/var/lib/apt/lists";
const REMOVE_LISTS: &str = "rm -rf /var/lib/apt/lists/*";
/// What asks before it goes on.
const ASKING: &[&str] = &[
    "install",
    "reinstall",
    "remove",
    "purge",
    "autoremove",
    "upgrade",
    "safe-upgrade",
    "full-upgrade",
    "dist-upgrade",
    "build-dep",
];

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D161",
        title: "packages installed from lists that another layer fetched",
        severity: Severity::Low,
        aliases: &[],
        why: "Layers are cached. An install that does not fetch the lists itself uses those of an older layer or of the \
              base image, and gets versions that are outdated, without their security fixes, or no longer on the server.",
        advice: "Write `apt-get update && apt-get install …` as one `RUN`, so that the lists are as fresh as the install.",
        references: &[BEST_PRACTICES],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
            "FROM debian:12\nRUN apt install -y git\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl && \
             rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:12\nCOPY app.deb /tmp/\nRUN apt-get install -y /tmp/app.deb\n",
            "FROM debian:12\nRUN curl -fsSL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\n",
            "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get install -y git\n",
            // That is BS-D160.
            "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y git\n",
        ],
        check: Check::Dockerfile(stale_lists),
    },
    Rule {
        id: "BS-D162",
        title: "apt's package lists left in the image",
        severity: Severity::Low,
        aliases: &["DL3009"],
        why: "`apt-get update` leaves some 20 to 50 MB of package lists, which every pull of the image carries along and \
              which are outdated within days.",
        advice: "Remove them in the same `RUN`: `&& rm -rf /var/lib/apt/lists/*`. A later `RUN` cannot make the layer \
                 smaller again.",
        references: &[BEST_PRACTICES, "https://github.com/hadolint/hadolint/wiki/DL3009"],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n",
            "FROM debian:12\nRUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y curl\n",
            "FROM debian:12\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y curl\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl && \
             rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/{apt,dpkg,cache,log}/\n",
            "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && \
             apt-get install -y curl\n",
            "FROM debian:12 AS build\nRUN apt-get update && apt-get install -y gcc\nFROM scratch\nCOPY --from=build /a /a\n",
        ],
        check: Check::Dockerfile(lists_left),
    },
    Rule {
        id: "BS-D163",
        title: "apt asks for confirmation that nobody can give",
        severity: Severity::Medium,
        aliases: &["DL3014", "DS-0021"],
        why: "Nobody answers during a build: when apt asks whether to continue it reads the end of its input and aborts. \
              Whether it asks depends on what else it would install, so the build breaks some day for no visible reason.",
        advice: "Add `-y` (`--yes`), which answers every question of this call.",
        references: &[APT_GET, BEST_PRACTICES],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install --no-install-recommends curl\n",
            "FROM debian:12\nRUN [\"apt-get\", \"install\", \"curl\"]\n",
            "FROM debian:12\nRUN apt-get purge -q gcc\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -qy --no-install-recommends curl\n",
            "FROM debian:12\nRUN apt-get -qq install curl && apt-get --assume-yes remove gcc\n",
            "FROM debian:12\nRUN yes | apt-get install curl\n",
            "FROM debian:12\nRUN apt-get -o APT::Get::Assume-Yes=true install curl && apt-get install -s git\n",
        ],
        check: Check::Dockerfile(asks),
    },
    Rule {
        id: "BS-D164",
        title: "apt installs recommended packages too",
        severity: Severity::Low,
        aliases: &["DL3015", "DS-0029"],
        why: "By default apt also installs what packages recommend: documentation, tools, sometimes whole daemons that \
              nobody asked for. Each is more to download, and more that can have a vulnerability.",
        advice: "Add `--no-install-recommends`, and name the few recommended packages that are really needed, such as \
                 `ca-certificates` beside `curl`.",
        references: &[BEST_PRACTICES, APT_GET],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:12\nRUN [\"apt-get\", \"install\", \"-y\", \"curl\"]\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n",
            "FROM debian:12\nRUN apt-get -o APT::Install-Recommends=false install -y curl\n",
            "FROM debian:12\nRUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/10 && apt-get install -y curl\n",
        ],
        check: Check::Dockerfile(recommends),
    },
    Rule {
        id: "BS-D165",
        title: "package of apt without a version",
        severity: Severity::Low,
        aliases: &["DL3008"],
        why: "Without a version the build takes whatever is newest on that day: two builds of one commit differ, and \
              nobody can tell from the Dockerfile what is in the image.",
        advice: "Write `package=version` (a wildcard such as `curl=7.88.*` is allowed), or install from a dated archive \
                 such as snapshot.debian.org.",
        references: &[BEST_PRACTICES, "https://snapshot.debian.org/"],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl git=1:2.39.2-1.1\n",
            "FROM debian:12\nRUN [\"apt-get\", \"install\", \"-y\", \"curl\"]\n",
            "FROM debian:12\nRUN bash -c 'apt-get install -y -t bookworm-backports curl'\n",
            "FROM debian:12\nRUN deps='gcc make' && apt-get install -y $deps\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get install -y -t bookworm-backports curl=7.88.* git/bookworm ./app.deb\n",
            "FROM debian:12\nARG PACKAGES\nRUN apt-get install -y $PACKAGES linux-headers-$(uname -r) gcc-\n",
            "FROM debian:12\nRUN apt-get install -y -f\n",
        ],
        check: Check::Dockerfile(unpinned),
    },
    Rule {
        id: "BS-D166",
        title: "apt in a script",
        severity: Severity::Low,
        aliases: &["DL3027", "CKV_DOCKER_9"],
        why: "`apt` is made for people at a terminal: its options and output may change between releases, and it warns \
              so whenever a script calls it.",
        advice: "Call `apt-get` (or `apt-cache` to search) instead.",
        references: &["https://manpages.debian.org/stable/apt/apt.8.en.html"],
        bad: &[
            "FROM debian:12\nRUN apt update && apt install -y curl\n",
            "FROM debian:12\nRUN [\"apt\", \"update\"]\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
            "FROM debian:12\nRUN echo apt && ls /etc/apt\n",
        ],
        check: Check::Dockerfile(apt),
    },
    Rule {
        id: "BS-D168",
        title: "distribution upgraded to another state in a layer",
        severity: Severity::Low,
        aliases: &["DL3005", "DL3035", "DS-0024"],
        why: "A distribution upgrade may remove packages and replace others by those of another release, so the image no \
              longer is what the tag of its base says, and the old files still weigh in the layers below.",
        advice: "Choose a newer base image, and rebuild when it gets updates.",
        references: &[BEST_PRACTICES, APT_GET],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get -y dist-upgrade\n",
            "FROM opensuse/leap:15.6\nRUN zypper --non-interactive dup\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y --only-upgrade openssl\n",
            // Tumbleweed has no other way to update.
            "FROM opensuse/tumbleweed\nRUN zypper --non-interactive dup && zypper clean\n",
        ],
        check: Check::Dockerfile(dist_upgrade),
    },
];

/// hadolint does not look at scripts that fetch lists themselves; neither do we.
fn stale_lists(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    // Where the update stands alone, BS-D160 speaks of it.
    let mut alone = None;
    for run in posix_runs(file).filter(|run| !run.mounts(LISTS)) {
        if super::general::fetches_alone(&run).is_some() {
            alone = Some(run.instruction.stage);
        }
        if alone == Some(run.instruction.stage) {
            continue;
        }
        for call in run.calls.iter() {
            if refresh(call) || may_update(call) {
                break;
            }
            let Some(action) = APT.action(call).filter(|action| action.is(&["install"])) else { continue };
            let remote: Vec<_> = action
                .names
                .iter()
                .copied()
                .filter(|name| !name.text.contains('/') && !name.text.ends_with(".deb") && !is_variable(&name.text))
                .collect();
            if !remote.is_empty() {
                let message = format!("{} installed without `apt-get update` in the same `RUN`", list_is(&remote));
                found.report(call.span, message);
                break;
            }
        }
    }
}

/// Beyond hadolint: the removal has to come after the update, and any way of removal counts (`rm -r`, `find -delete`,
/// `apt-get dist-clean`, a script called clean-up, a tmpfs mount).
fn lists_left(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let needed = installs_from_other_layers(file);
    for run in posix_runs(file).filter(|run| run.kept && !run.mounts(LISTS)) {
        let Some(at) = run.calls.iter().rposition(|call| APT.does(call, &["update"])) else { continue };
        let Some(call) = run.calls.get(at) else { continue };
        let cleaned = run.removes(at, "/var/lib/apt") || run.calls.iter().skip(at).any(cleans);
        if cleaned {
            continue;
        }
        let report = found.report(call.span, "`apt-get update` leaves its package lists in the layer");
        let root = call.words.first().is_none_or(|word| word.text != "sudo");
        if let Some(edit) = run::append(file, &run, REMOVE_LISTS).filter(|_| root && !needed) {
            report.fix("remove the lists at the end of the `RUN`", [edit]);
        }
    }
}

/// A `RUN` installs without fetching the lists itself, so that removing them elsewhere would break it.
fn installs_from_other_layers(file: &Dockerfile<'_>) -> bool {
    let verbs = ["install", "reinstall", "build-dep", "satisfy", "source", "download", "show", "policy", "search"];
    posix_runs(file).any(|run| {
        let first = run.calls.iter().position(|call| APT.does(call, &["update"])).unwrap_or(usize::MAX);
        let before = run.calls.iter().take(first);
        before
            .clone()
            .any(|call| APT.does(call, &verbs) || APT.does(call, &["upgrade", "dist-upgrade", "full-upgrade"]))
            || before.clone().any(|call| call.is(&["apt-cache", "playwright", "gdebi"]))
    })
}

fn cleans(call: &Call) -> bool {
    let own = call.is(&["apt-get", "apt", "aptitude"]);
    APT.does(call, &["dist-clean", "distclean"]) || (!own && call.program().to_ascii_lowercase().contains("clean"))
}

/// Beyond hadolint: `apt` and everything that asks, not only `apt-get install`; what is piped into it counts as answer.
fn asks(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    if ["Assume-Yes \"true", "Assume-Yes \"1", "Assume-Yes true", "Assume-Yes \\\"true"]
        .iter()
        .any(|setting| file.source.text.contains(setting))
    {
        return;
    }
    each_call(file, |run, _, call| {
        let Some(action) = APT.action(call).filter(|action| action.is(ASKING)) else { return };
        let options = &action.options;
        let told = options.has(&["y", "yes", "assume-yes", "trivial-only"])
            || options.count("q") > 1
            || options.word(&["q"]).is_some_and(|word| word.text.contains("=2"))
            || options.values(&["quiet"]).any(|(value, _)| value == "2")
            || options.values(&["o", "option"]).any(|(value, _)| value.contains("Assume-Yes"));
        let harmless =
            options.has(&["s", "simulate", "just-print", "dry-run", "recon", "no-act", "print-uris", "h", "help"]);
        if told || harmless || call.join == Join::Pipe || !call.redirects.iter().all(|each| each.operator != "<") {
            return;
        }
        let message = format!("`{} {}` without `-y` asks before it goes on", call.program(), action.verb.text);
        found.report(call.span, message).fix("add `-y`", [run::insert(run, action.verb, "-y")]);
    });
}

/// No fix: what was recommended may be needed, as `ca-certificates` is by `curl`.
fn recommends(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    if file.source.text.contains("APT::Install-Recommends \"") || file.source.text.contains("Install-Recommends \\\"") {
        return;
    }
    each_call(file, |_, _, call| {
        let Some(action) = APT.action(call).filter(|action| action.is(&["install"])) else { return };
        let options = &action.options;
        let told = options.has(&["no-install-recommends", "without-recommends", "R", "install-recommends"])
            || options.values(&["o", "option"]).any(|(value, _)| value.contains("Install-Recommends"))
            || options.has(&["f", "fix-broken"]) && action.names.is_empty();
        if !told {
            let message = format!("`{} install` also installs what is only recommended", call.program());
            found.report(call.span, message);
        }
    });
}

/// Unlike hadolint, a name that is a variable as a whole is not reported if its value is not known: it may hold the version.
fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    super::report_open(
        file,
        found,
        &APT,
        |action| action.is(&["install"]),
        |name| {
            let pinned = name.contains('=') || name.contains('/') || name.ends_with(".deb");
            // `name-` is removed.
            !(pinned || name.ends_with('-') || name.contains("$("))
        },
    );
}

fn apt(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let Some(program) = call.effective().first().filter(|word| word.text == "apt") else { return };
        let report = found.report(program.span, "`apt` is made for people, not for scripts");
        let same = ["install", "update", "upgrade", "remove", "purge", "autoremove", "clean", "autoclean", "build-dep"];
        if APT.does(call, &same) {
            let quoted = file.source.slice(program.span).starts_with('"');
            let text = if quoted { "\"apt-get\"" } else { "apt-get" };
            report.fix("call `apt-get`", [(program.span, text.to_owned())]);
        }
    });
}

/// hadolint no longer has DL3005, and reports DL3035 for Tumbleweed as well, where nothing else updates.
fn dist_upgrade(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let bases = run::root_images(file);
    each_call(file, |run: &Run<'_>, _, call| {
        let apt = APT.does(call, &["dist-upgrade", "full-upgrade"]);
        let rolling = run.instruction.stage.and_then(|stage| bases.get(stage));
        let rolling = rolling.is_some_and(|base| base.contains("tumbleweed"));
        let zypper = !rolling && super::ZYPPER.does(call, &["dist-upgrade", "dup"]);
        if apt || zypper || call.is(&["do-release-upgrade"]) {
            let message = format!("`{}` moves the whole distribution to another state", call.program());
            found.report(call.span, message);
        }
    });
}
