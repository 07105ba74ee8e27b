//! Rules on the API server: who gets in, what they may do, what is recorded. Numbers of the CIS Kubernetes Benchmark
//! are those of version 1.10.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const FLAGS: &str = "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/";
const PLUGINS: &str = "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/";

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
    Rule {
        id: "BS-H076",
        title: "profiling of the API server",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.15", "KCV-0018", "CKV_K8S_90"],
        why: "The profiler shows memory and the inner workings to who may read `/debug/pprof`, and can be used to slow the server down.",
        advice: "Set `--profiling=false`.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--profiling=true"), pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--profiling=false")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "profiling",
                    must: Must::Be(&["false"]),
                    wrong: "serves the profiler",
                    missing: Missing::Bad("the profiler is served"),
                    fix: Some("false"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H077",
        title: "requests are not recorded",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.16", "KCV-0019", "CKV_K8S_91"],
        why: "Without an audit log nobody can tell who changed what, also not after an incident.",
        advice: "Set `--audit-log-path` together with `--audit-policy-file`, or send events with `--audit-webhook-config-file`.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/var/log/audit.log"),
            pod!("kube-apiserver", "--audit-webhook-config-file=/w.yaml"),
        ],
        check: Check::Host(|host, found| {
            if !host.has("audit-webhook-config-file") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "audit-log-path",
                        must: Must::BeSet,
                        wrong: "names no file",
                        missing: Missing::Bad("nothing tells who changed what"),
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H078",
        title: "audit log kept for too short",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.17", "KCV-0020", "CKV_K8S_92"],
        why: "Intruders are often noticed weeks later. A log that is deleted before cannot tell what they did.",
        advice: "Set `--audit-log-maxage=30` or more.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxage=7")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxage=30"),
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxage=0"),
            pod!("kube-apiserver", "--audit-log-path=/a.log"),
        ],
        check: Check::Host(|host, found| {
            least(host, found, "audit-log-maxage", 30, "deletes the log before an intruder is noticed")
        }),
    },
    Rule {
        id: "BS-H079",
        title: "too few old audit logs",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.18", "KCV-0021", "CKV_K8S_93"],
        why: "When the log is rotated often, an intruder who makes many requests rotates their own traces away.",
        advice: "Set `--audit-log-maxbackup=10` or more.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxbackup=2")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxbackup=10"),
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxbackup=0"),
            pod!("kube-apiserver", "--audit-log-path=/a.log"),
        ],
        check: Check::Host(|host, found| {
            least(host, found, "audit-log-maxbackup", 10, "lets many requests rotate the log away")
        }),
    },
    Rule {
        id: "BS-H080",
        title: "audit log rotated too early",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.19", "KCV-0022", "CKV_K8S_94"],
        why: "Small files are rotated within minutes on a busy server, and the oldest are deleted with what they told.",
        advice: "Set `--audit-log-maxsize=100` (megabytes) or more, or leave it out.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxsize=5")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-log-maxsize=100"),
            pod!("kube-apiserver", "--audit-log-path=/a.log"),
        ],
        check: Check::Host(|host, found| {
            least(host, found, "audit-log-maxsize", 100, "rotates the log within minutes")
        }),
    },
    Rule {
        id: "BS-H081",
        title: "audit log without a policy",
        severity: Severity::Low,
        aliases: &["CIS-K8S-3.2.1"],
        why: "Without a policy the API server records nothing, though a log is named.",
        advice: "Set `--audit-policy-file` to a policy that records at least metadata of all requests.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy", CIS],
        bad: &[pod!("kube-apiserver", "--audit-log-path=/a.log")],
        good: &[
            pod!("kube-apiserver", "--audit-log-path=/a.log", "--audit-policy-file=/p.yaml"),
            pod!("kube-apiserver", "--v=2"),
        ],
        check: Check::Host(|host, found| {
            if host.has("audit-log-path") || host.has("audit-webhook-config-file") {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::ApiServer],
                        flag: "audit-policy-file",
                        must: Must::BeSet,
                        wrong: "names no policy",
                        missing: Missing::Bad("nothing is recorded without a policy"),
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H082",
        title: "requests may take for ever",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.20", "CKV_K8S_95"],
        why: "Requests that may take very long let a client hold the server's memory and connections with few requests.",
        advice: "Leave `--request-timeout` at its default of one minute, or raise it to a few minutes at most.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--request-timeout=0"), pod!("kube-apiserver", "--request-timeout=30m")],
        good: &[
            pod!("kube-apiserver", "--request-timeout=300s"),
            pod!("kube-apiserver", "--request-timeout=1m0s"),
            pod!("kube-apiserver", "--v=2"),
        ],
        check: Check::Host(timeout),
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

/// Reports a number that is too small; 0 is no limit.
fn least(host: &Host<'_>, found: &mut Found<'_>, flag: &str, least: u32, consequence: &str) {
    if let Some(setting) = host.setting(&[], flag).filter(|_| host.component == Component::ApiServer)
        && setting.value.parse::<u32>().is_ok_and(|value| value > 0 && value < least)
    {
        host.report(found, setting.span, format!("{} {consequence}", setting.shown));
    }
}

/// Seconds of a duration as Go writes it: `1m30s`.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|each: char| !each.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let unit = tail.find(|each: char| each.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        let factor = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "" | "ms" | "us" | "ns" => 0,
            _ => return None,
        };
        total = total.saturating_add(number.parse::<u64>().ok()?.saturating_mul(factor));
        rest = tail;
    }
    Some(total)
}

fn timeout(host: &Host<'_>, found: &mut Found<'_>) {
    if let Some(setting) = host.setting(&[], "request-timeout").filter(|_| host.component == Component::ApiServer)
        && seconds(&setting.value).is_some_and(|seconds| seconds == 0 || seconds > 600)
    {
        host.report(found, setting.span, format!("{} lets requests hold the server for long", setting.shown));
    }
}
