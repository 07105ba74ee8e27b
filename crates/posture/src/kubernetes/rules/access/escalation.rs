//! Roles whose holders can get rights that they were not given.

use boltseal_evidence::Severity;

use super::{GOOD_PRACTICES, Power, RBAC, ROLES, cluster_role, role};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::grants;
use crate::rule::{Check, Rule};

const GROUP: &str = "rbac.authorization.k8s.io";

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K213",
        title: "role that may write rights it lacks",
        severity: Severity::Critical,
        aliases: &["CKV_K8S_158", "KSV-0050", "C-0191"],
        why: "The API server lets nobody write a role with more rights than they have, except with `escalate`: its holder adds any right to a role and is administrator a moment later.",
        advice: "Remove `escalate`. A controller that must hand out rights gets exactly those rights itself, and then needs no `escalate`.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update",
            GOOD_PRACTICES,
        ],
        bad: &[cluster_role!(
            "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [clusterroles]\n  verbs: [get, escalate]\n"
        )],
        good: &[cluster_role!(
            "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [clusterroles]\n  verbs: [get, list]\n"
        )],
        check: Check::Object(ROLES, |object, found| ESCALATE.judge(object, found)),
    },
    Rule {
        id: "BS-K214",
        title: "role that may bind any role",
        severity: Severity::Critical,
        aliases: &["CKV_K8S_157", "CKV2_K8S_1", "C-0191"],
        why: "With `bind` on all roles its holder binds `cluster-admin` to itself, though it has none of those rights.",
        advice: "Name the roles that may be bound: `resourceNames: [view]`.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update",
            GOOD_PRACTICES,
        ],
        bad: &[cluster_role!(
            "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [clusterroles]\n  verbs: [bind]\n"
        )],
        good: &[cluster_role!(
            "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [clusterroles]\n  resourceNames: [view]\n  verbs: [bind]\n"
        )],
        check: Check::Object(ROLES, |object, found| BIND.judge(object, found)),
    },
    Rule {
        id: "BS-K215",
        title: "role that may act as anyone",
        severity: Severity::Critical,
        aliases: &["KSV-0043", "C-0065", "CKV2_K8S_3", "C-0191"],
        why: "Whoever may impersonate users or groups without limit sends a request as `system:masters`, and no rule applies to it any more.",
        advice: "Name whom it may act as: `resources: [groups]`, `resourceNames: [developers]`, and grant it in a ClusterRole only where a proxy needs it.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/", GOOD_PRACTICES],
        bad: &[
            cluster_role!("- apiGroups: ['']\n  resources: [users, groups]\n  verbs: [impersonate]\n"),
            cluster_role!(
                "- apiGroups: ['']\n  resources: [groups]\n  resourceNames: ['system:masters']\n  verbs: [impersonate]\n"
            ),
            role!("- apiGroups: ['']\n  resources: [serviceaccounts]\n  verbs: [impersonate]\n"),
        ],
        good: &[
            cluster_role!(
                "- apiGroups: ['']\n  resources: [groups]\n  resourceNames: [developers]\n  verbs: [impersonate]\n"
            ),
            cluster_role!("- apiGroups: ['']\n  resources: [serviceaccounts]\n  verbs: [get]\n"),
        ],
        check: Check::Object(ROLES, impersonation),
    },
    Rule {
        id: "BS-K216",
        title: "role that issues tokens of service accounts",
        severity: Severity::High,
        aliases: &["C-0282"],
        why: "A token of a service account is its identity: who may issue them for any account has the rights of all of them, for as long as the token lasts. CIS 5.1.13 asks for as few as possible.",
        advice: "Name the accounts with `resourceNames`, in a Role of their namespace.",
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request"],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [serviceaccounts/token]\n  verbs: [create]\n")],
        good: &[role!(
            "- apiGroups: ['']\n  resources: [serviceaccounts/token]\n  resourceNames: [vault-auth]\n  verbs: [create]\n"
        )],
        check: Check::Object(ROLES, |object, found| TOKENS.judge(object, found)),
    },
    Rule {
        id: "BS-K217",
        title: "role that approves or signs certificates",
        severity: Severity::High,
        aliases: &["CKV_K8S_156", "C-0280"],
        why: "A client certificate of the cluster is an identity that nobody can revoke: who approves requests for one, or signs for `kubernetes.io/kube-apiserver-client`, makes themselves any user or node. CIS 5.1.11 asks for as few as possible.",
        advice: "Limit `approve` and `sign` on `signers` to a signer of your own with `resourceNames`; leave the cluster's to its controller manager.",
        references: &[
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing",
            "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/",
        ],
        bad: &[
            cluster_role!(
                "- apiGroups: [certificates.k8s.io]\n  resources: [certificatesigningrequests/approval]\n  verbs: [update]\n"
            ),
            cluster_role!("- apiGroups: [certificates.k8s.io]\n  resources: [signers]\n  verbs: [approve, sign]\n"),
        ],
        good: &[
            cluster_role!(
                "- apiGroups: [certificates.k8s.io]\n  resources: [signers]\n  resourceNames: [example.com/mesh]\n  verbs: [approve, sign]\n"
            ),
            cluster_role!(
                "- apiGroups: [certificates.k8s.io]\n  resources: [certificatesigningrequests]\n  verbs: [create, get]\n"
            ),
        ],
        check: Check::Object(ROLES, |object, found| {
            APPROVE.judge(object, found);
            SIGN.judge(object, found);
        }),
    },
    Rule {
        id: "BS-K223",
        title: "role that writes roles or bindings",
        severity: Severity::High,
        aliases: &["KSV-0050", "KSV-0051", "KSV-0052", "KSV-0055"],
        why: "Who writes bindings gives every right that they have to anyone, quietly and for good; together with any other mistake in a role it is the way to administrator.",
        advice: "Keep roles and bindings in version control and let only the deployment's own identity write them.",
        references: &[RBAC, GOOD_PRACTICES],
        bad: &[
            cluster_role!(
                "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [clusterrolebindings]\n  verbs: [create]\n"
            ),
            role!(
                "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [roles, rolebindings]\n  verbs: [create, patch]\n"
            ),
        ],
        good: &[cluster_role!(
            "- apiGroups: [rbac.authorization.k8s.io]\n  resources: [rolebindings]\n  verbs: [get, list, watch]\n"
        )],
        check: Check::Object(ROLES, |object, found| WRITE_ROLES.judge(object, found)),
    },
    Rule {
        id: "BS-K239",
        title: "role that uses a privileged security context constraint",
        severity: Severity::High,
        aliases: &[],
        why: "On OpenShift the constraint decides what a pod may do: with `privileged`, `anyuid`, `hostaccess` or `node-exporter` it runs as root or with the node's files, whatever the project's defaults are.",
        advice: "Use `restricted-v2`, or `nonroot-v2` where a fixed user is needed, and name it with `resourceNames`.",
        references: &[
            "https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html",
        ],
        bad: &[role!(
            "- apiGroups: [security.openshift.io]\n  resources: [securitycontextconstraints]\n  resourceNames: [privileged]\n  verbs: [use]\n"
        )],
        good: &[role!(
            "- apiGroups: [security.openshift.io]\n  resources: [securitycontextconstraints]\n  resourceNames: [nonroot-v2]\n  verbs: [use]\n"
        )],
        check: Check::Object(ROLES, constraints),
    },
];

