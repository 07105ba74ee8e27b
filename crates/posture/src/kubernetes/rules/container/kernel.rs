//! Capabilities that reach beyond the container.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{capabilities, linux};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};

/// Reports the capabilities of `names` that containers add.
fn adds(workload: &Workload<'_>, found: &mut Found<'_>, names: &[&str], so: &str) {
    for container in linux(workload) {
        for (node, name) in capabilities(container, "add") {
            if names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) {
                found
                    .report(node.span, format!("capability `{name}` lets container `{}` {so}", container.name()))
                    .within(&container.title());
            }
        }
    }
}

pub(super) const ALL: Rule = Rule {
    id: "BS-K011",
    title: "all capabilities added",
    severity: Severity::High,
    aliases: &["KSV-0022", "CKV_K8S_25", "C-0046", "dangerousCapabilities"],
    why: "With all capabilities root in the container may do nearly all that root of the node may: load modules, \
          mount disks, read any memory.",
    advice: "Drop `ALL` instead, and add the single capabilities that the program needs.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[
        container!(
            "    securityContext:
      capabilities:
        add: [ALL]
"
        ),
        container!(
            "    securityContext:
      capabilities:
        add:
        - CAP_ALL
"
        ),
    ],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL]
"
    )],
    check: Check::Workload(|workload, found| adds(workload, found, &["ALL"], "do nearly all that root may")),
};

pub(super) const SYS_ADMIN: Rule = Rule {
    id: "BS-K012",
    title: "capability `SYS_ADMIN` added",
    severity: Severity::High,
    aliases: &["KSV-0005", "CKV_K8S_39", "CKV_K8S_25", "C-0046", "dangerousCapabilities"],
    why: "`SYS_ADMIN` allows mounts, namespaces and dozens of other operations of the administrator; several of them \
          are known ways out of a container.",
    advice: "Find out which operation the program needs and give it that alone: a volume instead of a mount of its \
             own, `BPF` or `PERFMON` for tracing, `hostUsers: false` for nested containers.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [\"SYS_ADMIN\"]
"
    )],
    good: &[
        container!(
            "    securityContext:
      capabilities:
        drop: [SYS_ADMIN]
"
        ),
        pod!(
            "  os:
    name: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      capabilities:
        add: [SYS_ADMIN]
"
        ),
    ],
    check: Check::Workload(|workload, found| adds(workload, found, &["SYS_ADMIN"], "mount and much more")),
};

pub(super) const SYS_MODULE: Rule = Rule {
    id: "BS-K013",
    title: "capability `SYS_MODULE` added",
    severity: Severity::High,
    aliases: &["KSV-0120", "CKV_K8S_25", "C-0046"],
    why: "`SYS_MODULE` loads code into the kernel of the node: nothing holds it back after that.",
    advice: "Load modules when the node is set up, for example by `/etc/modules-load.d`, and remove the capability.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add:
        - SYS_MODULE
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop:
        - SYS_MODULE
"
    )],
    check: Check::Workload(|workload, found| adds(workload, found, &["SYS_MODULE"], "load code into the kernel")),
};

pub(super) const SYS_PTRACE: Rule = Rule {
    id: "BS-K014",
    title: "capability `SYS_PTRACE` added",
    severity: Severity::Medium,
    aliases: &["CKV_K8S_25", "C-0046"],
    why: "`SYS_PTRACE` reads and changes the memory of other processes, of all of the node's where `hostPID` is set \
          too.",
    advice: "Remove it from what runs always, and debug with a short-lived ephemeral container instead.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [SYS_PTRACE]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        add: [NET_BIND_SERVICE]
"
    )],
    check: Check::Workload(sys_ptrace),
};

fn sys_ptrace(workload: &Workload<'_>, found: &mut Found<'_>) {
    let host = workload.spec.boolean("hostPID") == Some(true);
    for container in linux(workload) {
        for (node, name) in capabilities(container, "add").filter(|(_, name)| name.eq_ignore_ascii_case("SYS_PTRACE")) {
            let whose = if host { "the node's processes" } else { "other processes" };
            let report = found
                .report(node.span, format!("capability `{name}` lets container `{}` change {whose}", container.name()))
                .within(&container.title());
            if host {
                report.severity(Severity::High);
            }
        }
    }
}

