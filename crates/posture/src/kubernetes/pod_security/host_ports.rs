//! `hostPorts`: pods do not listen on the node's own ports.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Pod, named, present, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control =
    Control { id: "hostPorts", level: Level::Baseline, revisions: &[Revision::new(0, judge)], rule: &RULE };

pub(super) const RULE: Rule = Rule {
    id: "BS-P005",
    title: "port of the node taken by a container",
    severity: Severity::Medium,
    aliases: &["hostPorts", "KSV-0024"],
    why: "A `hostPort` opens the container on the node's address, past Services and often past network policies, and \
          can stand in for a service of the node. It also binds the pod to nodes where the port is free.",
    advice: "Drop `hostPort` and publish the port by a Service.",
    references: &[BASELINE_PAGE],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    ports: [{containerPort: 8080, hostPort: 80}]
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    ports: [{containerPort: 8080, hostPort: 0}]
"],
    check: Check::PodSecurity,
};

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for container in pod.containers() {
        for port in container.node.list("ports") {
            let Some(value) = present(port.get("hostPort")) else { continue };
            let message = match value.as_int() {
                Some(0) => continue,
                Some(number) => format!("{} takes port `{number}` of the node", named(container)),
                None => format!(
                    "`hostPort` of {} is {}, no number: the API server refuses it",
                    named(container),
                    shown(value)
                ),
            };
            violations.container(container, port.entry_span("hostPort").unwrap_or(port.span), message);
        }
    }
}
