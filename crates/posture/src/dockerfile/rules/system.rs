//! Packages of the operating system: apt, apk, dnf, yum, microdnf, zypper (BS-D160–199).

use crate::dockerfile::shell::Call;

use super::run::Manager;

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
