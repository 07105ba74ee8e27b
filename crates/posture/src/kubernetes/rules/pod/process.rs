//! What pods are made of: containers, their names, their processes.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::rules::example::{container, deployment, pod};
use crate::kubernetes::rules::inherit::{given, is_static, is_written_out};
use crate::kubernetes::rules::page;
use crate::kubernetes::{ContainerKind, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

pub(super) const BARE: Rule = Rule {
    id: "BS-K153",
    title: "bare Pod",
    severity: Severity::Low,
    aliases: &["C-0073"],
    why: "A Pod that no controller made is gone when its node is, and cannot be updated without stopping it.",
    advice: "Make it a Deployment, a StatefulSet, a DaemonSet or a Job.",
    references: &["https://kubernetes.io/docs/concepts/configuration/overview/"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        deployment!(
            "  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
        // Runs once, and is looked at afterwards.
        pod!(
            "  restartPolicy: Never
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // A static pod of the control plane.
        "apiVersion: v1
kind: Pod
metadata:
  name: kube-scheduler
  namespace: kube-system
  labels:
    tier: control-plane
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(bare),
};

fn bare(workload: &Workload<'_>, found: &mut Found<'_>) {
    let object = &workload.object;
    if object.kind != "Pod" || !is_written_out(workload) {
        return;
    }
    let metadata = object.node.get("metadata");
    let owned = metadata.is_some_and(|metadata| !metadata.list("ownerReferences").is_empty());
    let hook = metadata.is_some_and(|metadata| metadata.at(&["annotations", "helm.sh/hook"]).is_some());
    let once = matches!(workload.spec.text("restartPolicy"), Some("Never" | "OnFailure"));
    if !owned && !hook && !once && !is_static(workload) {
        found.report(workload.heading(), format!("no controller starts Pod `{}` again", object.name()));
    }
}

pub(super) const SHARED: Rule = Rule {
    id: "BS-K162",
    title: "containers see each other's processes",
    severity: Severity::Low,
    aliases: &[],
    why: "With `shareProcessNamespace` each container of the pod sees the others' processes, and by `/proc` their \
          environment and files where the users are the same.",
    advice: "Remove it; for a look into a running container use `kubectl debug --target`.",
    references: &["https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/"],
    bad: &[pod!(
        "  shareProcessNamespace: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
  - name: proxy
    image: registry.example.com/proxy:2.1
"
    )],
    good: &[
        pod!(
            "  shareProcessNamespace: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
  - name: proxy
    image: registry.example.com/proxy:2.1
"
        ),
        // With one container it only brings an init process that reaps zombies.
        pod!(
            "  shareProcessNamespace: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(shared),
};

fn shared(workload: &Workload<'_>, found: &mut Found<'_>) {
    let staying =
        workload.containers.iter().filter(|each| each.kind != ContainerKind::Init || each.is_sidecar()).count();
    if let Some(value) = workload.spec.get("shareProcessNamespace")
        && value.as_bool() == Some(true)
        && staying > 1
    {
        found.report(value.span, format!("the pod's {staying} containers see each other's processes"));
    }
}

pub(super) const SERVICE_LINKS: Rule = Rule {
    id: "BS-K163",
    title: "addresses of all Services in the environment",
    severity: Severity::Negligible,
    aliases: &[],
    why: "Kubernetes puts the addresses of all Services of the namespace into every container's environment: a map for \
          whoever breaks in, a slow start with many Services, and names that clash with the program's own.",
    advice: "Set `enableServiceLinks: false`; programs find Services by name.",
    references: &["https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables"],
    bad: &[
        pod!(
            "  enableServiceLinks: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        pod!(
            "  enableServiceLinks: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // It uses them.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    env:
    - name: DATABASE
      value: $(DB_SERVICE_HOST):5432
"
        ),
    ],
    check: Check::Workload(service_links),
};

fn service_links(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !is_written_out(workload) {
        return;
    }
    let said = given(workload.spec, "enableServiceLinks");
    if said.is_some_and(|said| said.as_bool() != Some(true)) {
        return;
    }
    let is_used = |node: &Node| node.as_str().is_some_and(|text| text.contains("_SERVICE_HOST"));
    let used = workload.containers.iter().any(|container| {
        ["command", "args"].iter().any(|key| container.node.list(key).iter().any(is_used))
            || container.node.list("env").iter().any(|variable| variable.get("value").is_some_and(is_used))
    });
    if !used {
        let span = said.map_or_else(|| workload.heading(), |said| said.span);
        found.report(span, "the addresses of all Services are put into the environment");
    }
}

pub(super) const TERMINAL: Rule = Rule {
    id: "BS-K164",
    title: "container that waits for someone at a terminal",
    severity: Severity::Low,
    aliases: &[],
    why: "`stdin` and `tty` are for a person at the keyboard; a container left with them keeps a shell open for whoever \
          may attach to it.",
    advice: "Remove both; `kubectl exec -it` brings its own terminal.",
    references: &[page::POD_REFERENCE],
    bad: &[container!(
        "    stdin: true
    tty: true
"
    )],
    good: &[
        container!(
            "    stdin: false
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  ephemeralContainers:
  - name: debug
    image: registry.example.com/tool:2.0
    stdin: true
    tty: true
"
        ),
    ],
    check: Check::Workload(terminal),
};

fn terminal(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in workload.containers.iter().filter(|container| container.kind != ContainerKind::Ephemeral) {
        let open = ["tty", "stdin"].into_iter().find_map(|key| {
            let value = container.node.get(key).filter(|value| value.as_bool() == Some(true))?;
            Some((key, value))
        });
        if let Some((key, value)) = open {
            found
                .report(value.span, format!("`{key}: true` keeps container `{}` waiting for someone", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const EPHEMERAL: Rule = Rule {
    id: "BS-K166",
    title: "ephemeral container in a manifest",
    severity: Severity::Medium,
    aliases: &[],
    why: "Ephemeral containers are added to running pods only: the API server refuses a new object that has some, so \
          this file was exported from a pod that someone debugged.",
    advice: "Remove `ephemeralContainers`, and use `kubectl debug` when it is needed.",
    references: &["https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  ephemeralContainers:
  - name: debug
    image: registry.example.com/tool:2.0
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  ephemeralContainers: []
"
        ),
        // Read back from a cluster.
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  uid: 0f3c9d7e-0000-4000-8000-000000000000
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
  ephemeralContainers:
  - name: debug
    image: registry.example.com/tool:2.0
",
    ],
    check: Check::Workload(ephemeral),
};

fn ephemeral(workload: &Workload<'_>, found: &mut Found<'_>) {
    if workload.object.node.at(&["metadata", "uid"]).is_some() {
        return;
    }
    for container in workload.containers.iter().filter(|container| container.kind == ContainerKind::Ephemeral) {
        found
            .report(
                container.heading(),
                format!("ephemeral container `{}` keeps this from being created", container.name()),
            )
            .within(&container.title());
    }
}

/// Lists longer than this are not compared with themselves: none that is meant is.
const MOST: usize = 1000;

pub(super) const SAME_NAME: Rule = Rule {
    id: "BS-K170",
    title: "two containers of one name",
    severity: Severity::Medium,
    aliases: &[],
    why: "Names of containers are unique within a pod, initial ones included: the API server refuses it.",
    advice: "Give each container a name of its own.",
    references: &[page::POD_REFERENCE],
    bad: &[pod!(
        "  initContainers:
  - name: app
    image: registry.example.com/setup:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  initContainers:
  - name: setup
    image: registry.example.com/app:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(same_name),
};

fn same_name(workload: &Workload<'_>, found: &mut Found<'_>) {
    let containers = workload.containers.get(..MOST).unwrap_or(&workload.containers);
    for (at, container) in containers.iter().enumerate().skip(1) {
        let Some(name) = container.node.text("name") else { continue };
        let first = containers.iter().take(at).find(|other| other.node.text("name") == Some(name));
        if let Some(first) = first {
            found
                .report(container.heading(), format!("there is a container `{name}` already"))
                .within(&container.title())
                .note(first.heading(), "the first");
        }
    }
}

pub(super) const SAME_VARIABLE: Rule = Rule {
    id: "BS-K171",
    title: "variable set twice",
    severity: Severity::Low,
    aliases: &["duplicate-env-var"],
    why: "The last of equal variables counts, and `kubectl apply` may lose either when one is changed: what the \
          container gets is not what the file says.",
    advice: "Remove the one that does not count, or give the two different names.",
    references: &["https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"],
    bad: &[container!(
        "    env:
    - name: MODE
      value: slow
    - name: LEVEL
      value: \"3\"
    - name: MODE
      value: fast
"
    )],
    good: &[container!(
        "    env:
    - name: MODE
      value: slow
    - name: mode
      value: fast
"
    )],
    check: Check::Workload(same_variable),
};

fn same_variable(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        let variables = container.node.list("env");
        if variables.len() > MOST {
            continue;
        }
        for (at, variable) in variables.iter().enumerate().skip(1) {
            let Some(name) = variable.get("name") else { continue };
            let Some(text) = name.as_str() else { continue };
            let first = variables
                .iter()
                .take(at)
                .find_map(|other| other.get("name").filter(|other| other.as_str() == Some(text)));
            if let Some(first) = first {
                found
                    .report(name.span, format!("`{text}` is set already"))
                    .within(&container.title())
                    .note(first.span, "set here first");
            }
        }
    }
}
