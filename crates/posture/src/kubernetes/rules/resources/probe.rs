//! Probes.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{given, is_whole};
use crate::kubernetes::rules::page;
use crate::kubernetes::{Container, ContainerKind, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::{Node, Value};

/// Pods that run until they are done need no probes.
fn stays(workload: &Workload<'_>) -> bool {
    !matches!(workload.object.kind, "Job" | "CronJob")
        && !matches!(workload.spec.text("restartPolicy"), Some("Never" | "OnFailure"))
}

fn lacking(workload: &Workload<'_>, found: &mut Found<'_>, key: &str, what: &str) {
    if !stays(workload) {
        return;
    }
    for container in &workload.containers {
        if container.kind == ContainerKind::Main && is_whole(container) && given(container.node, key).is_none() {
            found
                .report(container.heading(), format!("container `{}` has no {what} probe", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const NO_LIVENESS: Rule = Rule {
    id: "BS-K128",
    title: "no liveness probe",
    severity: Severity::Low,
    aliases: &["CKV_K8S_8", "C-0056", "no-liveness-probe", "pod-probes", "livenessProbeMissing"],
    why: "A program that hangs without ending is only started again if a liveness probe notices.",
    advice: "Add a `livenessProbe` that asks the program itself, and nothing that it depends on. A program that ends \
             whenever it fails needs none: ignore the rule with that reason.",
    references: &[page::PROBES],
    bad: &[container!(
        "    readinessProbe:
      httpGet: {path: /ready, port: 8080}
"
    )],
    good: &[
        container!(
            "    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
"
        ),
        "apiVersion: batch/v1
kind: Job
metadata:
  name: once
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
        pod!(
            "  restartPolicy: OnFailure
  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(|workload, found| lacking(workload, found, "livenessProbe", "liveness")),
};

pub(super) const NO_READINESS: Rule = Rule {
    id: "BS-K129",
    title: "no readiness probe",
    severity: Severity::Low,
    aliases: &["CKV_K8S_9", "C-0018", "no-readiness-probe", "pod-probes", "readinessProbeMissing"],
    why: "Without a readiness probe a container gets traffic from the moment it starts, and an update replaces the \
          last old pod before a new one can answer.",
    advice: "Add a `readinessProbe` that succeeds once the program can answer.",
    references: &[page::PROBES],
    bad: &[container!(
        "    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
"
    )],
    good: &[
        container!(
            "    readinessProbe:
      tcpSocket: {port: 8080}
"
        ),
        "apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: \"0 3 * * *\"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
          - name: app
            image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(|workload, found| lacking(workload, found, "readinessProbe", "readiness")),
};

/// The same value, wherever it stands. Depth is bounded by the parser.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Mapping(entries), Value::Mapping(others)) => {
            entries.len() == others.len()
                && entries.len() <= 32
                && entries.iter().all(|(key, value)| {
                    key.as_str().and_then(|key| other.get(key)).is_some_and(|other| same(value, other))
                })
        }
        (Value::Sequence(items), Value::Sequence(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(one, other)| same(one, other))
        }
        (one, other) => one == other,
    }
}

pub(super) const SAME: Rule = Rule {
    id: "BS-K130",
    title: "liveness and readiness by one and the same probe",
    severity: Severity::Low,
    aliases: &[],
    why: "What is not ready for a moment, because it is busy or waits for a database, is killed at once, and the load \
          moves on to the others.",
    advice: "Let the liveness probe ask less, or wait longer (`failureThreshold`), than the readiness probe.",
    references: &[page::PROBES],
    bad: &[container!(
        "    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
      periodSeconds: 5
    readinessProbe:
      periodSeconds: 5
      httpGet:
        path: /healthz
        port: 8080
"
    )],
    good: &[
        container!(
            "    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
      failureThreshold: 10
    readinessProbe:
      httpGet: {path: /healthz, port: 8080}
"
        ),
        container!(
            "    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
    readinessProbe:
      httpGet: {path: /ready, port: 8080}
"
        ),
    ],
    check: Check::Workload(the_same),
};

fn the_same(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        if let Some((key, liveness)) = container.node.entry("livenessProbe")
            && let Some((other, readiness)) = container.node.entry("readinessProbe")
            && !liveness.is_empty()
            && same(liveness, readiness)
        {
            found
                .report(key.span, format!("container `{}` is killed as soon as it is not ready", container.name()))
                .within(&container.title())
                .note(other.span, "the same probe");
        }
    }
}

pub(super) const NO_SUCH_PORT: Rule = Rule {
    id: "BS-K131",
    title: "probe of a port that has no such name",
    severity: Severity::Medium,
    aliases: &["liveness-port", "readiness-port", "startup-port"],
    why: "A probe that names a port which the container does not declare always fails: the container is killed again \
          and again, or never gets traffic.",
    advice: "Declare the port under `ports` with that name, or write its number.",
    references: &[page::PROBES],
    bad: &[container!(
        "    ports:
    - name: web
      containerPort: 8080
    livenessProbe:
      httpGet:
        path: /healthz
        port: http
"
    )],
    good: &[container!(
        "    ports:
    - name: web
      containerPort: 8080
    livenessProbe:
      httpGet:
        path: /healthz
        port: web
    readinessProbe:
      tcpSocket:
        port: \"9090\"
"
    )],
    check: Check::Workload(no_such_port),
};

fn no_such_port(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in workload.containers.iter().filter(|container| is_whole(container)) {
        for (_, probe) in probes(container) {
            for kind in ["httpGet", "tcpSocket"] {
                let Some(port) = probe.at(&[kind, "port"]) else { continue };
                let Some(name) = port.as_str().filter(|name| name.bytes().any(|byte| byte.is_ascii_lowercase())) else {
                    continue;
                };
                let is_name =
                    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
                if is_name && !container.node.list("ports").iter().any(|port| port.text("name") == Some(name)) {
                    found
                        .report(port.span, format!("container `{}` declares no port `{name}`", container.name()))
                        .within(&container.title());
                }
            }
        }
    }
}

fn probes<'a>(container: &Container<'a>) -> impl Iterator<Item = (&'static str, &'a Node)> {
    let node = container.node;
    ["livenessProbe", "readinessProbe", "startupProbe"].into_iter().filter_map(|key| Some((key, node.get(key)?)))
}

pub(super) const THRESHOLD: Rule = Rule {
    id: "BS-K132",
    title: "probe with settings that cannot be",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API server refuses a liveness or startup probe whose `successThreshold` is not 1, and probes on \
          ordinary initial containers.",
    advice: "Remove `successThreshold`, and probes from containers that run once before the others.",
    references: &[page::PROBES, page::POD_REFERENCE],
    bad: &[
        container!(
            "    livenessProbe:
      httpGet: {path: /healthz, port: 8080}
      successThreshold: 3
"
        ),
        pod!(
            "  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
    readinessProbe:
      tcpSocket: {port: 8080}
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        container!(
            "    readinessProbe:
      httpGet: {path: /ready, port: 8080}
      successThreshold: 3
"
        ),
        // An initial container that stays is a sidecar, and may have probes.
        pod!(
            "  initContainers:
  - name: proxy
    image: registry.example.com/proxy:1.4
    restartPolicy: Always
    startupProbe:
      tcpSocket: {port: 15001}
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(threshold),
};

fn threshold(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for (key, probe) in probes(container) {
            if container.kind == ContainerKind::Init && !container.is_sidecar() {
                found
                    .report(probe.span, format!("initial container `{}` cannot have a `{key}`", container.name()))
                    .within(&container.title());
            } else if key != "readinessProbe"
                && let Some(value) = probe.get("successThreshold")
                && value.as_int().is_some_and(|value| value > 1)
            {
                found
                    .report(value.span, format!("`successThreshold` of a `{key}` must be 1"))
                    .within(&container.title());
            }
        }
    }
}
