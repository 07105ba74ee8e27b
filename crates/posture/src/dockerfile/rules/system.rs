//! Packages of the operating system: apt, apk, dnf, yum, microdnf, zypper (BS-D160–199).

use std::collections::BTreeMap;

use super::run::{Action, Manager, Run, is_variable, list, plural, posix_runs};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::shell::Call;
use crate::finding::Found;

pub(super) mod alpine;
pub(super) mod apt;
pub(super) mod general;
pub(super) mod redhat;
pub(super) mod source;
pub(super) mod suse;

const BEST_PRACTICES: &str = "https://docs.docker.com/build/building/best-practices/";

pub(in crate::dockerfile::rules) const APT: Manager = Manager {
    programs: &["apt-get", "apt", "aptitude", "apt-fast"],
    short: "oatc",
    long: &["option", "target-release", "default-release", "config-file", "host-architecture", "solver"],
};

pub(in crate::dockerfile::rules) const APK: Manager = Manager {
    programs: &["apk"],
    short: "tXp",
    long: &[
        "virtual",
        "repository",
        "root",
        "keys-dir",
        "repositories-file",
        "wait",
        "arch",
        "cache-dir",
        "cache-max-age",
        "progress-fd",
        "timeout",
    ],
};

pub(in crate::dockerfile::rules) const YUM: Manager = Manager { programs: &["yum"], short: "cxde", long: RPM_OPTIONS };

pub(in crate::dockerfile::rules) const DNF: Manager =
    Manager { programs: &["dnf", "dnf5", "microdnf", "tdnf"], short: "cxde", long: RPM_OPTIONS };

pub(in crate::dockerfile::rules) const ZYPPER: Manager = Manager {
    programs: &["zypper"],
    short: "rtRcDCp",
    long: &[
        "repo",
        "from",
        "type",
        "root",
        "installroot",
        "config",
        "reposd-dir",
        "cache-dir",
        "raw-cache-dir",
        "solv-cache-dir",
        "pkg-cache-dir",
        "plus-repo",
        "plus-content",
        "download",
        "priority",
        "name",
    ],
};

const RPM_OPTIONS: &[&str] = &[
    "enablerepo",
    "disablerepo",
    "repo",
    "repoid",
    "repofrompath",
    "config",
    "installroot",
    "releasever",
    "setopt",
    "exclude",
    "disableexcludes",
    "debuglevel",
    "errorlevel",
    "rpmverbosity",
    "forcearch",
    "advisory",
    "destdir",
    "downloaddir",
];

/// Reports what calls of a manager install without a version: `is_open` tells of a name. A name that is a variable as a
/// whole may hold the version, unless the same `RUN` sets it.
fn report_open(
    file: &Dockerfile<'_>,
    found: &mut Found<'_>,
    manager: &Manager,
    wanted: impl Fn(&Action<'_>) -> bool,
    is_open: impl Fn(&str) -> bool,
) {
    for run in posix_runs(file) {
        let mut variables: Option<BTreeMap<&str, &str>> = None;
        for call in run.calls.iter() {
            let Some(action) = manager.action(call).filter(|action| wanted(action)) else { continue };
            let open = action.names.into_iter().filter(|name| {
                if !is_variable(&name.text) {
                    return !name.text.is_empty() && is_open(&name.text);
                }
                let variable = name.text.trim_start_matches(['$', '{']).trim_end_matches('}');
                let values = variables.get_or_insert_with(|| assignments(&run));
                values
                    .get(variable)
                    .is_some_and(|value| value.split_whitespace().any(|name| !is_variable(name) && is_open(name)))
            });
            let open: Vec<_> = open.collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

/// The variables that a `RUN` sets for itself.
fn assignments<'r>(run: &'r Run<'_>) -> BTreeMap<&'r str, &'r str> {
    let words = run.calls.iter().flat_map(|call| {
        let exported = if call.is(&["export"]) { call.arguments() } else { &[] };
        call.assignments.iter().filter(|_| call.words.is_empty()).chain(exported)
    });
    words.filter_map(|word| word.text.split_once('=')).collect()
}

/// The call fetches package lists or indexes and does nothing else.
fn refresh(call: &Call) -> bool {
    APT.does(call, &["update"])
        || APK.does(call, &["update"])
        || YUM.does(call, &["makecache"])
        || DNF.does(call, &["makecache"])
        || ZYPPER.does(call, &["refresh", "ref"])
        || (call.is(&["pacman"]) && general::pacman_only_refreshes(call))
}

/// The call runs something that may fetch lists or install packages by itself: a script, a shell, a variable.
fn may_update(call: &Call) -> bool {
    let Some(program) = call.effective().first() else { return false };
    let known = ["apt-get", "apt", "aptitude", "apk", "yum", "dnf", "microdnf", "zypper", "rm", "echo", "mkdir"];
    call.is(&[
        "sh",
        "bash",
        "ash",
        "dash",
        "zsh",
        "source",
        ".",
        "eval",
        "make",
        "python",
        "python3",
        "perl",
        "add-apt-repository",
        "npx",
        "playwright",
        "ansible-playbook",
        "extrepo",
    ]) || program.text.starts_with('$')
        || (program.text.contains('/') && !known.contains(&call.program()))
}

/// The call installs packages with any of the package managers.
fn installs(call: &Call) -> bool {
    APT.does(
        call,
        &["install", "build-dep", "upgrade", "dist-upgrade", "full-upgrade", "download", "source", "satisfy"],
    ) || APK.does(call, &["add", "upgrade", "fetch"])
        || YUM.does(call, &["install", "update", "upgrade", "groupinstall", "localinstall", "reinstall"])
        || DNF.does(call, &["install", "update", "upgrade", "groupinstall", "module", "group", "builddep", "download"])
        || ZYPPER.does(call, &["install", "in", "update", "up", "dist-upgrade", "dup", "patch", "source-install", "si"])
        || call.is(&["pacman"])
}
