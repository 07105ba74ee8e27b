//! What a workload may do in the end: its service account, the bindings that name it, the roles that they bind.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use boltseal_evidence::Severity;

use super::estate::{Member, members, pods};
use crate::finding::SetFound;
use crate::kubernetes::facts::{Binding, Detail, Pods, Powers, Role, Selector, Subject};
use crate::rule::{Check, Rule};
use crate::set::Set;

/// An example: a Deployment in `shop` as the service account `web`, and what stands beside it.
macro_rules! as_web {
    ($rest:literal) => {
        concat!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n",
            "  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n",
            "      serviceAccountName: web\n      containers:\n      - name: web\n        image: nginx:1.29\n",
            $rest
        )
    };
}

const PRACTICES: &str = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K387",
        title: "workload that can take over the cluster",
        severity: Severity::High,
        aliases: &["C-0267", "C-0272"],
        why: "The pods of this workload carry the token of a service account to which a ClusterRoleBinding gives rights over the whole cluster: who breaks into one of them has those rights, and with them everything.",
        advice: "Give the account a Role of its namespace with what the program calls, or set `automountServiceAccountToken: false` if it calls nothing.",
        references: &[PRACTICES, "https://kubernetes.io/docs/concepts/security/service-accounts/"],
        bad: &[
            as_web!(
                "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
            ),
            as_web!(
                "=== role.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: web\naggregationRule:\n  clusterRoleSelectors:\n  - matchLabels: {to-web: 'true'}\nrules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: web-more\n  labels: {to-web: 'true'}\nrules:\n- apiGroups: ['']\n  resources: [secrets]\n  verbs: [list]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}\nsubjects:\n- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts:shop'}\n"
            ),
        ],
        good: &[
            as_web!(
                "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\n  namespace: shop\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
            ),
            as_web!(
                "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n  namespace: shop\nautomountServiceAccountToken: false\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
            ),
            as_web!(
                "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: other}\n"
            ),
        ],
        check: Check::Set(cluster_wide),
    },
    Rule {
        id: "BS-K396",
        title: "workload that can take over its namespace",
        severity: Severity::Medium,
        aliases: &[],
        why: "A RoleBinding gives the pods' service account rights with which it reads the Secrets of the namespace or runs what it likes there: one broken pod is the whole namespace.",
        advice: "Bind a Role with what the program calls, limited by `resourceNames` where it can be.",
        references: &[PRACTICES, "https://kubernetes.io/docs/concepts/security/service-accounts/"],
        bad: &[as_web!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\n  namespace: shop\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
        )],
        good: &[as_web!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: web\n  namespace: shop\nrules:\n- apiGroups: ['']\n  resources: [configmaps]\n  verbs: [get, list]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\n  namespace: shop\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
        )],
        check: Check::Set(in_namespace),
    },
    Rule {
        id: "BS-K398",
        title: "workload reachable from outside that can take over the cluster",
        severity: Severity::Critical,
        aliases: &[],
        why: "A hole in this one program is enough: it answers to the outside, and its service account has rights over the whole cluster.",
        advice: "Split it: what answers to the outside runs with an account that may do nothing, what needs the rights answers to nobody but it.",
        references: &[PRACTICES, "https://kubernetes.io/docs/concepts/security/service-accounts/"],
        bad: &[as_web!(
            "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  type: LoadBalancer\n  selector: {app: web}\n  ports:\n  - port: 443\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
        )],
        good: &[
            as_web!(
                "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: web}\n  ports:\n  - port: 443\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects:\n- {kind: ServiceAccount, name: web, namespace: shop}\n"
            ),
            as_web!(
                "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  type: LoadBalancer\n  selector: {app: web}\n  ports:\n  - port: 443\n"
            ),
        ],
        check: Check::Set(exposed),
    },
    Rule {
        id: "BS-K393",
        title: "Secrets readable by many",
        severity: Severity::High,
        aliases: &[],
        why: "The role reads Secrets, and it is bound to a group that everyone is in or to the service account that pods get when they ask for none: nobody knows any more who can read them.",
        advice: "Bind the role to named service accounts, and limit it to named Secrets with `resourceNames`.",
        references: &["https://kubernetes.io/docs/concepts/security/secrets-good-practices/", PRACTICES],
        bad: &["\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: shop
rules:
- apiGroups: ['']
  resources: [secrets]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: reader
  namespace: shop
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:authenticated'}
"],
        good: &["\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: shop
rules:
- apiGroups: ['']
  resources: [secrets]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: reader
  namespace: shop
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: web, namespace: shop}
"],
        check: Check::Set(secrets_for_many),
    },
];

/// All roles, with the rules that they gather from others.
struct Rights<'a> {
    roles: HashMap<(&'a str, &'a str, &'a str), Powers>,
    bindings: Vec<(Member<'a>, &'a Binding)>,
}