const ESCALATE: Power = Power {
    group: GROUP,
    resources: &["roles", "clusterroles"],
    verbs: &["escalate"],
    effect: "may write any right into a role, also ones that its holder lacks",
    in_role: Some(Severity::High),
    narrowed_by_names: false,
};

const BIND: Power = Power {
    group: GROUP,
    resources: &["roles", "clusterroles"],
    verbs: &["bind"],
    effect: "may bind any role of {reach}, also `cluster-admin`",
    in_role: Some(Severity::High),
    narrowed_by_names: true,
};

const IMPERSONATE: Power = Power {
    group: "",
    resources: &["users", "groups", "serviceaccounts"],
    verbs: &["impersonate"],
    effect: "acts as anyone of {reach}",
    in_role: Some(Severity::High),
    narrowed_by_names: true,
};

const TOKENS: Power = Power {
    group: "",
    resources: &["serviceaccounts/token"],
    verbs: &["create"],
    effect: "becomes any service account of {reach}",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

const APPROVE: Power = Power {
    group: "certificates.k8s.io",
    resources: &["certificatesigningrequests/approval", "certificatesigningrequests/status"],
    verbs: &["update", "patch"],
    effect: "issues certificates of the cluster",
    in_role: None,
    narrowed_by_names: false,
};

const SIGN: Power = Power {
    group: "certificates.k8s.io",
    resources: &["signers"],
    verbs: &["approve", "sign"],
    effect: "issues certificates of every signer, also of the cluster's own",
    in_role: None,
    narrowed_by_names: true,
};

const WRITE_ROLES: Power = Power {
    group: GROUP,
    resources: &["roles", "clusterroles", "rolebindings", "clusterrolebindings"],
    verbs: &["create", "update", "patch"],
    effect: "hands out rights in {reach}",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

fn impersonation(object: &Object<'_>, found: &mut Found<'_>) {
    IMPERSONATE.judge(object, found);
    for grant in grants(object).iter().filter(|grant| grant.has_group("")) {
        let group = grant.resources.iter().find(|(name, _)| *name == "groups");
        let acts = grant.verbs.iter().any(|(verb, _)| matches!(*verb, "*" | "impersonate"));
        if let (Some((_, span)), true, true) = (group, acts, grant.names.contains(&"system:masters")) {
            found.report(*span, "may act as `system:masters`, to whom no rule applies");
        }
    }
}

fn constraints(object: &Object<'_>, found: &mut Found<'_>) {
    const STRONG: &[&str] =
        &["privileged", "anyuid", "hostaccess", "hostnetwork", "hostnetwork-v2", "hostmount-anyuid", "node-exporter"];
    for grant in grants(object).iter().filter(|grant| grant.has_group("security.openshift.io")) {
        let uses = grant.verbs.iter().any(|(verb, _)| matches!(*verb, "*" | "use"));
        let Some((_, span)) = grant.resources.iter().find(|(name, _)| *name == "securitycontextconstraints") else {
            continue;
        };
        if !uses {
            continue;
        }
        if grant.names.is_empty() {
            found.report(*span, "lets pods use every security context constraint, also `privileged`");
        }
        for name in grant.names.iter().filter(|name| STRONG.contains(name)) {
            found.report(*span, format!("lets pods use the security context constraint `{name}`"));
        }
    }
}
