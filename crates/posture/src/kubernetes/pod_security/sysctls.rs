//! `sysctls`: kernel settings that belong to the pod alone.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Pod, short, text};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control = Control {
    id: "sysctls",
    level: Level::Baseline,
    revisions: &[
        Revision::new(0, |pod, violations| judge(pod, violations, 0)),
        Revision::new(27, |pod, violations| judge(pod, violations, 27)),
        Revision::new(29, |pod, violations| judge(pod, violations, 29)),
        Revision::new(32, |pod, violations| judge(pod, violations, 32)),
        Revision::new(37, |pod, violations| judge(pod, violations, 37)),
    ],
    rule: &RULE,
};

pub(super) const RULE: Rule = Rule {
    id: "BS-P011",
    title: "sysctl beyond the safe ones",
    severity: Severity::Medium,
    aliases: &["sysctls", "KSV-0026"],
    why: "Most kernel settings count for the whole node or can exhaust what pods share. Only the ones that a pod has to \
          itself are safe, and the list grew with the versions of Kubernetes.",
    advice: "Remove the entry from `securityContext.sysctls`, set it on the nodes instead, or hold the pod to a \
             version of the standards that knows it as safe.",
    references: &[
        "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls",
        BASELINE_PAGE,
    ],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    sysctls: [{name: kernel.msgmax, value: '65536'}]
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: '80'}]
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    check: Check::PodSecurity,
};

/// Safe ones, with the minor version that first knew them as safe.
const SAFE: &[(&str, u32)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
];

fn judge(pod: &Pod<'_>, violations: &mut Violations, minor: u32) {
    let scope = pod.scope();
    for sysctl in scope.field(&["sysctls"]).map_or(&[][..], crate::yaml::Node::items) {
        let name = text(Some(sysctl), "name");
        let safe = SAFE.iter().find(|(safe, _)| *safe == name);
        let message = match safe {
            Some((_, since)) if *since <= minor => continue,
            Some((_, since)) => format!("sysctl `{name}` counts as safe only since Kubernetes 1.{since}"),
            None => format!("sysctl `{}` is none of the safe ones", short(name)),
        };
        let span = sysctl.entry_span("name").unwrap_or_else(|| scope.span_of(&["sysctls"]));
        violations.pod(span, message);
    }
}