impl<'a> Rights<'a> {
    fn of(set: &Set<'a>) -> Self {
        let mut rights = Self { roles: HashMap::new(), bindings: Vec::new() };
        let mut gatherers: Vec<(&str, &Role)> = Vec::new();
        let mut labelled: Vec<&Role> = Vec::new();
        for member in members(set) {
            let object = member.object;
            match &object.detail {
                Detail::Role(role) => {
                    let key = (object.kind.as_ref(), object.namespace.as_ref(), object.name.as_ref());
                    let powers = rights.roles.entry(key).or_default();
                    *powers = powers.and(role.powers);
                    if !role.gathers.is_empty() {
                        gatherers.push((object.name.as_ref(), role));
                    }
                    if object.kind.as_ref() == "ClusterRole" && !role.powers.is_none() {
                        labelled.push(role);
                    }
                }
                Detail::Binding(binding) => rights.bindings.push((member, binding)),
                _ => {}
            }
        }
        let mut known = BTreeMap::new();
        for (name, role) in gatherers {
            for selector in &role.gathers {
                let gathered = *known.entry(selector).or_insert_with(|| {
                    let fitting = labelled.iter().filter(|role| selector.matches(&role.labels));
                    fitting.fold(Powers::default(), |powers, role| powers.and(role.powers))
                });
                let powers = rights.roles.entry(("ClusterRole", "", name)).or_default();
                *powers = powers.and(gathered);
            }
        }
        rights
    }

    /// What a binding gives.
    fn given(&self, member: &Member<'_>, binding: &Binding) -> Powers {
        let (kind, namespace) =
            if binding.to_cluster_role { ("ClusterRole", "") } else { ("Role", member.object.namespace.as_ref()) };
        let found = self.roles.get(&(kind, namespace, binding.role.as_ref())).copied();
        found.unwrap_or_else(
            || if binding.to_cluster_role { Powers::built_in(&binding.role) } else { Powers::default() },
        )
    }
}

fn cluster_wide(set: &Set<'_>, found: &mut SetFound<'_>) {
    judge(set, found, |binding| binding.is_cluster_wide, "in the whole cluster");
}

fn in_namespace(set: &Set<'_>, found: &mut SetFound<'_>) {
    judge(set, found, |binding| !binding.is_cluster_wide, "in its namespace");
}

/// Power that a binding gives.
#[derive(Clone, Copy)]
struct Given<'r, 'a> {
    powers: Powers,
    by: Member<'a>,
    binding: &'r Binding,
}

/// What accounts are given, the worst binding of each.
#[derive(Default)]
struct Accounts<'r, 'a> {
    /// By namespace and name; `*` for all.
    exact: HashMap<(&'r str, &'r str), Given<'r, 'a>>,
    /// A subject names its namespace, and a workload often does not: then the name alone decides.
    by_name: HashMap<&'r str, Given<'r, 'a>>,
}

impl<'r, 'a> Accounts<'r, 'a> {
    fn add(&mut self, subject: &'r Subject, given: Given<'r, 'a>) {
        let Some((namespace, name)) = account_of(subject) else { return };
        let keep = |known: &mut Given<'r, 'a>| {
            if given.powers.is_worse_than(known.powers) {
                *known = given;
            }
        };
        self.exact.entry((namespace, name)).and_modify(keep).or_insert(given);
        if !matches!(name, "default" | "*") {
            self.by_name.entry(name).and_modify(keep).or_insert(given);
        }
    }

    fn of(&self, namespace: &str, account: &str) -> Option<Given<'r, 'a>> {
        let keys = [(namespace, account), (namespace, "*"), ("*", "*")];
        let exact = keys.iter().find_map(|key| self.exact.get(key));
        let loose = || {
            if namespace.is_empty() {
                self.by_name.get(account)
            } else {
                self.exact.get(&("", account)).filter(|_| account != "default")
            }
        };
        exact.or_else(loose).copied()
    }
}

/// Reports workloads to whose account a wanted binding gives power.
fn judge(set: &Set<'_>, found: &mut SetFound<'_>, wanted: impl Fn(&Binding) -> bool, reach: &str) {
    powerful(set, wanted, |member, pods, given| {
        let by = given.by.object;
        let what = format!(
            "service account `{}` may {} {reach}: {} `{}` binds `{}`",
            pods.account,
            given.powers.words(),
            by.kind,
            by.name,
            given.binding.role,
        );
        found.report(member.path, Some(pods.account_region), &member.object.title, what);
    });
}

/// Reports workloads that someone outside reaches and that can take over the cluster.
fn exposed(set: &Set<'_>, found: &mut SetFound<'_>) {
    let mut ways: HashMap<(&str, usize), String> = HashMap::new();
    let reached = reached(set);
    for (namespace, index) in pods(set) {
        for (way, selector) in reached.get(namespace).into_iter().flatten() {
            for (at, _) in index.selected(selector) {
                let member = index.pods.get(at).map(|(member, _)| member);
                let places = member.map(|member| (member.path, member.object.region.start));
                if let Some(place) = places {
                    ways.entry(place).or_insert_with(|| way.clone());
                }
            }
        }
    }
    powerful(
        set,
        |binding| binding.is_cluster_wide,
        |member, _, given| {
            if let Some(way) = ways.get(&(member.path, member.object.region.start)) {
                let what = format!(
                    "reached from outside through {way}, and may {} in the whole cluster",
                    given.powers.words()
                );
                found.report(member.path, Some(member.object.region), &member.object.title, what);
            }
        },
    );
}

