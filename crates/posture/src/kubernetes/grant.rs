//! One entry of a role's `rules`: which verbs on which resources.
//!
//! How the API server reads it: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources>.
//! `*` stands for anything in a list of its own, `*/scale` for a subresource of anything; `pods/*` stands for nothing.

use super::Object;
use crate::source::Span;
use crate::yaml::Node;

/// An entry of `rules`.
#[derive(Debug)]
pub(crate) struct Grant<'a> {
    /// The entry.
    pub(crate) node: &'a Node,
    groups: Vec<&'a str>,
    /// `pods`, `pods/exec`, `*`, each with its place.
    pub(crate) resources: Vec<(&'a str, Span)>,
    /// `get`, `*`, each with its place.
    pub(crate) verbs: Vec<(&'a str, Span)>,
    /// The only objects that it speaks of; none for all.
    pub(crate) names: Vec<&'a str>,
    /// `/metrics`, each with its place.
    pub(crate) urls: Vec<(&'a str, Span)>,
}

impl<'a> Grant<'a> {
    fn new(node: &'a Node) -> Self {
        Self {
            node,
            groups: words(node, "apiGroups").map(|(text, _)| text).collect(),
            resources: words(node, "resources").collect(),
            verbs: words(node, "verbs").collect(),
            names: words(node, "resourceNames").map(|(text, _)| text).collect(),
            urls: words(node, "nonResourceURLs").collect(),
        }
    }

    /// It speaks of an API group; the empty name is the core's.
    pub(crate) fn has_group(&self, group: &str) -> bool {
        self.groups.iter().any(|each| *each == group || *each == "*")
    }

    /// `apiGroups` holds `*`.
    pub(crate) fn has_any_group(&self) -> bool {
        self.groups.contains(&"*")
    }

    /// `resources` holds `*`.
    pub(crate) fn any_resource(&self) -> Option<Span> {
        self.resources.iter().find(|(text, _)| *text == "*").map(|(_, span)| *span)
    }

    /// `verbs` holds `*`.
    pub(crate) fn any_verb(&self) -> Option<Span> {
        self.verbs.iter().find(|(text, _)| *text == "*").map(|(_, span)| *span)
    }

    /// It lets something be done, wildcards counted, on all objects of a resource.
    pub(crate) fn allows(&self, group: &str, resource: &str, verb: &str) -> bool {
        self.names.is_empty()
            && self.has_group(group)
            && self.verbs.iter().any(|(text, _)| *text == verb || *text == "*")
            && self.resources.iter().any(|(text, _)| {
                *text == "*"
                    || *text == resource
                    || text
                        .strip_prefix("*/")
                        .is_some_and(|sub| resource.split_once('/').is_some_and(|(_, own)| own == sub))
            })
    }

    /// It lets everything be done with everything.
    pub(crate) fn is_everything(&self) -> bool {
        self.names.is_empty() && self.has_any_group() && self.any_resource().is_some() && self.any_verb().is_some()
    }
}

/// The entries of a Role or ClusterRole; none of roles that the API server itself makes and keeps.
pub(crate) fn grants<'a>(object: &Object<'a>) -> Vec<Grant<'a>> {
    if !is_rbac(object) || is_built_in(object) {
        return Vec::new();
    }
    object.node.list("rules").iter().map(Grant::new).collect()
}

/// Roles and bindings of the API, not of a custom resource that is called so too.
pub(crate) fn is_rbac(object: &Object<'_>) -> bool {
    matches!(object.group(), "rbac.authorization.k8s.io" | "authorization.openshift.io")
}

/// A default role or binding, which the API server makes at its start and repairs when someone changes it.
pub(crate) fn is_built_in(object: &Object<'_>) -> bool {
    object.labels().contains(&("kubernetes.io/bootstrapping", "rbac-defaults"))
}

fn words<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = (&'a str, Span)> {
    node.list(key).iter().filter_map(|item| Some((item.as_str()?, item.span)))
}
