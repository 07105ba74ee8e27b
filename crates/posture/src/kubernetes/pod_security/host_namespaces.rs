//! `hostNamespaces`: pods do not join the node's network, processes and shared memory.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Flag, Pod, flag, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control =
    Control { id: "hostNamespaces", level: Level::Baseline, revisions: &[Revision::new(0, judge)], rule: &RULE };

pub(super) const RULE: Rule = Rule {
    id: "BS-P003",
    title: "pod in a namespace of the host",
    severity: Severity::High,
    aliases: &["hostNamespaces", "KSV-0008", "KSV-0009", "KSV-0010"],
    why: "With `hostNetwork` a pod reaches what listens on the node's loopback and goes round network policies, with \
          `hostPID` it sees and signals the node's processes and reads their environment, with `hostIPC` their shared \
          memory.",
    advice: "Leave `hostNetwork`, `hostPID` and `hostIPC` out; publish ports by a Service, and keep agents of the node \
             that cannot do without in a namespace of their own.",
    references: &[BASELINE_PAGE],
    bad: &["\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  template:
    spec:
      hostNetwork: true
      containers: [{name: app, image: 'registry.example/agent:1.2'}]
"],
    good: &["\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  template:
    spec:
      hostNetwork: false
      hostPID: null
      containers: [{name: app, image: 'registry.example/agent:1.2'}]
"],
    check: Check::PodSecurity,
};

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for (key, what) in [("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "shared memory")] {
        let Some(value) = pod.field(key) else { continue };
        let message = match flag(Some(value)) {
            Flag::Is(true) => format!("`{key}: true` gives the pod the node's {what}"),
            Flag::Wrong => format!("`{key}` is {}, no boolean: the API server refuses it", shown(value)),
            Flag::Is(false) | Flag::Absent => continue,
        };
        violations.pod(pod.span_of(key), message);
    }
}
