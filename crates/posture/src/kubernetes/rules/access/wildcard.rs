//! Wildcards: roles that grant more with every API that is installed.

use boltseal_evidence::Severity;

use super::{GOOD_PRACTICES, RBAC, ROLES, cluster_role, role};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::{Grant, grants};
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K200",
        title: "role that may do everything",
        severity: Severity::Critical,
        aliases: &["KSV-0044", "C-0035", "C-0187", "CKV_K8S_49", "wildcard-in-rules"],
        why: "A role with `*` for groups, resources and verbs is `cluster-admin` under another name: whoever holds it reads every Secret, runs on every node and grants rights to others. One stolen token of such a service account is the whole cluster.",
        advice: "List the resources and verbs that the program calls; `kubectl auth can-i --list` and the audit log show which those are.",
        references: &[GOOD_PRACTICES, RBAC],
        bad: &[
            cluster_role!("- apiGroups: ['*']\n  resources: ['*']\n  verbs: ['*']\n"),
            role!("- apiGroups: ['*']\n  resources: ['*']\n  verbs: ['*']\n"),
        ],
        good: &[
            cluster_role!("- apiGroups: ['']\n  resources: [pods]\n  verbs: [get, list, watch]\n"),
            cluster_role!("- apiGroups: [example.com]\n  resources: ['*']\n  verbs: ['*']\n"),
        ],
        check: Check::Object(ROLES, everything),
    },
    Rule {
        id: "BS-K201",
        title: "role on all resources of an API group",
        severity: Severity::High,
        aliases: &["KSV-0046", "KSV-0112", "C-0187", "CKV_K8S_49", "wildcard-in-rules"],
        why: "`*` for resources takes in what nobody thought of: in the core group Secrets and `pods/exec`, and in every group the resources that a later version adds.",
        advice: "Name the resources: `resources: [deployments, deployments/status]`.",
        references: &[GOOD_PRACTICES, RBAC],
        bad: &[
            cluster_role!("- apiGroups: ['']\n  resources: ['*']\n  verbs: [get, list, watch]\n"),
            role!("- apiGroups: [apps]\n  resources: ['*']\n  verbs: [create, delete]\n"),
        ],
        good: &[
            cluster_role!("- apiGroups: ['']\n  resources: [pods, services]\n  verbs: [get, list, watch]\n"),
            cluster_role!("- nonResourceURLs: [/metrics]\n  verbs: [get]\n"),
        ],
        check: Check::Object(ROLES, resources),
    },
    Rule {
        id: "BS-K202",
        title: "role with all verbs",
        severity: Severity::Medium,
        aliases: &["KSV-0045", "C-0187", "CKV_K8S_49", "wildcard-in-rules"],
        why: "`*` for verbs is more than reading and writing: it includes `deletecollection`, and on some resources `escalate`, `bind`, `impersonate` and `use`, which nobody sees in the file.",
        advice: "Name the verbs: `get, list, watch` to read, and `create, update, patch, delete` as far as they are used.",
        references: &[GOOD_PRACTICES, RBAC],
        bad: &[cluster_role!("- apiGroups: [apps]\n  resources: [deployments]\n  verbs: ['*']\n")],
        good: &[
            cluster_role!("- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [get, list, watch, patch]\n"),
            cluster_role!("- apiGroups: [apps]\n  resources: [deployments]\n  resourceNames: [web]\n  verbs: ['*']\n"),
        ],
        check: Check::Object(ROLES, verbs),
    },
    Rule {
        id: "BS-K203",
        title: "role on a resource of every API group",
        severity: Severity::Low,
        aliases: &["CKV_K8S_49", "C-0187"],
        why: "With `*` for groups a name means the resource of that name in every group, also in ones that are installed later: `services` of the core and of Knative, `secrets` of any custom API.",
        advice: "Name the group of each resource; the core's is `''`. `kubectl api-resources` shows them.",
        references: &[RBAC],
        bad: &[cluster_role!("- apiGroups: ['*']\n  resources: [deployments]\n  verbs: [get, list]\n")],
        good: &[cluster_role!("- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [get, list]\n")],
        check: Check::Object(ROLES, groups),
    },
    Rule {
        id: "BS-K204",
        title: "role on all paths of the API server",
        severity: Severity::Medium,
        aliases: &["C-0187"],
        why: "Paths that are no resources include `/debug/pprof`, `/logs` and `/metrics` of the API server: profiles of its memory and files of its node.",
        advice: "Name the paths: `nonResourceURLs: [/metrics, /healthz]`.",
        references: &[RBAC],
        bad: &[cluster_role!("- nonResourceURLs: ['*']\n  verbs: [get]\n")],
        good: &[cluster_role!("- nonResourceURLs: [/metrics, /healthz/*]\n  verbs: [get]\n")],
        check: Check::Object(&["ClusterRole"], urls),
    },
];

fn is_namespaced(object: &Object<'_>) -> bool {
    object.kind == "Role"
}

fn everything(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object).iter().filter(|grant| grant.is_everything()) {
        let Some(span) = grant.any_resource() else { continue };
        if is_namespaced(object) {
            let message = "every verb on every resource: its holders own the namespace and all its Secrets";
            found.report(span, message).severity(Severity::High);
        } else {
            found.report(span, "every verb on every resource: its holders own the cluster");
        }
    }
}

fn resources(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object).iter().filter(|grant| !grant.is_everything()) {
        let Some(span) = grant.any_resource() else { continue };
        let what = if grant.allows("", "secrets", "get") || grant.allows("", "secrets", "list") {
            "`*` for resources: reads Secrets too"
        } else if grant.allows("", "pods/exec", "create") {
            "`*` for resources: runs commands in pods too"
        } else {
            "`*` for resources: whatever the API group holds, today and later"
        };
        let severity = if grant.has_group("") && !is_namespaced(object) { Severity::High } else { Severity::Medium };
        found.report(span, what).severity(if grant.names.is_empty() { severity } else { Severity::Low });
    }
}

fn verbs(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object).iter().filter(|grant| grant.names.is_empty() && grant.any_resource().is_none()) {
        if let (Some(span), Some((resource, _))) = (grant.any_verb(), grant.resources.first()) {
            let more = if grant.resources.len() > 1 { " and others" } else { "" };
            found.report(span, format!("`*` for the verbs on `{resource}`{more}"));
        }
    }
}

fn groups(object: &Object<'_>, found: &mut Found<'_>) {
    let narrow = |grant: &&Grant<'_>| grant.has_any_group() && grant.any_resource().is_none();
    for grant in grants(object).iter().filter(narrow) {
        if let (Some(entry), Some((resource, _))) = (grant.node.entry_span("apiGroups"), grant.resources.first()) {
            found.report(entry, format!("`*` for groups: `{resource}` of every API group, also of later ones"));
        }
    }
}

fn urls(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object) {
        for (url, span) in grant.urls.iter().filter(|(url, _)| matches!(*url, "*" | "/*")) {
            found.report(*span, format!("`{url}`: every path of the API server, also `/debug/pprof` and `/logs`"));
        }
    }
}
