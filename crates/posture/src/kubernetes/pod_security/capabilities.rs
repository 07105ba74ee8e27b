//! `capabilities_baseline` and `capabilities_restricted`: what root in a container may do.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, RESTRICTED_PAGE, Revision, Violations};
use super::pod::{Pod, Scope, named, short};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const BASELINE: Control = Control {
    id: "capabilities_baseline",
    level: Level::Baseline,
    revisions: &[Revision::new(0, baseline)],
    rule: &BASELINE_RULE,
};

pub(super) const RESTRICTED: Control = Control {
    id: "capabilities_restricted",
    level: Level::Restricted,
    revisions: &[
        Revision::instead_of(&["capabilities_baseline"], 22, restricted),
        Revision::instead_of(&["capabilities_baseline"], 25, restricted_but_windows),
    ],
    rule: &RESTRICTED_RULE,
};

pub(super) const BASELINE_RULE: Rule = Rule {
    id: "BS-P002",
    title: "capability beyond the runtime's defaults",
    severity: Severity::High,
    aliases: &["capabilities_baseline", "KSV-0022"],
    why: "Capabilities cut root's power into pieces. Those beyond what runtimes give by default (`NET_ADMIN`, \
          `SYS_ADMIN`, `SYS_PTRACE`, also `NET_RAW`) let a process in the container change or watch the node or its \
          neighbours.",
    advice: "Take the capability out of `securityContext.capabilities.add`; the node's agents that really need it \
             belong in a namespace with the privileged level. Names are written in capitals, without `CAP_`.",
    references: &[BASELINE_PAGE, "https://man7.org/linux/man-pages/man7/capabilities.7.html"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
  - name: routes
    image: registry.example/routes:1.2
    securityContext:
      capabilities: {add: [NET_ADMIN]}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext:
      capabilities: {add: [NET_BIND_SERVICE, CHOWN]}
"],
    check: Check::PodSecurity,
};

pub(super) const RESTRICTED_RULE: Rule = Rule {
    id: "BS-P102",
    title: "capabilities not all dropped",
    severity: Severity::Medium,
    aliases: &["capabilities_restricted", "capabilities_baseline", "KSV-0106"],
    why: "Few programs need any of the capabilities that a runtime gives by default, and an attacker inside finds use \
          for most: `CHOWN`, `DAC_OVERRIDE` and `SETUID` undo file permissions, `NET_RAW` forges packets.",
    advice: "Write `capabilities: {drop: [ALL]}` in the security context of every container, init and ephemeral ones \
             too; only `NET_BIND_SERVICE` may be added, for ports below 1024. Pods with `os: {name: windows}` are \
             exempt since 1.25.",
    references: &[RESTRICTED_PAGE, "https://man7.org/linux/man-pages/man7/capabilities.7.html"],
    bad: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext:
      capabilities: {drop: [ALL], add: [CHOWN]}
",
    ],
    good: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext:
      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: iis}
spec:
  os: {name: windows}
  containers: [{name: app, image: 'registry.example/iis:1.2'}]
",
    ],
    check: Check::PodSecurity,
};

const DEFAULTS: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

fn baseline(pod: &Pod<'_>, violations: &mut Violations) {
    added(pod, violations, DEFAULTS, "none that the baseline leaves a container");
}

fn restricted(pod: &Pod<'_>, violations: &mut Violations) {
    for container in pod.containers() {
        let scope = Scope::of(container);
        let drops = scope.field(&["capabilities"]).map_or(&[][..], |capabilities| capabilities.list("drop"));
        if !drops.iter().any(|name| name.as_str() == Some("ALL")) {
            let span = scope.span_of(&["capabilities", "drop"]);
            let message = if drops.is_empty() {
                format!("{} drops no capabilities: it needs `drop: [ALL]`", named(container))
            } else {
                format!("{} drops some capabilities but not `ALL`", named(container))
            };
            violations.container(container, span, message);
        }
    }
    added(pod, violations, &["NET_BIND_SERVICE"], "not `NET_BIND_SERVICE`, the only one that may be added");
}

fn restricted_but_windows(pod: &Pod<'_>, violations: &mut Violations) {
    if !pod.is_windows() {
        restricted(pod, violations);
    }
}

fn added(pod: &Pod<'_>, violations: &mut Violations, allowed: &[&str], what: &str) {
    for container in pod.containers() {
        let scope = Scope::of(container);
        for name in scope.field(&["capabilities"]).map_or(&[][..], |capabilities| capabilities.list("add")) {
            let text = name.as_str().unwrap_or_default();
            if !allowed.contains(&text) {
                let span = if name.shared { scope.span_of(&["capabilities", "add"]) } else { name.span };
                let message = format!("capability `{}`, added by {}, is {what}", short(text), named(container));
                violations.container(container, span, message);
            }
        }
    }
}
