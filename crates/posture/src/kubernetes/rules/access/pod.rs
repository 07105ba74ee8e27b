//! Roles that get into pods, or start them.

use boltseal_evidence::Severity;

use super::{GOOD_PRACTICES, Power, ROLES, cluster_role, role};
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K207",
        title: "role that runs commands in pods",
        severity: Severity::High,
        aliases: &["KSV-0053", "C-0002", "CKV2_K8S_2"],
        why: "A command in a container has everything that the container has: its Secrets, its service account, its network. `get` is enough, because a WebSocket is opened with GET.",
        advice: "Leave `pods/exec` to people, for a time, in a Role of one namespace; programs hardly ever need it.",
        references: &[GOOD_PRACTICES, "https://kubernetes.io/docs/reference/access-authn-authz/authorization/"],
        bad: &[
            cluster_role!("- apiGroups: ['']\n  resources: [pods/exec]\n  verbs: [create]\n"),
            role!("- apiGroups: ['']\n  resources: [pods, pods/exec]\n  verbs: [get, list]\n"),
        ],
        good: &[
            cluster_role!("- apiGroups: ['']\n  resources: [pods]\n  verbs: [get, list]\n"),
            cluster_role!("- apiGroups: ['']\n  resources: [pods/exec]\n  verbs: [list]\n"),
        ],
        check: Check::Object(ROLES, |object, found| EXEC.judge(object, found)),
    },
    Rule {
        id: "BS-K208",
        title: "role that attaches to pods",
        severity: Severity::High,
        aliases: &["KSV-0054"],
        why: "Attaching to a container reads what its process writes and types into it; a shell or an interpreter there does what it is told.",
        advice: "Leave `pods/attach` out; `pods/log` is enough to read output.",
        references: &[GOOD_PRACTICES],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [pods/attach]\n  verbs: [create]\n")],
        good: &[role!("- apiGroups: ['']\n  resources: [pods/log]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| ATTACH.judge(object, found)),
    },
    Rule {
        id: "BS-K209",
        title: "role that forwards ports of pods",
        severity: Severity::Medium,
        aliases: &["C-0063"],
        why: "A forwarded port reaches a pod from inside its own network namespace: NetworkPolicies do not see it, and services that trust `localhost` trust it.",
        advice: "Leave `pods/portforward` to people, in a Role of the namespace that they debug.",
        references: &[
            GOOD_PRACTICES,
            "https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/",
        ],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [pods/portforward]\n  verbs: [create]\n")],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [services]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| FORWARD.judge(object, found)),
    },
    Rule {
        id: "BS-K210",
        title: "role that puts containers into running pods",
        severity: Severity::High,
        aliases: &[],
        why: "An ephemeral container runs an image of the caller's choice inside a pod that is already trusted, with its volumes in reach and, with `targetContainer`, its processes too.",
        advice: "Leave `pods/ephemeralcontainers` to people, for a time, in a Role of one namespace.",
        references: &["https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/", GOOD_PRACTICES],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [pods/ephemeralcontainers]\n  verbs: [patch]\n")],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [pods/ephemeralcontainers]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| EPHEMERAL.judge(object, found)),
    },
    Rule {
        id: "BS-K211",
        title: "role that creates pods",
        severity: Severity::Medium,
        aliases: &["KSV-0048", "C-0188", "access-to-create-pods"],
        why: "A pod may mount every Secret and use every service account of its namespace, so creating pods is having them. Without Pod Security Standards on the namespace it is having the node as well. CIS 5.1.4 asks for as few as possible.",
        advice: "Grant it in a Role of the namespace where the pods run, and enforce `baseline` or `restricted` there.",
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation"],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [pods]\n  verbs: [create, delete]\n")],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [pods]\n  verbs: [get, delete]\n")],
        check: Check::Object(ROLES, |object, found| CREATE_PODS.judge(object, found)),
    },
    Rule {
        id: "BS-K212",
        title: "role that writes workloads in every namespace",
        severity: Severity::Medium,
        aliases: &["KSV-0048"],
        why: "A Deployment, Job or DaemonSet makes pods, and a pod has every Secret and service account of its namespace; over all namespaces that includes `kube-system`, whose accounts may do anything.",
        advice: "Bind a Role in each namespace that is deployed to, instead of a ClusterRole in all.",
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation"],
        bad: &[
            cluster_role!(
                "- apiGroups: [apps]\n  resources: [deployments, daemonsets]\n  verbs: [create, update, patch]\n"
            ),
            cluster_role!("- apiGroups: [batch]\n  resources: [jobs]\n  verbs: [create]\n"),
        ],
        good: &[
            role!("- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [create, update, patch]\n"),
            cluster_role!(
                "- apiGroups: [apps]\n  resources: [deployments]\n  resourceNames: [web]\n  verbs: [patch]\n"
            ),
        ],
        check: Check::Object(ROLES, |object, found| {
            WORKLOADS.judge(object, found);
            JOBS.judge(object, found);
        }),
    },
];

const EXEC: Power = Power {
    group: "",
    resources: &["pods/exec"],
    verbs: &["create", "get"],
    effect: "runs commands in every pod of {reach}",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

const ATTACH: Power = Power {
    group: "",
    resources: &["pods/attach"],
    verbs: &["create", "get"],
    effect: "talks to the processes of every pod of {reach}",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

const FORWARD: Power = Power {
    group: "",
    resources: &["pods/portforward"],
    verbs: &["create", "get"],
    effect: "reaches every port of every pod of {reach}, past NetworkPolicies",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};

const EPHEMERAL: Power = Power {
    group: "",
    resources: &["pods/ephemeralcontainers"],
    verbs: &["update", "patch"],
    effect: "runs any image inside every pod of {reach}",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

const CREATE_PODS: Power = Power {
    group: "",
    resources: &["pods"],
    verbs: &["create"],
    effect: "has every Secret and service account of {reach} through a pod",
    in_role: Some(Severity::Low),
    narrowed_by_names: false,
};

const WORKLOADS: Power = Power {
    group: "apps",
    resources: &["deployments", "daemonsets", "statefulsets", "replicasets"],
    verbs: &["create", "update", "patch"],
    effect: "has every Secret and service account of {reach} through pods",
    in_role: None,
    narrowed_by_names: true,
};

const JOBS: Power = Power { group: "batch", resources: &["jobs", "cronjobs"], ..WORKLOADS };