pub(super) const NET_ADMIN: Rule = Rule {
    id: "BS-K015",
    title: "capability `NET_ADMIN` added",
    severity: Severity::Medium,
    aliases: &["CKV_K8S_25", "C-0046", "dangerousCapabilities"],
    why: "`NET_ADMIN` changes addresses, routes and firewall rules: of the pod, or of the whole node where \
          `hostNetwork` is set, and it opens much of the kernel's network code to attack.",
    advice: "Let a network plugin set the network up. A service mesh does without it by its own CNI plugin.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [NET_ADMIN]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        add: [NET_BIND_SERVICE]
"
    )],
    check: Check::Workload(|workload, found| adds(workload, found, &["NET_ADMIN"], "change routes and firewall rules")),
};

pub(super) const NET_RAW: Rule = Rule {
    id: "BS-K016",
    title: "capability `NET_RAW` added",
    severity: Severity::Medium,
    aliases: &["KSV-0119", "CKV_K8S_25", "C-0046", "drop-net-raw-capability"],
    why: "`NET_RAW` forges packets: with it one pod can pretend to be another, or the cluster's name server.",
    advice: "Remove it. `ping` works without it, since nodes allow unprivileged ICMP sockets by \
             `net.ipv4.ping_group_range`.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL]
        add: [NET_RAW]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [NET_RAW]
"
    )],
    check: Check::Workload(|workload, found| adds(workload, found, &["NET_RAW"], "forge packets")),
};

pub(super) const READ_ANY: Rule = Rule {
    id: "BS-K017",
    title: "capability `DAC_READ_SEARCH` added",
    severity: Severity::High,
    aliases: &["CKV_K8S_25", "C-0046"],
    why: "`DAC_READ_SEARCH` opens files by their number without regard to paths or rights; on a file system shared \
          with the node that reads any file of the node.",
    advice: "Remove it, and let the program run as a user or group that may read what it needs.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [DAC_READ_SEARCH]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [DAC_READ_SEARCH, DAC_OVERRIDE]
"
    )],
    check: Check::Workload(|workload, found| {
        adds(workload, found, &["DAC_READ_SEARCH"], "read files that are not its own");
    }),
};

pub(super) const BPF: Rule = Rule {
    id: "BS-K018",
    title: "capability to trace or program the kernel added",
    severity: Severity::High,
    aliases: &["CKV_K8S_25", "C-0046"],
    why: "`BPF` and `PERFMON` run programs in the kernel that see the data of all containers of the node.",
    advice: "Keep them for the agent that observes the node, in a namespace of its own that nobody else may write, \
             and remove them from all else.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [BPF, PERFMON]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [ALL]
"
    )],
    check: Check::Workload(|workload, found| {
        adds(workload, found, &["BPF", "PERFMON", "CHECKPOINT_RESTORE"], "look into all that runs on the node");
    }),
};

pub(super) const RAW_DEVICES: Rule = Rule {
    id: "BS-K019",
    title: "capability `SYS_RAWIO` added",
    severity: Severity::High,
    aliases: &["CKV_K8S_25", "C-0046"],
    why: "`SYS_RAWIO` talks to hardware past the kernel, with the node's memory and disks within reach.",
    advice: "Remove it, and give the container the one device that it needs by a device plugin.",
    references: &[
        page::CAPABILITIES,
        "https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/",
    ],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [SYS_RAWIO]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [SYS_RAWIO]
"
    )],
    check: Check::Workload(|workload, found| adds(workload, found, &["SYS_RAWIO"], "use hardware past the kernel")),
};

pub(super) const WHOLE_NODE: Rule = Rule {
    id: "BS-K020",
    title: "capability over something that the node has only once",
    severity: Severity::Medium,
    aliases: &["CKV_K8S_25", "C-0046"],
    why: "The clock, the kernel's log, its audit and its mandatory access control belong to the whole node; a \
          container that may change them changes them for all.",
    advice: "Remove it, and leave the clock, audit and policies to services of the node itself.",
    references: &[page::CAPABILITIES, page::POD_SECURITY],
    bad: &[container!(
        "    securityContext:
      capabilities:
        add: [SYS_TIME, SYSLOG]
"
    )],
    good: &[container!(
        "    securityContext:
      capabilities:
        drop: [SYS_TIME, SYS_BOOT]
"
    )],
    check: Check::Workload(|workload, found| {
        let names = [
            "AUDIT_CONTROL",
            "AUDIT_READ",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "SYSLOG",
            "SYS_BOOT",
            "SYS_TIME",
            "WAKE_ALARM",
        ];
        adds(workload, found, &names, "act on the whole node");
    }),
};