/// Calls for each workload to whose account a wanted binding gives power.
fn powerful(set: &Set<'_>, wanted: impl Fn(&Binding) -> bool, mut each: impl FnMut(&Member<'_>, &Pods, Given<'_, '_>)) {
    let rights = Rights::of(set);
    let mut accounts = Accounts::default();
    for (by, binding) in &rights.bindings {
        let powers = rights.given(by, binding);
        if !powers.is_none() && wanted(binding) {
            let counts = |subject: &&Subject| {
                binding.is_cluster_wide || account_of(subject).is_some_and(|(namespace, _)| applies(by, namespace))
            };
            let subjects = binding.subjects.iter().filter(counts);
            subjects.for_each(|subject| accounts.add(subject, Given { powers, by: *by, binding }));
        }
    }
    let silent = silent_accounts(set);
    for (namespace, index) in pods(set) {
        for (member, pods) in &index.pods {
            let account = pods.account.as_ref();
            if !has_token(pods, silent.contains(&(namespace, account))) {
                continue;
            }
            let Some(given) = accounts.of(namespace, account) else { continue };
            if applies(&given.by, namespace) {
                each(member, pods, given);
            }
        }
    }
}

/// The selectors of Services that someone outside reaches, by namespace, each with how.
fn reached<'a>(set: &Set<'a>) -> BTreeMap<&'a str, Vec<(String, &'a Selector)>> {
    let mut routed: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for object in members(set).map(|member| member.object) {
        if let Detail::Routes(backends) = &object.detail {
            for backend in backends {
                routed.entry((&object.namespace, &backend.service)).or_insert(&object.name);
            }
        }
    }
    let mut reached: BTreeMap<&str, Vec<(String, &Selector)>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for object in members(set).map(|member| member.object) {
        let Detail::Service(service) = &object.detail else { continue };
        let Some(selector) = &service.selector else { continue };
        let way = match routed.get(&(object.namespace.as_ref(), object.name.as_ref())) {
            Some(ingress) => format!("Ingress `{ingress}`"),
            None if service.reached => format!("Service `{}`", object.name),
            None => continue,
        };
        if known.insert((object.namespace.as_ref(), selector)) {
            reached.entry(&object.namespace).or_default().push((way, selector));
        }
    }
    reached
}

/// A RoleBinding counts in its own namespace only.
fn applies(binding: &Member<'_>, namespace: &str) -> bool {
    binding.object.kind.as_ref() == "ClusterRoleBinding"
        || matches!(namespace, "" | "*")
        || binding.object.namespace.is_empty()
        || binding.object.namespace.as_ref() == namespace
}

/// The account or the accounts that a subject means; `*` for all of a namespace or of all namespaces.
fn account_of(subject: &Subject) -> Option<(&str, &str)> {
    match subject.kind.as_ref() {
        "ServiceAccount" => Some((&subject.namespace, &subject.name)),
        "User" => subject.name.strip_prefix("system:serviceaccount:")?.split_once(':'),
        "Group" => match subject.name.as_ref() {
            "system:serviceaccounts" | "system:authenticated" => Some(("*", "*")),
            name => Some((name.strip_prefix("system:serviceaccounts:")?, "*")),
        },
        _ => None,
    }
}

fn has_token(pods: &Pods, account_says_no: bool) -> bool {
    pods.mounts_token.unwrap_or(!account_says_no)
}

/// Accounts that mount no token unless a pod asks for it.
fn silent_accounts<'a>(set: &Set<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let silent = |member: &Member<'_>| matches!(member.object.detail, Detail::Account { mounts_token: Some(false) });
    members(set).filter(silent).map(|member| (member.object.namespace.as_ref(), member.object.name.as_ref())).collect()
}

fn secrets_for_many(set: &Set<'_>, found: &mut SetFound<'_>) {
    let rights = Rights::of(set);
    for (member, binding) in &rights.bindings {
        if !rights.given(member, binding).reads_secrets() {
            continue;
        }
        for subject in &binding.subjects {
            let everyone = match (subject.kind.as_ref(), subject.name.as_ref()) {
                ("Group", name) => {
                    matches!(name, "system:authenticated" | "system:unauthenticated" | "system:serviceaccounts")
                        || name.starts_with("system:serviceaccounts:")
                }
                ("ServiceAccount", name) => name == "default",
                ("User", name) => name == "system:anonymous",
                _ => false,
            };
            if everyone {
                let what = format!("`{}` may read Secrets through `{}`", subject.name, binding.role);
                found.report(member.path, Some(subject.region), &member.object.title, what);
            }
        }
    }
}
