//! Roles over what keeps the cluster together: nodes, namespaces, webhooks, API services, the network.

use boltseal_evidence::Severity;

use super::{GOOD_PRACTICES, Power, ROLES, cluster_role, role};
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K218",
        title: "role that talks to kubelets through the API server",
        severity: Severity::High,
        aliases: &["KSV-0047", "C-0279", "CKV2_K8S_2"],
        why: "`nodes/proxy` is the kubelet's own API: it runs commands in every container of the node and leaves no trace in the audit log, past every admission rule. `get` is enough. CIS 5.1.10 asks for as few as possible.",
        advice: "Grant what is needed instead: `nodes/metrics` and `nodes/stats` for monitoring, and since 1.33 `nodes/pods`, `nodes/healthz` and `nodes/configz`.",
        references: &[
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
            "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
        ],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [nodes, nodes/proxy]\n  verbs: [get, list]\n")],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [nodes/metrics, nodes/stats]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| NODE_PROXY.judge(object, found)),
    },
    Rule {
        id: "BS-K219",
        title: "role that changes nodes",
        severity: Severity::Medium,
        aliases: &[],
        why: "Labels and taints of nodes decide what runs where: who changes them draws the pods of others, with their Secrets, to a node of their choice. With `nodes/status` they make a node look full or empty.",
        advice: "Leave it to the autoscaler or the kubelets, or limit it with `resourceNames`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/node/", GOOD_PRACTICES],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [nodes]\n  verbs: [get, patch]\n")],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [nodes]\n  verbs: [get, list, watch]\n")],
        check: Check::Object(ROLES, |object, found| NODES.judge(object, found)),
    },
    Rule {
        id: "BS-K220",
        title: "role that changes admission webhooks or policies",
        severity: Severity::High,
        aliases: &["KSV-0114", "CKV_K8S_155", "C-0281"],
        why: "An admission webhook sees every object that is written, Secrets too, and a mutating one changes it; who writes their configuration reads everything, or takes the guard away. CIS 5.1.12 asks for as few as possible.",
        advice: "Grant `update` and `patch` with `resourceNames` for the program's own configuration, which is what a rotating CA bundle needs.",
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#control-admission-webhooks"],
        bad: &[cluster_role!(
            "- apiGroups: [admissionregistration.k8s.io]\n  resources: [mutatingwebhookconfigurations]\n  verbs: [create, patch]\n"
        )],
        good: &[cluster_role!(
            "- apiGroups: [admissionregistration.k8s.io]\n  resources: [validatingwebhookconfigurations]\n  resourceNames: [guard]\n  verbs: [get, patch]\n"
        )],
        check: Check::Object(ROLES, |object, found| WEBHOOKS.judge(object, found)),
    },
    Rule {
        id: "BS-K222",
        title: "role that relabels namespaces",
        severity: Severity::High,
        aliases: &[],
        why: "The level of the Pod Security Standards stands in labels of the namespace, and so do the selectors of NetworkPolicies and webhooks: who may patch a namespace sets them to `privileged`.",
        advice: "Leave labels of namespaces to those who run the cluster, or limit the role with `resourceNames`.",
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#namespace-modification"],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [namespaces]\n  verbs: [get, patch]\n")],
        good: &[
            cluster_role!("- apiGroups: ['']\n  resources: [namespaces]\n  verbs: [get, list, watch, create]\n"),
            cluster_role!("- apiGroups: ['']\n  resources: [namespaces]\n  resourceNames: [shop]\n  verbs: [patch]\n"),
        ],
        check: Check::Object(ROLES, |object, found| NAMESPACES.judge(object, found)),
    },
    Rule {
        id: "BS-K224",
        title: "role that writes NetworkPolicies",
        severity: Severity::Medium,
        aliases: &["KSV-0056"],
        why: "Policies only ever add up to more traffic: who may write one opens every pod that it selects, who may delete one takes the isolation away.",
        advice: "Leave NetworkPolicies to those who run the cluster; an application's role does without.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/", GOOD_PRACTICES],
        bad: &[cluster_role!(
            "- apiGroups: [networking.k8s.io]\n  resources: [networkpolicies]\n  verbs: [create, delete]\n"
        )],
        good: &[role!("- apiGroups: [networking.k8s.io]\n  resources: [networkpolicies]\n  verbs: [get, list]\n")],
        check: Check::Object(ROLES, |object, found| NETWORK.judge(object, found)),
    },
    Rule {
        id: "BS-K230",
        title: "role that changes custom resource definitions",
        severity: Severity::Medium,
        aliases: &[],
        why: "A definition has a conversion webhook, which sees every object of its kind, and deleting one deletes all its objects at once.",
        advice: "Install definitions with the deployment; let a controller that must patch its own have `resourceNames`.",
        references: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion",
        ],
        bad: &[cluster_role!(
            "- apiGroups: [apiextensions.k8s.io]\n  resources: [customresourcedefinitions]\n  verbs: [create, delete]\n"
        )],
        good: &[
            cluster_role!(
                "- apiGroups: [apiextensions.k8s.io]\n  resources: [customresourcedefinitions]\n  verbs: [get, list]\n"
            ),
            cluster_role!(
                "- apiGroups: [apiextensions.k8s.io]\n  resources: [customresourcedefinitions]\n  resourceNames: [shops.example.com]\n  verbs: [patch]\n"
            ),
        ],
        check: Check::Object(ROLES, |object, found| DEFINITIONS.judge(object, found)),
    },
    Rule {
        id: "BS-K231",
        title: "role that changes API services",
        severity: Severity::High,
        aliases: &[],
        why: "An APIService sends a whole API group to a server of its choice, with the callers' identity: who writes one answers for `metrics.k8s.io`, or for a group of their own that others trust.",
        advice: "Install API services with the deployment; let a controller that must patch its own have `resourceNames`.",
        references: &["https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/"],
        bad: &[cluster_role!(
            "- apiGroups: [apiregistration.k8s.io]\n  resources: [apiservices]\n  verbs: [create, update]\n"
        )],
        good: &[cluster_role!("- apiGroups: [apiregistration.k8s.io]\n  resources: [apiservices]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| API_SERVICES.judge(object, found)),
    },
    Rule {
        id: "BS-K232",
        title: "role that sets the addresses of services",
        severity: Severity::Medium,
        aliases: &["CKV2_K8S_4"],
        why: "Who writes `services/status` sets a load balancer's address to any IP and receives what pods send there (CVE-2020-8554, which has no fix).",
        advice: "Leave `services/status` to the load-balancer controller.",
        references: &["https://github.com/kubernetes/kubernetes/issues/97076"],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [services/status]\n  verbs: [patch]\n")],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [services/status]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| SERVICE_STATUS.judge(object, found)),
    },
];

const NODE_PROXY: Power = Power {
    group: "",
    resources: &["nodes/proxy"],
    verbs: &["get", "create", "update", "patch", "delete"],
    effect: "runs commands in every pod of the cluster, unseen by the audit log",
    in_role: None,
    narrowed_by_names: true,
};

const NODES: Power = Power {
    group: "",
    resources: &["nodes", "nodes/status"],
    verbs: &["create", "update", "patch", "delete"],
    effect: "decides what runs on which node",
    in_role: None,
    narrowed_by_names: true,
};

const WEBHOOKS: Power = Power {
    group: "admissionregistration.k8s.io",
    resources: &[
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
    ],
    verbs: &["create", "update", "patch", "delete"],
    effect: "decides which objects are let in, and who sees them",
    in_role: None,
    narrowed_by_names: true,
};

const NAMESPACES: Power = Power {
    group: "",
    resources: &["namespaces"],
    verbs: &["update", "patch"],
    effect: "sets the Pod Security level of every namespace",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

const NETWORK: Power = Power {
    group: "networking.k8s.io",
    resources: &["networkpolicies"],
    verbs: &["create", "update", "patch", "delete", "deletecollection"],
    effect: "opens the network of {reach}",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};

const DEFINITIONS: Power = Power {
    group: "apiextensions.k8s.io",
    resources: &["customresourcedefinitions"],
    verbs: &["create", "update", "patch", "delete"],
    effect: "sees, or deletes, all objects of any custom kind",
    in_role: None,
    narrowed_by_names: true,
};

const API_SERVICES: Power = Power {
    group: "apiregistration.k8s.io",
    resources: &["apiservices"],
    verbs: &["create", "update", "patch", "delete"],
    effect: "answers for whole API groups",
    in_role: None,
    narrowed_by_names: true,
};

const SERVICE_STATUS: Power = Power {
    group: "",
    resources: &["services/status"],
    verbs: &["update", "patch"],
    effect: "draws traffic of {reach} to an address of its choice",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};
