//! Capabilities: dropping all, names that are none, and the ordinary ones that are added.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{bare_capability, capabilities, is_privileged, linux, whole_linux};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

pub(super) const NOT_DROPPED: Rule = Rule {
    id: "BS-K010",
    title: "capabilities are not dropped",
    severity: Severity::Medium,
    aliases: &[
        "KSV-0003",
        "KSV-0004",
        "KSV-0106",
        "CKV_K8S_28",
        "CKV_K8S_37",
        "drop-net-raw-capability",
        "insecureCapabilities",
    ],
    why: "Runtimes start every container with about fourteen capabilities, among them raw network packets and \
          changing owners of files, that hardly any program needs.",
    advice: "Set `capabilities: {drop: [ALL]}` in the container's `securityContext`, and add back the single ones \
             that the program needs; `NET_BIND_SERVICE` for ports below 1024 is enough for most.",
    references: &[page::SECURITY_CONTEXT, page::POD_SECURITY, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      allowPrivilegeEscalation: false
"
        ),
        container!(
            "    securityContext:
      capabilities:
        drop: [NET_RAW]
"
        ),
    ],
    good: &[
        container!(
            "    securityContext:
      capabilities:
        drop: [ALL]
        add: [NET_BIND_SERVICE]
"
        ),
        // Runtimes take any case.
        container!(
            "    securityContext:
      capabilities:
        drop: [\"all\"]
"
        ),
        pod!(
            "  os: {name: windows}
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(not_dropped),
};

fn not_dropped(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in whole_linux(workload) {
        let list = container.security(&["capabilities", "drop"]);
        let mut net_raw = false;
        let mut all = false;
        for (_, name) in capabilities(container, "drop") {
            all |= name.eq_ignore_ascii_case("ALL");
            net_raw |= name.eq_ignore_ascii_case("NET_RAW");
        }
        if all {
            continue;
        }
        let span = list.filter(|list| !list.is_empty()).map_or_else(|| container.heading(), |list| list.span);
        let report = found
            .report(span, format!("container `{}` does not drop `ALL` capabilities", container.name()))
            .within(&container.title());
        if net_raw {
            report.severity(Severity::Low);
        }
    }
}

/// What runtimes give every container, without `NET_RAW`, which has a rule of its own.
const DEFAULTS: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Capabilities whose rules are in `kernel.rs`, and `NET_BIND_SERVICE`, which is fine.
const OTHERS: &[&str] = &[
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "DAC_READ_SEARCH",
    "IPC_LOCK",
    "IPC_OWNER",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// What is left of [`OTHERS`] when those with a rule in `kernel.rs` are taken away.
const HARMLESS: &[&str] = &[
    "BLOCK_SUSPEND",
    "IPC_LOCK",
    "IPC_OWNER",
    "LEASE",
    "LINUX_IMMUTABLE",
    "NET_BROADCAST",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_RESOURCE",
    "SYS_TTY_CONFIG",
];

fn is_in(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

pub(super) const ORDINARY: Rule = Rule {
    id: "BS-K021",
    title: "capability beyond `NET_BIND_SERVICE`",
    severity: Severity::Low,
    aliases: &["KSV-0022", "KSV-0106", "CKV_K8S_25", "C-0046"],
    why: "Each capability is a piece of root's power. The restricted Pod Security Standard allows to add \
          `NET_BIND_SERVICE` only.",
    advice: "Remove it from `add`, and run the program as a user that owns the files and processes it works with.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL]
        add: [SETUID, IPC_LOCK]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL, SETUID]
        add: [NET_BIND_SERVICE]
"
    )],
    check: Check::Workload(ordinary),
};

fn ordinary(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload) {
        for (node, name) in capabilities(container, "add") {
            if is_in(DEFAULTS, name) || is_in(HARMLESS, name) {
                found
                    .report(node.span, format!("container `{}` adds capability `{name}`", container.name()))
                    .within(&container.title());
            }
        }
    }
}

pub(super) const UNKNOWN: Rule = Rule {
    id: "BS-K022",
    title: "capability by a name that runtimes do not know",
    severity: Severity::Low,
    aliases: &[],
    why: "Kubernetes wants `NET_RAW`, not `CAP_NET_RAW`. containerd puts `CAP_` before whatever stands there: a \
          `drop` of an unknown name does nothing without a word, an `add` of one keeps the container from starting.",
    advice: "Write the name as the kernel's manual has it, in capitals and without `CAP_`.",
    references: &[page::SECURITY_CONTEXT, page::CAPABILITIES],
    bad: &[
        container!(
            "    securityContext:
      capabilities:
        drop: [CAP_NET_RAW]
"
        ),
        container!(
            "    securityContext:
      capabilities:
        add: [NET_BIND]
"
        ),
    ],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL]
        add: [net_bind_service, \"${EXTRA}\"]
"
    )],
    check: Check::Workload(unknown),
};

fn unknown(workload: &Workload<'_>, found: &mut Found<'_>) {
    let known = |name: &str| is_in(DEFAULTS, name) || is_in(OTHERS, name);
    for container in linux(workload) {
        for (list, lost) in [("drop", true), ("add", false)] {
            let items = container.security(&["capabilities", list]).map_or(&[][..], Node::items);
            for item in items {
                let Some(name) = item.as_str() else { continue };
                if known(name) || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    continue;
                }
                let bare = bare_capability(name);
                let message = match (known(bare), lost) {
                    (true, true) => format!("`{name}` drops nothing on containerd: write `{bare}`"),
                    (true, false) => format!("`{name}` is unknown to containerd: write `{bare}`"),
                    (false, _) => format!("there is no capability `{name}`"),
                };
                let report = found.report(item.span, message).within(&container.title());
                if lost {
                    report.severity(Severity::Medium);
                }
            }
        }
    }
}

pub(super) const ADDED_AND_DROPPED: Rule = Rule {
    id: "BS-K023",
    title: "capability both added and dropped",
    severity: Severity::Low,
    aliases: &[],
    why: "What is in both lists is decided by the runtime's order of work, not by the file: containerd and CRI-O \
          add first and drop then, except for `ALL`.",
    advice: "Take the name out of one of the two lists.",
    references: &[page::SECURITY_CONTEXT],
    bad: &[container!(
        "    securityContext:
      capabilities:
        drop: [CHOWN, SETUID]
        add: [SETUID]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL]
        add: [SETUID]
"
    )],
    check: Check::Workload(added_and_dropped),
};

fn added_and_dropped(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload).iter().filter(|container| !is_privileged(container)) {
        for (node, name) in capabilities(container, "add") {
            if name.eq_ignore_ascii_case("ALL") {
                continue;
            }
            // The lists hold some forty names at most that mean anything; more are not compared.
            let drop = capabilities(container, "drop").take(64).find(|(_, other)| other.eq_ignore_ascii_case(name));
            if let Some((drop, _)) = drop {
                found
                    .report(node.span, format!("container `{}` adds and drops `{name}`", container.name()))
                    .within(&container.title())
                    .note(drop.span, "dropped here");
            }
        }
    }
}
