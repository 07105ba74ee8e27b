//! Rules on the API server: which objects it takes in.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Must, ask};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const PLUGINS: &str = "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H060",
        title: "services may take any address",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.3", "KCV-0003"],
        why: "Who may create a Service can give it any address as external IP, and so take over traffic that pods send to it (CVE-2020-8554).",
        advice: "Add `DenyServiceExternalIPs` to `--enable-admission-plugins`, unless the cluster needs external IPs.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips",
            CIS,
        ],
        bad: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction")],
        good: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs")],
        check: Check::Host(|host, found| {
            plugin(host, found, "DenyServiceExternalIPs", "a Service may take any address")
        }),
    },
    Rule {
        id: "BS-H067",
        title: "events without a rate limit",
        severity: Severity::Negligible,
        aliases: &["CIS-K8S-1.2.9", "KCV-0010"],
        why: "One program that fails in a loop can fill etcd with events and slow the API server for all.",
        advice: "Add `EventRateLimit` to `--enable-admission-plugins`, with its limits in `--admission-control-config-file`.",
        references: &[PLUGINS, CIS],
        bad: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction")],
        good: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction,EventRateLimit")],
        check: Check::Host(|host, found| {
            plugin(host, found, "EventRateLimit", "one program can flood etcd with events")
        }),
    },
    Rule {
        id: "BS-H068",
        title: "every object is admitted",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.10", "KCV-0011", "CKV_K8S_79"],
        why: "`AlwaysAdmit` lets every object pass admission; it is deprecated and only for tests.",
        advice: "Remove `AlwaysAdmit` from `--enable-admission-plugins`.",
        references: &[PLUGINS, CIS],
        bad: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction,AlwaysAdmit")],
        good: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "enable-admission-plugins",
                    must: Must::NotHave("AlwaysAdmit"),
                    wrong: "lets every object pass",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H069",
        title: "images of others can be used without their password",
        severity: Severity::Negligible,
        aliases: &["CIS-K8S-1.2.11", "KCV-0012", "CKV_K8S_80"],
        why: "A private image that one pod has pulled can be started on that node by every other pod that knows its name.",
        advice: "Add `AlwaysPullImages` to `--enable-admission-plugins` where users do not trust each other; the registry has to be up then. From version 1.33 on the kubelet can check by itself.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages",
            CIS,
        ],
        bad: &[pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction")],
        good: &[pod!("kube-apiserver", "--enable-admission-plugins=AlwaysPullImages")],
        check: Check::Host(|host, found| {
            plugin(host, found, "AlwaysPullImages", "a private image on a node is open to all its pods")
        }),
    },
    Rule {
        id: "BS-H070",
        title: "admission of service accounts switched off",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.12", "KCV-0014", "CKV_K8S_82"],
        why: "Without `ServiceAccount` pods can name accounts that do not exist or that are not theirs, and tokens are not mounted as they should be.",
        advice: "Remove `ServiceAccount` from `--disable-admission-plugins`.",
        references: &[PLUGINS, CIS],
        bad: &[pod!("kube-apiserver", "--disable-admission-plugins=ServiceAccount")],
        good: &[pod!("kube-apiserver", "--enable-admission-plugins=ServiceAccount"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "disable-admission-plugins",
                    must: Must::NotHave("ServiceAccount"),
                    wrong: "switches the admission of service accounts off",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H071",
        title: "objects in namespaces that are being deleted",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.13", "KCV-0015", "CKV_K8S_83"],
        why: "Without `NamespaceLifecycle` objects can be made in namespaces that are gone or going, and the namespaces of the system can be deleted.",
        advice: "Remove `NamespaceLifecycle` from `--disable-admission-plugins`.",
        references: &[PLUGINS, CIS],
        bad: &[pod!("kube-apiserver", "--disable-admission-plugins=NamespaceLifecycle")],
        good: &[pod!("kube-apiserver", "--disable-admission-plugins="), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "disable-admission-plugins",
                    must: Must::NotHave("NamespaceLifecycle"),
                    wrong: "lets namespaces of the system be deleted",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H072",
        title: "nodes may change other nodes",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.14", "KCV-0016", "CKV_K8S_85"],
        why: "Without `NodeRestriction` one node that falls can relabel others and draw pods with secrets to itself.",
        advice: "Add `NodeRestriction` to `--enable-admission-plugins`.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction",
            CIS,
        ],
        bad: &[pod!("kube-apiserver", "--enable-admission-plugins=AlwaysPullImages"), pod!("kube-apiserver", "--v=2")],
        good: &[
            pod!("kube-apiserver", "--enable-admission-plugins=NodeRestriction"),
            "=== kubeadm.yaml\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  timeoutForControlPlane: 4m0s\n",
        ],
        check: Check::Host(|host, found| plugin(host, found, "NodeRestriction", "a node may change the others")),
    },
    Rule {
        id: "BS-H073",
        title: "Pod Security Standards switched off",
        severity: Severity::Medium,
        aliases: &[],
        why: "Without `PodSecurity` the labels by which namespaces refuse privileged pods count for nothing, and nobody sees that.",
        advice: "Remove `PodSecurity` from `--disable-admission-plugins`.",
        references: &["https://kubernetes.io/docs/concepts/security/pod-security-admission/"],
        bad: &[pod!("kube-apiserver", "--disable-admission-plugins=PodSecurity")],
        good: &[pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "disable-admission-plugins",
                    must: Must::NotHave("PodSecurity"),
                    wrong: "makes the labels against privileged pods count for nothing",
                    ..ASK
                },
            );
        }),
    },
];

/// Reports a list of admission plugins that lacks one, or the list being missing.
fn plugin(host: &Host<'_>, found: &mut Found<'_>, name: &str, consequence: &str) {
    if host.component != Component::ApiServer {
        return;
    }
    let lists = ["enable-admission-plugins", "admission-control"];
    let given: Vec<_> = lists.iter().filter_map(|flag| host.setting(&[], flag)).collect();
    if given.iter().any(|setting| setting.items().any(|item| item == name)) {
        return;
    }
    match given.first() {
        Some(setting) => {
            host.report(found, setting.span, format!("{} leaves out `{name}`: {consequence}", setting.shown));
        }
        None if host.is_complete => {
            host.report(
                found,
                host.heading,
                format!("`--enable-admission-plugins` leaves out `{name}`: {consequence}"),
            );
        }
        None => {}
    }
}
