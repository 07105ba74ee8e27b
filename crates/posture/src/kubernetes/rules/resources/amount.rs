//! CPU, memory and disk.

use boltseal_evidence::Severity;

use super::quantity::thousandths;
use crate::finding::Found;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::is_whole;
use crate::kubernetes::rules::page;
use crate::kubernetes::{ContainerKind, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

fn amount<'a>(node: &'a Node, list: &str, resource: &str) -> Option<&'a Node> {
    node.at(&["resources", list, resource]).filter(|amount| !amount.is_empty())
}

/// Reports the containers without one of `lists` for a resource. Ephemeral ones cannot have any, and since
/// Kubernetes 1.34 what the pod has holds for all.
fn lacking(workload: &Workload<'_>, found: &mut Found<'_>, lists: &[&str], resource: &str, what: &str) {
    if lists.iter().any(|list| amount(workload.spec, list, resource).is_some()) {
        return;
    }
    for container in workload.containers.iter().filter(|container| container.kind != ContainerKind::Ephemeral) {
        if is_whole(container) && lists.iter().all(|list| amount(container.node, list, resource).is_none()) {
            found
                .report(container.heading(), format!("container `{}` has no {what}", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const NO_CPU_REQUEST: Rule = Rule {
    id: "BS-K120",
    title: "no CPU request",
    severity: Severity::Low,
    aliases: &[
        "KSV-0015",
        "CKV_K8S_10",
        "C-0268",
        "unset-cpu-requirements",
        "container-resources",
        "cpuRequestsMissing",
    ],
    why: "Without a CPU request the scheduler believes that the container needs nothing, and on a busy node it gets \
          close to nothing.",
    advice: "Set `resources.requests.cpu` to what the program needs on an ordinary day, for example `100m`.",
    references: &[page::RESOURCES],
    bad: &[container!(
        "    resources:
      requests:
        memory: 64Mi
"
    )],
    good: &[
        container!(
            "    resources:
      requests:
        cpu: 100m
"
        ),
        // Without a request the limit is the request.
        container!(
            "    resources:
      limits: {cpu: 1}
"
        ),
        pod!(
            "  resources:
    requests:
      cpu: 1
  containers:
  - name: app
    image: registry.example.com/app:1.4
  ephemeralContainers:
  - name: debug
    image: registry.example.com/tool:2.0
"
        ),
    ],
    check: Check::Workload(|workload, found| lacking(workload, found, &["requests", "limits"], "cpu", "CPU request")),
};

pub(super) const NO_CPU_LIMIT: Rule = Rule {
    id: "BS-K121",
    title: "no CPU limit",
    severity: Severity::Low,
    aliases: &["KSV-0011", "CKV_K8S_11", "C-0270", "unset-cpu-requirements", "container-resources", "cpuLimitsMissing"],
    why: "A container without a CPU limit that spins, or mines for someone else, takes all that the node's other \
          containers have not requested.",
    advice: "Set `resources.limits.cpu` well above the usual need. Where requests alone are the house's rule, ignore \
             this rule with that reason.",
    references: &[page::RESOURCES],
    bad: &[container!(
        "    resources:
      requests:
        cpu: 100m
"
    )],
    good: &[container!(
        "    resources:
      limits:
        cpu: \"2\"
"
    )],
    check: Check::Workload(|workload, found| lacking(workload, found, &["limits"], "cpu", "CPU limit")),
};

pub(super) const NO_MEMORY_REQUEST: Rule = Rule {
    id: "BS-K122",
    title: "no memory request",
    severity: Severity::Low,
    aliases: &[
        "KSV-0016",
        "CKV_K8S_12",
        "C-0269",
        "unset-memory-requirements",
        "container-resources",
        "memoryRequestsMissing",
    ],
    why: "Without a memory request the scheduler packs the pod onto nodes that have no room for it, and it is among \
          the first to be evicted there.",
    advice: "Set `resources.requests.memory` to what the program needs on an ordinary day, for example `128Mi`.",
    references: &[page::RESOURCES],
    bad: &[container!(
        "    resources:
      requests:
        cpu: 100m
"
    )],
    good: &[
        container!(
            "    resources:
      requests:
        memory: 128Mi
"
        ),
        container!(
            "    resources:
      limits:
        memory: 128Mi
"
        ),
    ],
    check: Check::Workload(|workload, found| {
        lacking(workload, found, &["requests", "limits"], "memory", "memory request");
    }),
};

pub(super) const NO_MEMORY_LIMIT: Rule = Rule {
    id: "BS-K123",
    title: "no memory limit",
    severity: Severity::Medium,
    aliases: &[
        "KSV-0018",
        "CKV_K8S_13",
        "C-0271",
        "unset-memory-requirements",
        "container-resources",
        "memoryLimitsMissing",
    ],
    why: "A container without a memory limit that leaks, or is made to, takes the whole node's memory; the kernel then \
          kills other pods' processes too.",
    advice: "Set `resources.limits.memory`, best to the same as the request.",
    references: &[page::RESOURCES, "https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/"],
    bad: &[
        container!(
            "    resources:
      requests:
        memory: 64Mi
"
        ),
        pod!(
            "  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
    resources:
      limits:
        memory: 128Mi
"
        ),
    ],
    good: &[container!(
        "    resources:
      limits:
        memory: 128Mi
"
    )],
    check: Check::Workload(|workload, found| lacking(workload, found, &["limits"], "memory", "memory limit")),
};

pub(super) const NO_STORAGE_LIMIT: Rule = Rule {
    id: "BS-K125",
    title: "no limit for the node's disk",
    severity: Severity::Negligible,
    aliases: &["unset-ephemeral-storage-requirements"],
    why: "Logs, the container's own layer and `emptyDir` volumes lie on the node's disk; without an \
          `ephemeral-storage` limit one container can fill it, and others are evicted.",
    advice: "Set `resources.limits.ephemeral-storage`, for example `1Gi`.",
    references: &["https://kubernetes.io/docs/concepts/storage/ephemeral-storage/"],
    bad: &[container!(
        "    resources:
      limits:
        memory: 64Mi
"
    )],
    good: &[container!(
        "    resources:
      limits:
        ephemeral-storage: 1Gi
"
    )],
    check: Check::Workload(|workload, found| {
        lacking(workload, found, &["limits"], "ephemeral-storage", "limit for the node's disk");
    }),
};

pub(super) const BELOW_REQUEST: Rule = Rule {
    id: "BS-K124",
    title: "limit below the request",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API server refuses a container whose limit is smaller than its request.",
    advice: "Raise the limit, or lower the request; look at the units of both.",
    references: &[page::RESOURCES],
    bad: &[container!(
        "    resources:
      requests:
        memory: 1Gi
      limits:
        memory: 512Mi
"
    )],
    good: &[container!(
        "    resources:
      requests:
        memory: 1024Mi
        cpu: 500m
      limits:
        memory: 1Gi
        cpu: \"0.5\"
"
    )],
    check: Check::Workload(below_request),
};

/// The pod itself, and each of its containers, with what reports call them.
fn each<'w>(workload: &'w Workload<'_>) -> impl Iterator<Item = (&'w Node, String)> {
    let containers = workload.containers.iter().map(|container| (container.node, container.title()));
    std::iter::once((workload.spec, String::new()))
        .chain(containers)
        .filter(|(node, _)| node.get("resources").is_some())
}

fn below_request(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (node, title) in each(workload) {
        for (name, limit) in node.at(&["resources", "limits"]).map_or(&[][..], Node::entries) {
            let Some(request) = name.as_str().and_then(|name| amount(node, "requests", name)) else { continue };
            if let (Some(most), Some(least)) = (thousandths(limit), thousandths(request))
                && most < least
            {
                let text = |node: &Node| node.as_str().unwrap_or("?").to_owned();
                found
                    .report(limit.span, format!("limit `{}` is below the request `{}`", text(limit), text(request)))
                    .within(&title)
                    .note(request.span, "the request");
            }
        }
    }
}

pub(super) const WRONG_UNIT: Rule = Rule {
    id: "BS-K126",
    title: "memory in a unit that cannot be meant",
    severity: Severity::Medium,
    aliases: &[],
    why: "`128m` is an eighth of a byte and `128` a hundred bytes: nothing starts with such a limit, and such a \
          request asks for nothing.",
    advice: "Write `Mi` or `Gi` after the number; `m` means thousandths.",
    references: &[page::RESOURCES],
    bad: &[
        container!(
            "    resources:
      limits:
        memory: 128m
"
        ),
        container!(
            "    resources:
      requests:
        memory: 512
"
        ),
    ],
    good: &[container!(
        "    resources:
      requests:
        memory: 134217728
        cpu: 250m
      limits:
        memory: 128Mi
"
    )],
    check: Check::Workload(wrong_unit),
};

fn wrong_unit(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (node, title) in each(workload) {
        for list in ["requests", "limits"] {
            if let Some(memory) = amount(node, list, "memory")
                && let Some(value) = thousandths(memory)
                // Zero is a way to say none.
                && (1..64 * 1024 * 1000).contains(&value)
            {
                let text = memory.as_str().unwrap_or("?");
                let size = if value < 1000 { "less than a byte".to_owned() } else { format!("{} bytes", value / 1000) };
                found.report(memory.span, format!("memory `{text}` is {size}")).within(&title);
            }
        }
    }
}

pub(super) const HUGE: Rule = Rule {
    id: "BS-K127",
    title: "more than a node has",
    severity: Severity::Low,
    aliases: &[],
    why: "A request that no node can satisfy keeps the pod pending, and a limit of that size is none. `cpu: 500` is \
          five hundred cores; half a core is `500m`.",
    advice: "Write thousandths of a core with `m`, and limits that hold.",
    references: &[page::RESOURCES],
    bad: &[container!(
        "    resources:
      requests:
        cpu: 500
"
    )],
    good: &[container!(
        "    resources:
      requests:
        cpu: 500m
        memory: 64Gi
      limits:
        cpu: 64
"
    )],
    check: Check::Workload(huge),
};

fn huge(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (node, title) in each(workload) {
        for list in ["requests", "limits"] {
            let most = [("cpu", 256_000, "cores"), ("memory", 16_i128 << 40, "of memory")];
            for (resource, most, unit) in most {
                let most = if resource == "memory" { most * 1000 } else { most };
                if let Some(node) = amount(node, list, resource)
                    && thousandths(node).is_some_and(|value| value > most)
                {
                    let text = node.as_str().unwrap_or("?");
                    found.report(node.span, format!("`{text}` {unit} is more than a node has")).within(&title);
                }
            }
        }
    }
}
