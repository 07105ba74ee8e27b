//! `hostProbesAndHostLifecycle`: the kubelet is not sent to other hosts.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Pod, named, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control = Control {
    id: "hostProbesAndHostLifecycle",
    level: Level::Baseline,
    revisions: &[Revision::new(34, judge)],
    rule: &RULE,
};

pub(super) const RULE: Rule = Rule {
    id: "BS-P006",
    title: "probe or lifecycle hook that calls another host",
    severity: Severity::Medium,
    aliases: &["hostProbesAndHostLifecycle"],
    why: "Probes and hooks run in the kubelet, in the node's network. A `host` there sends it to any address it can \
          reach, past network policies: to the node's loopback, the cloud's metadata service, machines behind a \
          firewall (since 1.34 part of the baseline).",
    advice: "Leave `host` out of `httpGet` and `tcpSocket`: the pod's own address is meant then. A virtual host goes \
             into `httpHeaders` as `Host`.",
    references: &[BASELINE_PAGE],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    livenessProbe:
      httpGet: {host: 169.254.169.254, port: 80}
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    livenessProbe:
      httpGet: {host: '', port: 8080, httpHeaders: [{name: Host, value: web.example}]}
    lifecycle:
      preStop: {tcpSocket: {port: 8080}}
"],
    check: Check::PodSecurity,
};

const HOOKS: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for container in pod.containers() {
        for hook in HOOKS {
            for action in ["httpGet", "tcpSocket"] {
                let Some(target) = container.node.at(hook).and_then(|hook| hook.get(action)) else { continue };
                let Some(host) = target.get("host").filter(|host| !host.is_empty()) else { continue };
                let message = format!(
                    "`{}.{action}` of {} makes the kubelet call {}",
                    hook.join("."),
                    named(container),
                    shown(host)
                );
                violations.container(container, target.entry_span("host").unwrap_or(target.span), message);
            }
        }
    }
}
