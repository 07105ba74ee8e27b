//! yum, dnf, microdnf and tdnf: cache, questions, versions.

use boltseal_evidence::Severity;

use super::{BEST_PRACTICES, DNF, YUM};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{self, Action, Manager, Run, each_call, posix_runs};
use crate::dockerfile::shell::{Call, Join};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const DNF_PAGE: &str = "https://dnf.readthedocs.io/en/latest/command_ref.html";
const YUM_PAGE: &str = "https://man7.org/linux/man-pages/man8/yum.8.html";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D174",
        title: "yum's cache left in the image",
        severity: Severity::Low,
        aliases: &["DL3032", "DS-0015"],
        why: "yum keeps the packages' metadata below `/var/cache/yum`: often more than 100 MB that every pull of the image \
              carries along.",
        advice: "End the `RUN` with `&& yum clean all`. A later `RUN` cannot make the layer smaller again.",
        references: &[YUM_PAGE, BEST_PRACTICES],
        bad: &[
            "FROM centos:7\nRUN yum install -y httpd-2.4.6\n",
            "FROM centos:7\nRUN yum clean all && yum install -y httpd-2.4.6\n",
        ],
        good: &[
            "FROM centos:7\nRUN yum install -y httpd-2.4.6 && yum clean all\n",
            "FROM centos:7\nRUN yum install -y httpd-2.4.6 && rm -rf /var/cache/yum\n",
            "FROM centos:7\nRUN --mount=type=cache,target=/var/cache/yum yum install -y httpd-2.4.6\n",
        ],
        check: Check::Dockerfile(|file, found| {
            cache_left(file, found, &YUM, &["install", "reinstall", "localinstall", "groupinstall"]);
        }),
    },
    Rule {
        id: "BS-D175",
        title: "dnf's cache left in the image",
        severity: Severity::Low,
        aliases: &["DL3040", "DS-0019", "DS-0027"],
        why: "dnf and microdnf keep the packages' metadata below `/var/cache`: often more than 100 MB that every pull of \
              the image carries along.",
        advice: "End the `RUN` with `&& dnf clean all` (`microdnf clean all`). A later `RUN` cannot make the layer smaller \
                 again.",
        references: &[DNF_PAGE, BEST_PRACTICES],
        bad: &[
            "FROM fedora:40\nRUN dnf install -y httpd-2.4.59\n",
            "FROM redhat/ubi9-minimal\nRUN microdnf install -y httpd-2.4.59\n",
            "FROM fedora:40\nRUN dnf -y upgrade\n",
        ],
        good: &[
            "FROM fedora:40\nRUN dnf install -y httpd-2.4.59 && dnf clean all\n",
            "FROM redhat/ubi9-minimal\nRUN microdnf install -y httpd-2.4.59 && rm -rf /var/cache/yum/*\n",
            "FROM fedora:40\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y httpd-2.4.59\n",
        ],
        check: Check::Dockerfile(|file, found| {
            cache_left(
                file,
                found,
                &DNF,
                &["install", "reinstall", "localinstall", "groupinstall", "update", "upgrade"],
            );
        }),
    },
    Rule {
        id: "BS-D177",
        title: "yum asks for confirmation that nobody can give",
        severity: Severity::Medium,
        aliases: &["DL3030"],
        why: "Nobody answers during a build, so yum takes its question for a no and ends without installing anything.",
        advice: "Add `-y` (`--assumeyes`).",
        references: &[YUM_PAGE],
        bad: &["FROM centos:7\nRUN yum install httpd-2.4.6 && yum clean all\n"],
        good: &[
            "FROM centos:7\nRUN yum -y install httpd-2.4.6 && yum clean all\n",
            "FROM centos:7\nRUN yum install --assumeyes httpd-2.4.6 && yum clean all\n",
            "FROM centos:7\nRUN yum install --downloadonly --assumeno httpd-2.4.6\n",
        ],
        check: Check::Dockerfile(|file, found| asks(file, found, &YUM)),
    },
    Rule {
        id: "BS-D178",
        title: "dnf asks for confirmation that nobody can give",
        severity: Severity::Medium,
        aliases: &["DL3038"],
        why: "Nobody answers during a build, so dnf takes its question for a no and ends without installing anything.",
        advice: "Add `-y` (`--assumeyes`).",
        references: &[DNF_PAGE],
        bad: &[
            "FROM fedora:40\nRUN dnf install httpd-2.4.59 && dnf clean all\n",
            "FROM redhat/ubi9-minimal\nRUN microdnf install httpd-2.4.59 && microdnf clean all\n",
        ],
        good: &[
            "FROM fedora:40\nRUN dnf -y install httpd-2.4.59 && dnf clean all\n",
            "FROM fedora:40\nRUN dnf install --setopt=install_weak_deps=False -qy httpd-2.4.59 && dnf clean all\n",
        ],
        check: Check::Dockerfile(|file, found| asks(file, found, &DNF)),
    },
    Rule {
        id: "BS-D180",
        title: "package of yum without a version",
        severity: Severity::Low,
        aliases: &["DL3033"],
        why: "Without a version the build takes whatever is newest on that day: two builds of one commit differ, and \
              nobody can tell from the Dockerfile what is in the image.",
        advice: "Write `package-version`, as `yum list --showduplicates package` shows them.",
        references: &[YUM_PAGE],
        bad: &[
            "FROM centos:7\nRUN yum install -y httpd && yum clean all\n",
            "FROM centos:7\nRUN yum install -y openssl-devel httpd-2.4.6 && yum clean all\n",
        ],
        good: &[
            "FROM centos:7\nRUN yum install -y httpd-2.4.6-99.el7 openssl-devel-1.0.2k && yum clean all\n",
            "FROM centos:7\nRUN yum install -y https://example.com/epel.rpm $PACKAGES @development && yum clean all\n",
            "FROM centos:7\nRUN yum reinstall -y glibc-common && yum clean all\n",
        ],
        check: Check::Dockerfile(|file, found| unpinned(file, found, &YUM)),
    },
    Rule {
        id: "BS-D181",
        title: "package of dnf without a version",
        severity: Severity::Low,
        aliases: &["DL3041"],
        why: "Without a version the build takes whatever is newest on that day: two builds of one commit differ, and \
              nobody can tell from the Dockerfile what is in the image.",
        advice: "Write `package-version`, as `dnf list --showduplicates package` shows them.",
        references: &[DNF_PAGE],
        bad: &[
            "FROM fedora:40\nRUN dnf install -y httpd && dnf clean all\n",
            "FROM redhat/ubi9-minimal\nRUN microdnf install -y java-17-openjdk-headless && microdnf clean all\n",
        ],
        good: &[
            "FROM fedora:40\nRUN dnf install -y httpd-2.4.59-2.fc40 && dnf clean all\n",
            "FROM fedora:40\nRUN dnf install -y --enablerepo crb ./app.rpm && dnf clean all\n",
            "FROM fedora:40\nRUN dnf module install -y nodejs:20 && dnf clean all\n",
        ],
        check: Check::Dockerfile(|file, found| unpinned(file, found, &DNF)),
    },
];

