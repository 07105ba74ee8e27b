//! Rules on the API server: who gets in, and what they may do.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const FLAGS: &str = "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H057",
        title: "API server answers strangers",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.1", "KCV-0001", "CKV_K8S_68"],
        why: "Requests without credentials are taken as user `system:anonymous`: one careless role binding opens the cluster to everyone who reaches the port.",
        advice: "Set `--anonymous-auth=false`, or allow it for health checks only with `--authentication-config`; kubeadm's probes need the latter.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
            CIS,
        ],
        bad: &[
            pod!("kube-apiserver", "--anonymous-auth=true"),
            pod!("kube-apiserver", "--v=2"),
            "=== kubeadm.yaml\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: anonymous-auth\n    value: \"true\"\n",
        ],
        good: &[
            pod!("kube-apiserver", "--anonymous-auth=false"),
            pod!("kube-apiserver", "--authentication-config=/etc/kubernetes/auth.yaml"),
            "=== kubeadm.yaml\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: anonymous-auth\n    value: \"false\"\n",
        ],
        check: Check::Host(|host, found| {
            if !host.has("authentication-config") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "anonymous-auth",
                        must: Must::Be(&["false"]),
                        wrong: "takes requests without credentials",
                        missing: Missing::Bad("requests without credentials are taken"),
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H058",
        title: "tokens in a file",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.2", "KCV-0002", "CKV_K8S_70"],
        why: "Tokens of a file are good for ever, stand there in clear, and change only when the server restarts.",
        advice: "Remove `--token-auth-file`; people log in through OpenID Connect, programs with service account tokens.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file", CIS],
        bad: &[pod!("kube-apiserver", "--token-auth-file=/etc/tokens.csv")],
        good: &[pod!("kube-apiserver", "--oidc-issuer-url=https://login.example.org")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "token-auth-file",
                    must: Must::NotBeSet,
                    wrong: "holds tokens that are good for ever",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H059",
        title: "passwords in a file",
        severity: Severity::High,
        aliases: &["CKV_K8S_69"],
        why: "The file holds passwords in clear that never run out; versions that still know the flag are long without fixes.",
        advice: "Remove `--basic-auth-file` and update; people log in through OpenID Connect.",
        references: &[FLAGS, "https://kubernetes.io/docs/reference/access-authn-authz/authentication/"],
        bad: &[pod!("kube-apiserver", "--basic-auth-file=/etc/users.csv")],
        good: &[pod!("kube-apiserver", "--oidc-issuer-url=https://login.example.org")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "basic-auth-file",
                    must: Must::NotBeSet,
                    wrong: "holds passwords in clear",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H061",
        title: "connections to kubelets without TLS",
        severity: Severity::High,
        aliases: &["KCV-0004", "CKV_K8S_71"],
        why: "Logs, commands and what they print then go to the nodes in clear.",
        advice: "Remove `--kubelet-https`, which is true by default and gone from current versions.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--kubelet-https=false")],
        good: &[pod!("kube-apiserver", "--kubelet-https=true"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "kubelet-https",
                    must: Must::Be(&["true"]),
                    wrong: "sends commands to the nodes in clear",
                    fix: Some("true"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H062",
        title: "API server shows kubelets no certificate",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.4", "KCV-0005", "CKV_K8S_72"],
        why: "Without a client certificate kubelets take the API server for a stranger: either `exec` and `logs` fail, or the kubelets let strangers in.",
        advice: "Set `--kubelet-client-certificate` and `--kubelet-client-key`.",
        references: &["https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/", CIS],
        bad: &[pod!("kube-apiserver", "--kubelet-client-certificate=/c.crt")],
        good: &[pod!("kube-apiserver", "--kubelet-client-certificate=/c.crt", "--kubelet-client-key=/c.key")],
        check: Check::Host(|host, found| {
            both(
                host,
                found,
                &[Component::ApiServer],
                ["kubelet-client-certificate", "kubelet-client-key"],
                "kubelets cannot tell the API server from a stranger",
            )
        }),
    },
    Rule {
        id: "BS-H063",
        title: "API server believes any kubelet",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.5", "KCV-0006", "CKV_K8S_73"],
        why: "Without the authority's certificate the API server does not check whom it sends `exec` sessions and reads logs from: anyone on the way can pose as a node.",
        advice: "Set `--kubelet-certificate-authority`, and let kubelets have signed certificates (`serverTLSBootstrap`).",
        references: &["https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/", CIS],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "kubelet-certificate-authority",
                    must: Must::BeSet,
                    wrong: "names no authority",
                    missing: Missing::Bad("certificates of kubelets are not checked"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H064",
        title: "everything is allowed",
        severity: Severity::Critical,
        aliases: &["CIS-K8S-1.2.6", "KCV-0007", "CKV_K8S_74"],
        why: "With `AlwaysAllow` whoever is let in, also a pod with its token, may do everything in the cluster.",
        advice: "Set `--authorization-mode=Node,RBAC`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/authorization/", CIS],
        bad: &[
            pod!("kube-apiserver", "--authorization-mode=AlwaysAllow"),
            pod!("kube-apiserver", "--authorization-mode=RBAC,AlwaysAllow"),
            pod!("kube-apiserver", "--v=2"),
        ],
        good: &[
            pod!("kube-apiserver", "--authorization-mode=Node,RBAC"),
            pod!("kube-apiserver", "--authorization-config=/etc/authz.yaml"),
        ],
        check: Check::Host(|host, found| {
            if !host.has("authorization-config") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "authorization-mode",
                        must: Must::NotHave("AlwaysAllow"),
                        wrong: "allows everything to whoever is let in",
                        missing: Missing::Bad("everything is allowed to whoever is let in"),
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H065",
        title: "nodes are not confined to their own objects",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.7", "KCV-0008", "CKV_K8S_75"],
        why: "Without the mode `Node` kubelets need rights over all nodes, so one node that falls reads the secrets of every pod.",
        advice: "Set `--authorization-mode=Node,RBAC`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/node/", CIS],
        bad: &[pod!("kube-apiserver", "--authorization-mode=RBAC")],
        good: &[pod!("kube-apiserver", "--authorization-mode=Node,RBAC"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            if !host.has("authorization-config") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "authorization-mode",
                        must: Must::Have("Node"),
                        wrong: "leaves out `Node`, which confines nodes to their own objects",
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H066",
        title: "rights are not given by roles",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.8", "KCV-0009", "CKV_K8S_77"],
        why: "Without `RBAC` the roles and bindings of the cluster count for nothing.",
        advice: "Set `--authorization-mode=Node,RBAC`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/", CIS],
        bad: &[pod!("kube-apiserver", "--authorization-mode=Node,ABAC")],
        good: &[pod!("kube-apiserver", "--authorization-mode=Node,RBAC"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            if !host.has("authorization-config") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "authorization-mode",
                        must: Must::Have("RBAC"),
                        wrong: "leaves out `RBAC`, so roles count for nothing",
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H074",
        title: "no port with TLS",
        severity: Severity::High,
        aliases: &["KCV-0017", "CKV_K8S_89"],
        why: "With `--secure-port=0` the API server serves no TLS, so everything goes in clear or not at all.",
        advice: "Remove `--secure-port=0`; the default is 6443.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--secure-port=0")],
        good: &[pod!("kube-apiserver", "--secure-port=6443"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "secure-port",
                    must: Must::NotBe(&["0"]),
                    wrong: "serves no TLS",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H075",
        title: "port without TLS and without access control",
        severity: Severity::Critical,
        aliases: &["CKV_K8S_86", "CKV_K8S_88"],
        why: "Requests to the insecure port pass authentication and authorization by: whoever reaches it owns the cluster. Only versions long without fixes still have it.",
        advice: "Remove `--insecure-port` and `--insecure-bind-address`, and update.",
        references: &[FLAGS, "https://kubernetes.io/docs/concepts/security/controlling-access/"],
        bad: &[
            pod!("kube-apiserver", "--insecure-port=8080"),
            pod!("kube-apiserver", "--insecure-bind-address=0.0.0.0"),
        ],
        good: &[pod!("kube-apiserver", "--insecure-port=0"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "insecure-port",
                    must: Must::Be(&["0"]),
                    wrong: "lets whoever reaches it do everything",
                    ..ASK
                },
            );
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "insecure-bind-address",
                    must: Must::NotBeSet,
                    wrong: "lets whoever reaches it do everything",
                    ..ASK
                },
            );
        }),
    },
];

/// Reports flags that belong together and are not both there.
pub(super) fn both(host: &Host<'_>, found: &mut Found<'_>, of: &[Component], flags: [&str; 2], consequence: &str) {
    if !host.is(of) || !host.is_complete {
        return;
    }
    let missing: Vec<String> = flags.iter().filter(|flag| !host.has(flag)).map(|flag| format!("`--{flag}`")).collect();
    if !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        host.report(found, host.heading, format!("{} {verb} not set: {consequence}", missing.join(" and ")));
    }
}
