//! ClusterRoles that add themselves to others.

use boltseal_evidence::Severity;

use super::RBAC;
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::{Grant, grants, is_built_in, is_rbac};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const AGGREGATION: &str = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles";

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K234",
        title: "dangerous rights added to `view`, `edit` or `admin`",
        severity: Severity::High,
        aliases: &[],
        why: "A label `rbac.authorization.k8s.io/aggregate-to-view` puts a role's rules into `view`, for everyone who was ever given it: `view` is made to show no Secrets, and `edit` to give nobody rights.",
        advice: "Put only the program's own custom resources into aggregated roles, for `view` with reading verbs only; bind anything else to those who need it.",
        references: &[AGGREGATION, RBAC],
        bad: &[
            "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: more-view
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: 'true'
rules:
- apiGroups: ['']
  resources: [secrets]
  verbs: [get, list]
",
            "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: more-edit
  labels:
    rbac.authorization.k8s.io/aggregate-to-edit: 'true'
rules:
- apiGroups: ['*']
  resources: ['*']
  verbs: ['*']
",
        ],
        good: &["\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shops-view
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: 'true'
rules:
- apiGroups: [example.com]
  resources: [shops]
  verbs: [get, list, watch]
"],
        check: Check::Object(&["ClusterRole"], added),
    },
    Rule {
        id: "BS-K235",
        title: "ClusterRole that gathers the rules of all others",
        severity: Severity::High,
        aliases: &[],
        why: "An empty selector in `aggregationRule` matches every ClusterRole, `cluster-admin` among them, so the role has every right of the cluster.",
        advice: "Select by a label of your own: `matchLabels: {example.com/aggregate-to-shop: 'true'}`.",
        references: &[AGGREGATION],
        bad: &["\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: everything
aggregationRule:
  clusterRoleSelectors:
  - {}
rules: []
"],
        good: &["\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
aggregationRule:
  clusterRoleSelectors:
  - matchLabels:
      example.com/aggregate-to-shop: 'true'
rules: []
"],
        check: Check::Object(&["ClusterRole"], gathers_all),
    },
];

fn added(object: &Object<'_>, found: &mut Found<'_>) {
    if is_built_in(object) {
        return;
    }
    let Some(labels) = object.node.at(&["metadata", "labels"]) else { return };
    for target in ["view", "edit", "admin"] {
        let label = format!("rbac.authorization.k8s.io/aggregate-to-{target}");
        let Some((key, value)) = labels.entry(&label) else { continue };
        if value.as_str() != Some("true") {
            continue;
        }
        if let Some(danger) = grants(object).iter().find_map(|grant| danger(grant, target)) {
            found.report(key.span, format!("gives everyone with `{target}` {danger}"));
        }
    }
}

/// What an entry does that the role it is added to is made not to do.
fn danger(grant: &Grant<'_>, target: &str) -> Option<String> {
    if grant.is_everything() {
        return Some("every right there is".to_owned());
    }
    let all = |group, resource, verbs: &[&str]| verbs.iter().any(|verb| grant.allows(group, resource, verb));
    const ROLES: &str = "rbac.authorization.k8s.io";
    if target == "view" && all("", "secrets", &["get", "list", "watch"]) {
        return Some("the contents of Secrets".to_owned());
    }
    if target == "view" && all("", "pods/exec", &["create", "get"]) {
        return Some("commands in pods".to_owned());
    }
    if all(ROLES, "clusterroles", &["escalate", "bind"]) || all(ROLES, "roles", &["escalate", "bind"]) {
        return Some("`escalate` or `bind`".to_owned());
    }
    if target != "admin" && all(ROLES, "rolebindings", &["create", "update", "patch"]) {
        return Some("the right to hand out rights".to_owned());
    }
    if all("", "users", &["impersonate"]) || all("", "groups", &["impersonate"]) {
        return Some("`impersonate`".to_owned());
    }
    if all("", "nodes/proxy", &["get", "create"]) {
        return Some("the kubelet's API through `nodes/proxy`".to_owned());
    }
    if all("admissionregistration.k8s.io", "mutatingwebhookconfigurations", &["create", "update", "patch"]) {
        return Some("admission webhooks".to_owned());
    }
    let writes = |verb: &str| matches!(verb, "*" | "create" | "update" | "patch" | "delete" | "deletecollection");
    let written = grant.verbs.iter().find(|(verb, _)| target == "view" && writes(verb));
    let (verb, (resource, _)) = (written?.0, grant.resources.first()?);
    Some(format!("`{verb}` on `{resource}`"))
}

fn gathers_all(object: &Object<'_>, found: &mut Found<'_>) {
    if !is_rbac(object) || is_built_in(object) {
        return;
    }
    let selectors = object.node.at(&["aggregationRule", "clusterRoleSelectors"]).map_or(&[][..], Node::items);
    for selector in selectors {
        let empty = |key: &str| selector.get(key).is_none_or(Node::is_empty);
        if empty("matchLabels") && empty("matchExpressions") {
            found.report(selector.span, "an empty selector gathers the rules of every ClusterRole");
        }
    }
}