/// Beyond hadolint: the cleaning has to come after the install, `rm` of any of the caches and cache mounts count.
fn cache_left(file: &Dockerfile<'_>, found: &mut Found<'_>, manager: &Manager, verbs: &[&str]) {
    const CACHES: [&str; 3] = ["/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"];
    for run in posix_runs(file) {
        if CACHES.iter().any(|cache| run.mounts(cache)) {
            continue;
        }
        let installs = |call: &Call| {
            manager.action(call).is_some_and(|action| {
                let nested = action.is(&["module", "group", "groups"])
                    && action.names.first().is_some_and(|verb| matches!(verb.text.as_str(), "install" | "update"));
                action.is(verbs) || nested
            })
        };
        let Some(at) = run.calls.iter().rposition(installs) else { continue };
        let Some(call) = run.calls.get(at) else { continue };
        let cleaned = run.calls.iter().skip(at).any(|later| {
            [YUM, DNF].iter().any(|each| {
                each.action(later)
                    .is_some_and(|action| action.is(&["clean"]) && action.names.iter().any(|name| name.text == "all"))
            })
        });
        let root = call.words.first().is_none_or(|word| word.text != "sudo");
        let into_other = call.arguments().iter().any(|word| word.text.starts_with("--installroot"));
        if cleaned || into_other || CACHES.iter().any(|cache| run.removes(at, cache)) {
            continue;
        }
        let program = call.program();
        let report = found.report(call.span, format!("`{program}` leaves its cache in the layer"));
        if let Some(edit) = run::append(file, &run, &format!("{program} clean all")).filter(|_| root) {
            report.fix("clean the cache at the end of the `RUN`", [edit]);
        }
    }
}

/// Beyond hadolint: everything that asks, not only installs.
fn asks(file: &Dockerfile<'_>, found: &mut Found<'_>, manager: &Manager) {
    if ["assumeyes=1", "assumeyes=True", "assumeyes=true"].iter().any(|setting| file.source.text.contains(setting)) {
        return;
    }
    each_call(file, |run: &Run<'_>, _, call| {
        let asking = [
            "install",
            "reinstall",
            "remove",
            "erase",
            "autoremove",
            "update",
            "upgrade",
            "groupinstall",
            "localinstall",
            "swap",
        ];
        let Some(action) = manager.action(call).filter(|action| action.is(&asking)) else { return };
        if action.options.has(&["y", "yes", "assumeyes", "assumeno"]) || call.join == Join::Pipe {
            return;
        }
        let message = format!("`{} {}` without `-y` asks before it goes on", call.program(), action.verb.text);
        found.report(call.span, message).fix("add `-y`", [run::insert(run, action.verb, "-y")]);
    });
}

/// What is installed again is of the version that it was. Unlike hadolint, a name that is a variable as a whole is not reported: it may hold the version.
fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>, manager: &Manager) {
    let installs = |action: &Action<'_>| action.is(&["install", "localinstall"]);
    super::report_open(file, found, manager, installs, |name| is_package(name) && !has_version(name));
}

/// Not a file, an address, a group, a path that some package provides, or a variable.
fn is_package(name: &str) -> bool {
    !(name.is_empty() || name.contains('/') || name.ends_with(".rpm") || name.starts_with('@'))
}

/// After a dash something begins with a digit and looks like a version: `httpd-2.4`, `java-17-openjdk` does not.
fn has_version(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').skip(1).collect();
    let version = parts.iter().position(|part| part.starts_with(|first: char| first.is_ascii_digit()));
    if name.contains('=') || name.split('-').skip(1).any(|part| part.starts_with('$')) {
        return true;
    }
    // What follows a version is a release: it begins with a digit too.
    version.is_some_and(|at| {
        parts
            .iter()
            .skip(at)
            .all(|part| part.starts_with(|first: char| first.is_ascii_digit() || first == '*' || first == '$'))
    })
}
