//! Users and groups that containers run as.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{effective, has_own_users, linux, whole_linux};
use crate::kubernetes::rules::page;
use crate::kubernetes::{ContainerKind, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

pub(super) const ROOT: Rule = Rule {
    id: "BS-K003",
    title: "container runs as root by its own choice",
    severity: Severity::High,
    aliases: &["KSV-0105", "CKV_K8S_23", "C-0013", "run-as-non-root", "runAsRootAllowed"],
    why: "User 0 in the container is user 0 of the node's kernel: what a container escape or a writable mount gives \
          it, it may use as root.",
    advice: "Set `runAsUser` to the id of a user without rights (above 0) and `runAsNonRoot: true`; a pod that must \
             be root inside gets a user namespace of its own by `hostUsers: false`.",
    references: &[page::SECURITY_CONTEXT, page::POD_SECURITY, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      runAsUser: 0
"
        ),
        pod!(
            "  securityContext:
    runAsUser: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        // The container's own word counts.
        pod!(
            "  securityContext:
    runAsUser: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      runAsUser: 65532
"
        ),
        pod!(
            "  os:
    name: windows
  securityContext:
    runAsUser: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(root),
};

fn root(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload) {
        let Some(user) = effective(workload, container, &["runAsUser"]).filter(|user| user.as_int() == Some(0)) else {
            continue;
        };
        if effective(workload, container, &["runAsNonRoot"]).and_then(Node::as_bool) == Some(true) {
            // BS-K005: it never starts.
            continue;
        }
        let report = found
            .report(user.span, format!("`runAsUser: 0` runs container `{}` as root", container.name()))
            .within(&container.title());
        if has_own_users(workload) {
            report.severity(Severity::Low);
        } else if container.kind == ContainerKind::Init && !container.is_sidecar() {
            // It is gone when the others start.
            report.severity(Severity::Medium);
        }
    }
}

pub(super) const MAYBE_ROOT: Rule = Rule {
    id: "BS-K004",
    title: "container may run as root",
    severity: Severity::Medium,
    aliases: &["KSV-0012", "CKV_K8S_23", "C-0013", "run-as-non-root", "runAsRootAllowed"],
    why: "Without `runAsNonRoot` or a `runAsUser` the image decides, and most images say root, or will after their \
          next update.",
    advice: "Set `runAsNonRoot: true` in the `securityContext` of the pod or of the container; Kubernetes then refuses \
             to start it as root. If the image names its user by a word, set `runAsUser` to its number too.",
    references: &[page::SECURITY_CONTEXT, page::POD_SECURITY, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      runAsNonRoot: false
"
        ),
        // What the pod asks for, the container takes back.
        pod!(
            "  securityContext:
    runAsNonRoot: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      runAsNonRoot: false
"
        ),
        container!(
            "    ports:
    - containerPort: 8080
"
        ),
    ],
    good: &[
        pod!(
            "  securityContext:
    runAsNonRoot: true
  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        container!(
            "    securityContext:
      runAsUser: 65532
"
        ),
        // Root inside is nobody outside.
        pod!(
            "  hostUsers: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  nodeSelector:
    kubernetes.io/os: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(maybe_root),
};

fn maybe_root(workload: &Workload<'_>, found: &mut Found<'_>) {
    if has_own_users(workload) {
        return;
    }
    for container in whole_linux(workload) {
        let said = effective(workload, container, &["runAsNonRoot"]);
        let user = effective(workload, container, &["runAsUser"]);
        // A user that is 0 is BS-K003; one that is a placeholder is anyone's.
        if user.is_some() || said.is_some_and(|said| said.as_bool() != Some(false)) {
            continue;
        }
        let (span, message) = match said {
            Some(said) => (said.span, format!("`runAsNonRoot: false` lets container `{}` be root", container.name())),
            None => (
                container.heading(),
                format!("container `{}` sets neither `runAsNonRoot: true` nor a user", container.name()),
            ),
        };
        found.report(span, message).within(&container.title());
    }
}

pub(super) const CONTRADICTION: Rule = Rule {
    id: "BS-K005",
    title: "container may not be root but is told to be",
    severity: Severity::Medium,
    aliases: &[],
    why: "With `runAsNonRoot: true` the kubelet refuses to start a container as user 0, so one that sets \
          `runAsUser: 0` as well never runs.",
    advice: "Set `runAsUser` to the id of a user without rights, or leave it to the image.",
    references: &[page::SECURITY_CONTEXT],
    bad: &[pod!(
        "  securityContext:
    runAsNonRoot: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      runAsUser: 0
"
    )],
    good: &[pod!(
        "  securityContext:
    runAsNonRoot: true
    runAsUser: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      runAsUser: 1001
"
    )],
    check: Check::Workload(contradiction),
};

fn contradiction(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload) {
        if let Some(user) = effective(workload, container, &["runAsUser"])
            && user.as_int() == Some(0)
            && let Some(said) = effective(workload, container, &["runAsNonRoot"])
            && said.as_bool() == Some(true)
        {
            found
                .report(
                    user.span,
                    format!("`runAsUser: 0` with `runAsNonRoot: true`: container `{}` never starts", container.name()),
                )
                .within(&container.title())
                .note(said.span, "root is forbidden here");
        }
    }
}

pub(super) const ROOT_GROUP: Rule = Rule {
    id: "BS-K006",
    title: "container runs in group root",
    severity: Severity::Low,
    aliases: &["KSV-0029"],
    why: "Files of group 0 are often writable for their group, in images and on mounted volumes of the node.",
    advice: "Set `runAsGroup` to a group of its own, above 0.",
    references: &[page::SECURITY_CONTEXT],
    bad: &[container!(
        "    securityContext:
      runAsUser: 1001
      runAsGroup: 0
"
    )],
    good: &[
        container!(
            "    securityContext:
      runAsUser: 1001
      runAsGroup: 1001
"
        ),
        pod!(
            "  hostUsers: false
  securityContext:
    runAsGroup: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(root_group),
};

fn root_group(workload: &Workload<'_>, found: &mut Found<'_>) {
    if has_own_users(workload) {
        return;
    }
    for container in linux(workload) {
        if let Some(group) = effective(workload, container, &["runAsGroup"])
            && group.as_int() == Some(0)
        {
            found
                .report(group.span, format!("`runAsGroup: 0` puts container `{}` in group root", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const ROOT_SUPPLEMENT: Rule = Rule {
    id: "BS-K007",
    title: "pod gets group root as a further group",
    severity: Severity::Low,
    aliases: &["KSV-0029"],
    why: "`fsGroup` and `supplementalGroups` of 0 give every container of the pod what group root may do, also those \
          that run as another user.",
    advice: "Use a group of the pod's own, above 0.",
    references: &[page::SECURITY_CONTEXT],
    bad: &[
        pod!(
            "  securityContext:
    fsGroup: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  securityContext:
    supplementalGroups: [2000, 0]
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[pod!(
        "  securityContext:
    fsGroup: 2000
    supplementalGroups: [2000, 3000]
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(root_supplement),
};

fn root_supplement(workload: &Workload<'_>, found: &mut Found<'_>) {
    if linux(workload).is_empty() || has_own_users(workload) {
        return;
    }
    let is_root = |group: &&Node| group.as_int() == Some(0);
    if let Some(group) = workload.security(&["fsGroup"]).filter(is_root) {
        found.report(group.span, "`fsGroup: 0` gives all containers group root");
    }
    let groups = workload.security(&["supplementalGroups"]).map_or(&[][..], Node::items);
    if let Some(group) = groups.iter().find(is_root) {
        found.report(group.span, "group `0` in `supplementalGroups` gives all containers group root");
    }
}

/// Ids below this are given to users of the node by its distribution and its administrators.
const FIRST_HIGH: i64 = 10_000;

pub(super) const LOW_USER: Rule = Rule {
    id: "BS-K008",
    title: "user id that the node may use too",
    severity: Severity::Low,
    aliases: &["KSV-0020", "CKV_K8S_40"],
    why: "The kernel knows users by number only: a container with an id that a user of the node has may read that \
          user's files and end its processes once it gets out.",
    advice: "Set `runAsUser` to 10000 or more, or give the pod users of its own by `hostUsers: false`.",
    references: &[page::SECURITY_CONTEXT, page::USER_NAMESPACES],
    bad: &[container!(
        "    securityContext:
      runAsUser: 1000
"
    )],
    good: &[
        container!(
            "    securityContext:
      runAsUser: 10001
"
        ),
        pod!(
            "  hostUsers: false
  securityContext:
    runAsUser: 1000
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(|workload, found| low(workload, found, "runAsUser", "user")),
};

pub(super) const LOW_GROUP: Rule = Rule {
    id: "BS-K009",
    title: "group id that the node may use too",
    severity: Severity::Negligible,
    aliases: &["KSV-0021"],
    why: "The kernel knows groups by number only: a container with an id that a group of the node has may read that \
          group's files once it gets out.",
    advice: "Set `runAsGroup` to 10000 or more.",
    references: &[page::SECURITY_CONTEXT],
    bad: &[container!(
        "    securityContext:
      runAsGroup: 1000
"
    )],
    good: &[container!(
        "    securityContext:
      runAsGroup: 10001
"
    )],
    check: Check::Workload(|workload, found| low(workload, found, "runAsGroup", "group")),
};

fn low(workload: &Workload<'_>, found: &mut Found<'_>, field: &str, what: &str) {
    if has_own_users(workload) {
        return;
    }
    for container in linux(workload) {
        if let Some(id) = effective(workload, container, &[field])
            && let Some(number) = id.as_int()
            && (1..FIRST_HIGH).contains(&number)
        {
            let message =
                format!("`{field}: {number}` runs container `{}` as a {what} that the node may have", container.name());
            found.report(id.span, message).within(&container.title());
        }
    }
}
