//! Roles and bindings, as far as they make someone powerful.

use boltseal_evidence::Region;

use super::{Labels, Selector, labels_of};
use crate::kubernetes::Object;
use crate::kubernetes::grant::{Grant, grants, is_built_in};
use crate::source::Source;
use crate::yaml::Node;

/// A set of powers, each of which is enough to take over whatever it reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Powers(u16);

const EVERYTHING: u16 = 1;
const READ_SECRETS: u16 = 1 << 1;
const EXEC: u16 = 1 << 2;
const CREATE_PODS: u16 = 1 << 3;
const ESCALATE: u16 = 1 << 4;
const IMPERSONATE: u16 = 1 << 5;
const TOKENS: u16 = 1 << 6;
const NODE_PROXY: u16 = 1 << 7;
const WEBHOOKS: u16 = 1 << 8;
const SIGN: u16 = 1 << 9;

/// In words, after `may`.
const WORDS: &[(u16, &str)] = &[
    (EVERYTHING, "do everything"),
    (ESCALATE, "give itself any role"),
    (IMPERSONATE, "act as any user"),
    (READ_SECRETS, "read all Secrets"),
    (TOKENS, "issue tokens of all service accounts"),
    (EXEC, "run commands in all pods"),
    (CREATE_PODS, "start any pod"),
    (NODE_PROXY, "reach the kubelets"),
    (WEBHOOKS, "change admission webhooks"),
    (SIGN, "issue certificates of the cluster"),
];

impl Powers {
    /// Of the roles that every cluster has.
    pub(crate) fn built_in(role: &str) -> Self {
        match role {
            "cluster-admin" => Self(EVERYTHING),
            "admin" | "edit" => Self(READ_SECRETS | EXEC | CREATE_PODS),
            _ => Self::default(),
        }
    }

    fn of(grant: &Grant<'_>) -> Self {
        const RBAC: &str = "rbac.authorization.k8s.io";
        if grant.is_everything() {
            return Self(EVERYTHING);
        }
        let any = |group: &str, resources: &[&str], verbs: &[&str]| {
            resources.iter().any(|resource| verbs.iter().any(|verb| grant.allows(group, resource, verb)))
        };
        let table = [
            (READ_SECRETS, any("", &["secrets"], &["get", "list", "watch"])),
            (EXEC, any("", &["pods/exec", "pods/attach"], &["create", "get"])),
            (EXEC, any("", &["pods/ephemeralcontainers"], &["update", "patch"])),
            (CREATE_PODS, any("", &["pods"], &["create"])),
            (
                CREATE_PODS,
                any("apps", &["deployments", "daemonsets", "statefulsets", "replicasets"], &["create", "patch"]),
            ),
            (CREATE_PODS, any("batch", &["jobs", "cronjobs"], &["create"])),
            (ESCALATE, any(RBAC, &["roles", "clusterroles"], &["escalate", "bind"])),
            (IMPERSONATE, any("", &["users", "groups", "serviceaccounts"], &["impersonate"])),
            (TOKENS, any("", &["serviceaccounts/token"], &["create"])),
            (NODE_PROXY, any("", &["nodes/proxy"], &["create", "get"])),
            (
                WEBHOOKS,
                any("admissionregistration.k8s.io", &["mutatingwebhookconfigurations"], &["create", "update", "patch"]),
            ),
            (SIGN, any("certificates.k8s.io", &["signers"], &["sign", "approve"])),
        ];
        Self(table.iter().filter(|(_, has)| *has).fold(0, |powers, (power, _)| powers | power))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// They hold something that stands before everything that the others hold, in the order of the words.
    pub(crate) fn is_worse_than(self, other: Self) -> bool {
        let rank = |powers: Self| WORDS.iter().position(|(power, _)| powers.0 & power != 0).unwrap_or(WORDS.len());
        rank(self) < rank(other)
    }

    /// They include reading all Secrets, in one way or another.
    pub(crate) fn reads_secrets(self) -> bool {
        self.0 & (EVERYTHING | READ_SECRETS) != 0
    }

    /// The worst two, in words: `do everything`.
    pub(crate) fn words(self) -> String {
        let words: Vec<&str> =
            WORDS.iter().filter(|(power, _)| self.0 & power != 0).map(|(_, words)| *words).take(2).collect();
        words.join(" and ")
    }
}

/// A Role or ClusterRole.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) powers: Powers,
    pub(crate) labels: Labels,
    /// It gathers the rules of ClusterRoles that one of these selects.
    pub(crate) gathers: Vec<Selector>,
}

impl Role {
    pub(crate) fn new(object: &Object<'_>) -> Self {
        let powers = if is_built_in(object) {
            Powers::built_in(object.name())
        } else {
            grants(object).iter().map(Powers::of).fold(Powers::default(), Powers::and)
        };
        let selectors = object.node.at(&["aggregationRule", "clusterRoleSelectors"]).map_or(&[][..], Node::items);
        Self {
            powers,
            labels: labels_of(object.node.at(&["metadata", "labels"])),
            gathers: selectors.iter().map(Selector::new).collect(),
        }
    }
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// It counts in every namespace.
    pub(crate) is_cluster_wide: bool,
    /// The role is a ClusterRole.
    pub(crate) to_cluster_role: bool,
    pub(crate) role: Box<str>,
    pub(crate) role_region: Region,
    pub(crate) subjects: Vec<Subject>,
}

/// Who is bound.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) kind: Box<str>,
    /// Empty if it says none: the binding's.
    pub(crate) namespace: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) region: Region,
}

impl Binding {
    pub(crate) fn new(source: &Source<'_>, object: &Object<'_>) -> Option<Self> {
        let role = object.node.get("roleRef")?;
        let subjects = object.node.list("subjects").iter().filter_map(|node| {
            Some(Subject {
                kind: node.text("kind")?.into(),
                namespace: node.text("namespace").or(object.namespace()).unwrap_or_default().into(),
                name: node.text("name")?.into(),
                region: source.region(node.entry_span("name").unwrap_or(node.span)),
            })
        });
        Some(Self {
            is_cluster_wide: object.kind == "ClusterRoleBinding",
            to_cluster_role: role.text("kind") == Some("ClusterRole"),
            role: role.text("name")?.into(),
            role_region: source.region(role.entry_span("name").unwrap_or(role.span)),
            subjects: subjects.collect(),
        })
    }
}
