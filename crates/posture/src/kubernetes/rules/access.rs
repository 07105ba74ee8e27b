//! Roles: what may be done (BS-K200–239).

pub(super) mod aggregate;
pub(super) mod cluster;
pub(super) mod data;
pub(super) mod escalation;
pub(super) mod idle;
pub(super) mod pod;
pub(super) mod wildcard;

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::grants;

const ROLES: &[&str] = &["Role", "ClusterRole"];
const GOOD_PRACTICES: &str = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";
const RBAC: &str = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/";

/// Something that a role lets its holders do, and that they hardly ever should.
struct Power {
    /// The API group; empty for the core.
    group: &'static str,
    resources: &'static [&'static str],
    /// Any of these is enough; so is `*`.
    verbs: &'static [&'static str],
    /// What it comes to, as the end of a sentence; `{reach}` becomes `the cluster` or `the namespace`.
    effect: &'static str,
    /// How bad it is within one namespace; `None` where a Role cannot grant it at all.
    in_role: Option<Severity>,
    /// `resourceNames` make it narrow enough.
    narrowed_by_names: bool,
}

impl Power {
    /// Reports each resource of a role that it speaks of by name. Wildcards for resources are a mistake of their own,
    /// reported once instead of once for each resource that they stand for.
    fn judge(&self, object: &Object<'_>, found: &mut Found<'_>) {
        let is_cluster = object.kind == "ClusterRole";
        if !is_cluster && self.in_role.is_none() {
            return;
        }
        for grant in grants(object) {
            if !grant.has_group(self.group) || (self.narrowed_by_names && !grant.names.is_empty()) {
                continue;
            }
            let verbs: Vec<String> = (grant.verbs.iter())
                .filter(|(verb, _)| *verb == "*" || self.verbs.contains(verb))
                .map(|(verb, _)| format!("`{verb}`"))
                .collect();
            if verbs.is_empty() {
                continue;
            }
            let reach = if is_cluster { "the cluster" } else { "the namespace" };
            for (resource, span) in grant.resources.iter().filter(|(name, _)| self.resources.contains(name)) {
                let effect = self.effect.replace("{reach}", reach);
                let report = found.report(*span, format!("{} on `{resource}` {effect}", verbs.join(", ")));
                if let (false, Some(severity)) = (is_cluster, self.in_role) {
                    report.severity(severity);
                }
            }
        }
    }
}

/// An example: a ClusterRole with these rules.
macro_rules! cluster_role {
    ($rules:literal) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: example\nrules:\n",
            $rules
        )
    };
}

/// An example: a Role with these rules.
macro_rules! role {
    ($rules:literal) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: example\n  namespace: shop\nrules:\n",
            $rules
        )
    };
}

use {cluster_role, role};
