//! zypper: cache, questions, versions.

use boltseal_evidence::Severity;

use super::{BEST_PRACTICES, ZYPPER};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{self, Action, each_call, posix_runs};
use crate::dockerfile::shell::Join;
use crate::finding::Found;
use crate::rule::{Check, Rule};

const MANUAL: &str = "https://en.opensuse.org/SDB:Zypper_manual";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D176",
        title: "zypper's cache left in the image",
        severity: Severity::Low,
        aliases: &["DL3036", "DS-0020"],
        why: "zypper keeps the repositories' metadata below `/var/cache/zypp`, which every pull of the image carries along.",
        advice: "End the `RUN` with `&& zypper clean --all`. A later `RUN` cannot make the layer smaller again.",
        references: &[MANUAL, BEST_PRACTICES],
        bad: &["FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58\n"],
        good: &[
            "FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58 && zypper clean\n",
            "FROM opensuse/leap:15.6\nRUN zypper -n in httpd=2.4.58 && rm -rf /var/cache/zypp/*\n",
            "FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypp zypper -n in httpd=2.4.58\n",
        ],
        check: Check::Dockerfile(cache),
    },
    Rule {
        id: "BS-D179",
        title: "zypper asks for confirmation that nobody can give",
        severity: Severity::Medium,
        aliases: &["DL3034"],
        why: "Nobody answers during a build, so zypper's question ends it.",
        advice: "Add `-y` to the command, or `--non-interactive` before it.",
        references: &[MANUAL],
        bad: &[
            "FROM opensuse/leap:15.6\nRUN zypper install httpd=2.4.58 && zypper clean\n",
            "FROM opensuse/leap:15.6\nRUN zypper patch\n",
        ],
        good: &[
            "FROM opensuse/leap:15.6\nRUN zypper --non-interactive install httpd=2.4.58 && zypper clean\n",
            "FROM opensuse/leap:15.6\nRUN zypper install -y httpd=2.4.58 && zypper clean\n",
        ],
        check: Check::Dockerfile(asks),
    },
    Rule {
        id: "BS-D182",
        title: "package of zypper without a version",
        severity: Severity::Low,
        aliases: &["DL3037"],
        why: "Without a version the build takes whatever is newest on that day: two builds of one commit differ, and \
              nobody can tell from the Dockerfile what is in the image.",
        advice: "Write `package=version`, as `zypper search -s package` shows them.",
        references: &[MANUAL],
        bad: &["FROM opensuse/leap:15.6\nRUN zypper -n install httpd && zypper clean\n"],
        good: &[
            "FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58 'php>=8' ./app.rpm && zypper clean\n",
            "FROM opensuse/leap:15.6\nRUN zypper -n install -t pattern devel_basis && zypper clean\n",
        ],
        check: Check::Dockerfile(unpinned),
    },
];

fn cache(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file).filter(|run| !run.mounts("/var/cache/zypp")) {
        let Some(at) = run.calls.iter().rposition(|call| ZYPPER.does(call, &["install", "in"])) else { continue };
        let Some(call) = run.calls.get(at) else { continue };
        let cleaned = run.calls.iter().skip(at).any(|later| ZYPPER.does(later, &["clean", "cc"]));
        let elsewhere =
            call.arguments().iter().any(|word| word.text.starts_with("--installroot") || word.text == "--root");
        if cleaned || elsewhere || run.removes(at, "/var/cache/zypp") {
            continue;
        }
        let report = found.report(call.span, "`zypper` leaves its cache in the layer");
        let root = call.words.first().is_none_or(|word| word.text != "sudo");
        if let Some(edit) = run::append(file, &run, "zypper clean --all").filter(|_| root) {
            report.fix("clean the cache at the end of the `RUN`", [edit]);
        }
    }
}

/// Beyond hadolint: everything that asks, updates included.
fn asks(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |run, _, call| {
        let asking =
            ["install", "in", "remove", "rm", "source-install", "si", "patch", "update", "up", "dist-upgrade", "dup"];
        let Some(action) = ZYPPER.action(call).filter(|action| action.is(&asking)) else { return };
        if action.options.has(&["y", "no-confirm", "n", "non-interactive"]) || call.join == Join::Pipe {
            return;
        }
        let message = format!("`zypper {}` without `-y` asks before it goes on", action.verb.text);
        found.report(call.span, message).fix("add `-y`", [run::insert(run, action.verb, "-y")]);
    });
}

/// Unlike hadolint, the value of `-t` is no package, nor is a name that is a variable as a whole.
fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let installs = |action: &Action<'_>| {
        action.is(&["install", "in"]) && action.options.values(&["t", "type"]).all(|(kind, _)| kind == "package")
    };
    super::report_open(file, found, &ZYPPER, installs, |name| {
        let pinned = name.contains(['=', '<', '>']) || name.ends_with(".rpm") || name.contains('/');
        !(pinned || name.starts_with(['!', '-', '+']))
    });
}
