//! Rules on kube-controller-manager and kube-scheduler.

use boltseal_evidence::Severity;

use super::Component;
use super::ask::{ASK, Ask, Missing, Must, ask};
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const MANAGER: &str = "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/";
const SCHEDULER: &str = "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H096",
        title: "finished pods pile up",
        severity: Severity::Negligible,
        aliases: &["CIS-K8S-1.3.1", "KCV-0033", "CKV_K8S_106"],
        why: "Up to 12500 finished pods are kept by default: a job that fails in a loop fills etcd and slows the cluster.",
        advice: "Set `--terminated-pod-gc-threshold` to what the cluster needs, 1000 for instance.",
        references: &[MANAGER, CIS],
        bad: &[
            pod!("kube-controller-manager", "--v=2"),
            pod!("kube-controller-manager", "--terminated-pod-gc-threshold=0"),
        ],
        good: &[pod!("kube-controller-manager", "--terminated-pod-gc-threshold=1000")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
                    flag: "terminated-pod-gc-threshold",
                    must: Must::AtLeast(1),
                    wrong: "never clears finished pods away",
                    missing: Missing::Bad("up to 12500 finished pods are kept"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H097",
        title: "profiling of the controller manager",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.3.2", "KCV-0034", "CKV_K8S_107"],
        why: "The profiler shows memory and the inner workings to who may read `/debug/pprof`, and can be used to slow the program down.",
        advice: "Set `--profiling=false`.",
        references: &[MANAGER, CIS],
        bad: &[pod!("kube-controller-manager", "--profiling=true"), pod!("kube-controller-manager", "--v=2")],
        good: &[pod!("kube-controller-manager", "--profiling=false")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
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
        id: "BS-H098",
        title: "all controllers with one account",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.3.3", "KCV-0035", "CKV_K8S_108"],
        why: "With one account each controller has the rights of all of them, so a flaw in one is a flaw in all.",
        advice: "Set `--use-service-account-credentials=true`.",
        references: &[MANAGER, CIS],
        bad: &[
            pod!("kube-controller-manager", "--use-service-account-credentials=false"),
            pod!("kube-controller-manager", "--v=2"),
        ],
        good: &[pod!("kube-controller-manager", "--use-service-account-credentials=true")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
                    flag: "use-service-account-credentials",
                    must: Must::Be(&["true"]),
                    wrong: "gives every controller the rights of all",
                    missing: Missing::Bad("every controller has the rights of all"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H099",
        title: "no key to sign tokens with",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.3.4", "KCV-0036", "CKV_K8S_110"],
        why: "Without a key of their own, tokens of service accounts are not made here, or with a key that serves other ends too.",
        advice: "Set `--service-account-private-key-file` to a key pair made for it.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/", CIS],
        bad: &[pod!("kube-controller-manager", "--v=2")],
        good: &[pod!("kube-controller-manager", "--service-account-private-key-file=/etc/kubernetes/pki/sa.key")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
                    flag: "service-account-private-key-file",
                    must: Must::BeSet,
                    wrong: "names no key",
                    missing: Missing::Bad("tokens have no key of their own"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H100",
        title: "pods cannot check the API server's certificate",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.3.5", "KCV-0037", "CKV_K8S_111"],
        why: "Without the authority's certificate in every namespace, programs in pods cannot tell the API server from an impostor, and skip the check.",
        advice: "Set `--root-ca-file`.",
        references: &["https://kubernetes.io/docs/tasks/tls/managing-tls-in-a-cluster/", CIS],
        bad: &[pod!("kube-controller-manager", "--v=2")],
        good: &[pod!("kube-controller-manager", "--root-ca-file=/etc/kubernetes/pki/ca.crt")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
                    flag: "root-ca-file",
                    must: Must::BeSet,
                    wrong: "names no authority",
                    missing: Missing::Bad("pods cannot check the API server's certificate"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H101",
        title: "kubelets' certificates are not renewed",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.3.6", "KCV-0038", "CKV_K8S_112"],
        why: "With the gate off the certificates by which kubelets are known run out and get replaced by ones that nobody signed.",
        advice: "Remove `RotateKubeletServerCertificate=false` from `--feature-gates`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/", CIS],
        bad: &[pod!("kube-controller-manager", "--feature-gates=A=true,RotateKubeletServerCertificate=false")],
        good: &[
            pod!("kube-controller-manager", "--feature-gates=RotateKubeletServerCertificate=true"),
            pod!("kube-controller-manager", "--v=2"),
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
                    flag: "feature-gates",
                    must: Must::NotHave("RotateKubeletServerCertificate=false"),
                    wrong: "lets certificates of kubelets run out",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H102",
        title: "controller manager open to the network",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.3.7", "KCV-0039", "CKV_K8S_113"],
        why: "Health and measurements of the controller manager are for the node itself; on every interface they are one more way in.",
        advice: "Set `--bind-address=127.0.0.1`.",
        references: &[MANAGER, CIS],
        bad: &[pod!("kube-controller-manager", "--bind-address=0.0.0.0"), pod!("kube-controller-manager", "--v=2")],
        good: &[
            pod!("kube-controller-manager", "--bind-address=127.0.0.1"),
            pod!("kube-controller-manager", "--bind-address=::1"),
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ControllerManager],
                    flag: "bind-address",
                    must: Must::BeLocal,
                    wrong: "is open to the network",
                    missing: Missing::Bad("it listens on every interface"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H103",
        title: "profiling of the scheduler",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.4.1", "KCV-0040", "CKV_K8S_114"],
        why: "The profiler shows memory and the inner workings to who may read `/debug/pprof`, and can be used to slow the program down.",
        advice: "Set `--profiling=false`, or `enableProfiling: false` in the scheduler's configuration file.",
        references: &[SCHEDULER, CIS],
        bad: &[pod!("kube-scheduler", "--profiling=true"), pod!("kube-scheduler", "--v=2")],
        good: &[
            pod!("kube-scheduler", "--profiling=false"),
            pod!("kube-scheduler", "--config=/etc/kubernetes/scheduler.yaml"),
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Scheduler],
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
        id: "BS-H104",
        title: "scheduler open to the network",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.4.2", "KCV-0041", "CKV_K8S_115"],
        why: "Health and measurements of the scheduler are for the node itself; on every interface they are one more way in.",
        advice: "Set `--bind-address=127.0.0.1`.",
        references: &[SCHEDULER, CIS],
        bad: &[pod!("kube-scheduler", "--bind-address=0.0.0.0"), pod!("kube-scheduler", "--v=2")],
        good: &[pod!("kube-scheduler", "--bind-address=127.0.0.1")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Scheduler],
                    flag: "bind-address",
                    must: Must::BeLocal,
                    wrong: "is open to the network",
                    missing: Missing::Bad("it listens on every interface"),
                    ..ASK
                },
            );
        }),
    },
];
