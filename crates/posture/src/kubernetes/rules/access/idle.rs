//! Entries of roles that grant nothing, though someone meant them to.

use boltseal_evidence::Severity;

use super::{RBAC, ROLES, cluster_role, role};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::grants;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K236",
        title: "role on a resource that no API can have",
        severity: Severity::Low,
        aliases: &[],
        why: "Resources are called by their plural in lower case. A kind (`Pod`), a pattern (`pods/*`) or part of a verb (`get*`) matches nothing, so the right is missing, and the next try is often `*`.",
        advice: "Write the name that `kubectl api-resources` shows, and subresources one by one: `pods/log`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"],
        bad: &[
            cluster_role!("- apiGroups: ['']\n  resources: [Pods]\n  verbs: [get]\n"),
            cluster_role!("- apiGroups: ['']\n  resources: ['pods/*']\n  verbs: [get]\n"),
        ],
        good: &[
            cluster_role!("- apiGroups: ['']\n  resources: [pods, pods/log]\n  verbs: [get]\n"),
            cluster_role!("- apiGroups: ['*']\n  resources: ['*/scale']\n  verbs: [get]\n"),
            role!("- apiGroups: ['']\n  resources: ['{{ .Values.resource }}']\n  verbs: [get]\n"),
        ],
        check: Check::Object(ROLES, names),
    },
    Rule {
        id: "BS-K237",
        title: "role that limits creation by name",
        severity: Severity::Low,
        aliases: &[],
        why: "A request to create an object or to delete a collection carries no name, so an entry with `resourceNames` never matches it: the right is missing, and it looks as if it were there and narrow.",
        advice: "Put `create` into an entry of its own without `resourceNames`, and keep the names for the other verbs.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"],
        bad: &[role!(
            "- apiGroups: ['']\n  resources: [configmaps]\n  resourceNames: [leader]\n  verbs: [create, update]\n"
        )],
        good: &[
            role!(
                "- apiGroups: ['']\n  resources: [configmaps]\n  verbs: [create]\n- apiGroups: ['']\n  resources: [configmaps]\n  resourceNames: [leader]\n  verbs: [update]\n"
            ),
            role!(
                "- apiGroups: ['']\n  resources: [serviceaccounts/token]\n  resourceNames: [vault]\n  verbs: [create]\n"
            ),
        ],
        check: Check::Object(ROLES, nameless),
    },
    Rule {
        id: "BS-K238",
        title: "paths of the API server in a Role",
        severity: Severity::Low,
        aliases: &[],
        why: "`nonResourceURLs` belong to no namespace, so the API server refuses them in a Role: the file cannot be applied.",
        advice: "Put them into a ClusterRole and bind it with a ClusterRoleBinding.",
        references: &[RBAC],
        bad: &[role!("- nonResourceURLs: [/metrics]\n  verbs: [get]\n")],
        good: &[cluster_role!("- nonResourceURLs: [/metrics]\n  verbs: [get]\n")],
        check: Check::Object(&["Role"], paths),
    },
];

fn names(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object) {
        for (name, span) in grant.resources.iter().filter(|(name, _)| !name.contains("{{")) {
            if name.ends_with("/*") {
                found.report(*span, format!("`{name}` matches nothing: subresources are named one by one"));
            } else if name.split('/').next().is_some_and(|main| main.chars().any(char::is_uppercase)) {
                let message = format!("`{name}` matches nothing: resources are plurals in lower case");
                found.report(*span, message);
            }
        }
        for (verb, span) in grant.verbs.iter().filter(|(verb, _)| *verb != "*" && !verb.contains("{{")) {
            if verb.contains('*') || verb.chars().any(char::is_uppercase) {
                found.report(*span, format!("the verb `{verb}` matches nothing"));
            }
        }
    }
}

fn nameless(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object).iter().filter(|grant| !grant.names.is_empty()) {
        let Some((resource, _)) = grant.resources.iter().find(|(name, _)| !name.contains('/')) else { continue };
        for (verb, span) in grant.verbs.iter().filter(|(verb, _)| matches!(*verb, "create" | "deletecollection")) {
            found.report(*span, format!("`{verb}` on `{resource}` is never granted: such a request has no name"));
        }
    }
}

fn paths(object: &Object<'_>, found: &mut Found<'_>) {
    for (url, span) in grants(object).iter().flat_map(|grant| &grant.urls) {
        found.report(*span, format!("`{url}` belongs to no namespace: a Role cannot grant it"));
    }
}
