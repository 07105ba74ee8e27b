//! `windowsHostProcess`: no container is a process of a Windows node.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Flag, Pod, flag, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control =
    Control { id: "windowsHostProcess", level: Level::Baseline, revisions: &[Revision::new(0, judge)], rule: &RULE };

pub(super) const RULE: Rule = Rule {
    id: "BS-P012",
    title: "HostProcess container on Windows",
    severity: Severity::High,
    aliases: &["windowsHostProcess", "KSV-0103"],
    why: "A HostProcess container is no container but a process of the Windows node, with its network, its files and \
          often its administrator's rights.",
    advice: "Remove `windowsOptions.hostProcess`; what manages nodes belongs in a namespace with the privileged level.",
    references: &[BASELINE_PAGE, "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  os: {name: windows}
  hostNetwork: true
  securityContext:
    windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM'}
  containers: [{name: app, image: 'registry.example/agent:1.2'}]
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  os: {name: windows}
  securityContext:
    windowsOptions: {hostProcess: false, runAsUserName: ContainerUser}
  containers: [{name: app, image: 'registry.example/agent:1.2'}]
"],
    check: Check::PodSecurity,
};

const HOST_PROCESS: &[&str] = &["windowsOptions", "hostProcess"];

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for scope in pod.scopes() {
        let Some(value) = scope.field(HOST_PROCESS) else { continue };
        let message = match flag(Some(value)) {
            Flag::Is(true) => format!("`hostProcess: true` runs {} on the Windows node itself", scope.name()),
            Flag::Wrong => {
                format!("`hostProcess` of {} is {}, no boolean: the API server refuses it", scope.name(), shown(value))
            }
            Flag::Is(false) | Flag::Absent => continue,
        };
        violations.scope(&scope, scope.span_of(HOST_PROCESS), message);
    }
}
