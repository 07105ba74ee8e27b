//! Names and labels that lead nowhere, and objects that stand twice.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use boltseal_evidence::Severity;

use super::estate::{Member, called, members, pods};
use super::isolation::deployment;
use crate::finding::SetFound;
use crate::kubernetes::facts::{Detail, Reached, Service};
use crate::rule::{Check, Rule};
use crate::set::Set;

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K383",
        title: "Service that selects no pods",
        severity: Severity::Low,
        aliases: &["dangling-service"],
        why: "A Service whose labels no pod has answers nothing. Whoever may create a pod with these labels gets its traffic.",
        advice: "Compare `selector` with the labels of the pod template, or delete the Service.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/service/"],
        bad: &[deployment!(
            "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: wep}\n  ports:\n  - port: 80\n"
        )],
        good: &[
            deployment!(
                "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n"
            ),
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: elsewhere\nspec:\n  selector: {app: other}\n  ports:\n  - port: 80\n",
        ],
        check: Check::Set(service),
    },
    Rule {
        id: "BS-K384",
        title: "Service port that its pods do not name",
        severity: Severity::Low,
        aliases: &[],
        why: "A `targetPort` that is a name means the container port of that name; if no selected pod has one, nothing is ever sent, and no error is shown.",
        advice: "Give the container port that name, or write its number.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports"],
        bad: &[deployment!(
            "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n    targetPort: https\n"
        )],
        good: &[
            deployment!(
                "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n    targetPort: http\n"
            ),
            deployment!(
                "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n    targetPort: 9999\n"
            ),
        ],
        check: Check::Set(target_port),
    },
    Rule {
        id: "BS-K385",
        title: "Ingress to a Service or port that is not there",
        severity: Severity::Low,
        aliases: &["dangling-ingress"],
        why: "The path answers with an error until someone creates a Service of that name: who may do that in the namespace takes over the host's traffic.",
        advice: "Correct the name or the port, or delete the rule.",
        references: &["https://kubernetes.io/docs/concepts/services-networking/ingress/"],
        bad: &[
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  defaultBackend:\n    service:\n      name: wep\n      port: {number: 80}\n",
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: web\n            port: {number: 8080}\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n    name: http\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  defaultBackend:\n    service:\n      name: web\n      port: {name: http}\n",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  defaultBackend:\n    service:\n      name: elsewhere\n      port: {number: 80}\n",
        ],
        check: Check::Set(route),
    },
    Rule {
        id: "BS-K386",
        title: "binding to a Role that is not there",
        severity: Severity::Low,
        aliases: &[],
        why: "The binding gives nothing now, and whatever someone writes into a Role of that name later: who may create Roles decides then, not who reviewed the binding.",
        advice: "Correct the name, or delete the binding.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/"],
        bad: &[
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: reader\nrules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: raeder\nsubjects: []\n",
        ],
        good: &[
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: reader\nrules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: reader\nsubjects: []\n",
        ],
        check: Check::Set(role),
    },
    Rule {
        id: "BS-K388",
        title: "autoscaler of something that is not there",
        severity: Severity::Low,
        aliases: &["dangling-horizontalpodautoscaler"],
        why: "The workload that was meant keeps its number of pods under any load, and falls over when it is needed.",
        advice: "Correct `scaleTargetRef`, whose kind, name and group must be those of the workload.",
        references: &["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
        bad: &[deployment!(
            "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wep}\n  maxReplicas: 5\n"
        )],
        good: &[deployment!(
            "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: 5\n"
        )],
        check: Check::Set(scaler),
    },
    Rule {
        id: "BS-K389",
        title: "disruption budget that selects no pods",
        severity: Severity::Low,
        aliases: &[],
        why: "The pods that were meant are all taken down at once when nodes are drained.",
        advice: "Compare `selector` with the labels of the pod template.",
        references: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        bad: &[deployment!(
            "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  maxUnavailable: 1\n  selector: {matchLabels: {app: wep}}\n"
        )],
        good: &[deployment!(
            "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  maxUnavailable: 1\n  selector: {matchLabels: {app: web}}\n"
        )],
        check: Check::Set(budget),
    },
    Rule {
        id: "BS-K390",
        title: "object that stands twice",
        severity: Severity::Low,
        aliases: &[],
        why: "Of two objects with one name the one that is applied last wins: a change to the other, or the security context in it, has no effect.",
        advice: "Delete one of them, or give it another name.",
        references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"],
        bad: &[
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata: {}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata: {a: b}\n",
        ],
        good: &[
            "=== install.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n=== install-small.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: one\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: two\n---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: web-\n---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: web-\n",
        ],
        check: Check::Set(twice),
    },
    Rule {
        id: "BS-K395",
        title: "service account that is not there",
        severity: Severity::Low,
        aliases: &["non-existent-service-account"],
        why: "Pods of a service account that does not exist are not started; once someone creates one of that name, they run with whatever rights it was given.",
        advice: "Correct `serviceAccountName`, or add the ServiceAccount beside the workload.",
        references: &["https://kubernetes.io/docs/concepts/security/service-accounts/"],
        bad: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: wep\n  containers:\n  - name: web\n    image: nginx:1.29\n",
        ],
        good: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: web\n  containers:\n  - name: web\n    image: nginx:1.29\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: elsewhere\n  containers:\n  - name: web\n    image: nginx:1.29\n",
        ],
        check: Check::Set(account),
    },
];

fn services<'a>(set: &Set<'a>) -> impl Iterator<Item = (Member<'a>, &'a Service)> {
    members(set).filter_map(|member| match &member.object.detail {
        Detail::Service(service) => Some((member, service)),
        _ => None,
    })
}

fn service(set: &Set<'_>, found: &mut SetFound<'_>) {
    let spaces = pods(set);
    for (member, service) in services(set) {
        let Some(index) = spaces.get(member.object.namespace.as_ref()) else { continue };
        if service.selector.as_ref().is_some_and(|selector| !index.selects_any(selector)) {
            let what = "no pod in the files has the labels of `selector`";
            found.report(member.path, Some(member.object.region), &member.object.title, what);
        }
    }
}

fn target_port(set: &Set<'_>, found: &mut SetFound<'_>) {
    let spaces = pods(set);
    let mut known: HashMap<(&str, &crate::kubernetes::facts::Selector, &str), bool> = HashMap::new();
    for (member, service) in services(set) {
        let namespace = member.object.namespace.as_ref();
        let (Some(index), Some(selector)) = (spaces.get(namespace), &service.selector) else { continue };
        for (name, region) in service.ports.iter().filter_map(|port| port.target.as_ref()) {
            let answered = *known.entry((namespace, selector, name)).or_insert_with(|| {
                let mut pods = index.selected(selector).peekable();
                pods.peek().is_none() || pods.any(|(_, pods)| pods.ports.contains(name))
            });
            if !answered {
                let what = format!("no container of the selected pods has a port named `{name}`");
                found.report(member.path, Some(*region), &member.object.title, what);
            }
        }
    }
}

fn route(set: &Set<'_>, found: &mut SetFound<'_>) {
    let mut known: BTreeMap<&str, BTreeMap<&str, &Service>> = BTreeMap::new();
    for (member, service) in services(set) {
        known.entry(&member.object.namespace).or_default().insert(&member.object.name, service);
    }
    for member in members(set) {
        let Detail::Routes(backends) = &member.object.detail else { continue };
        let Some(services) = known.get(member.object.namespace.as_ref()) else { continue };
        for backend in backends {
            let what = match services.get(backend.service.as_ref()) {
                None => format!("no Service `{}` in {}", backend.service, called(&member.object.namespace)),
                Some(service) if !answers(service, &backend.port) => {
                    format!("Service `{}` has no such port", backend.service)
                }
                Some(_) => continue,
            };
            found.report(member.path, Some(backend.region), &member.object.title, what);
        }
    }
}

fn answers(service: &Service, wanted: &Reached) -> bool {
    match wanted {
        Reached::Unsaid => true,
        // Someone else's ports count too where there is no list.
        _ if service.ports.is_empty() => true,
        Reached::Name(name) => name.contains("{{") || service.ports.iter().any(|port| port.name == *name),
        Reached::Number(number) => service.ports.iter().any(|port| port.number == *number),
    }
}

/// The names of a kind of object, by namespace.
fn names<'a>(set: &Set<'a>, kind: &str) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for member in members(set).filter(|member| member.object.kind.as_ref() == kind) {
        names.entry(&member.object.namespace).or_default().insert(&member.object.name);
    }
    names
}

fn role(set: &Set<'_>, found: &mut SetFound<'_>) {
    let roles = names(set, "Role");
    for member in members(set) {
        let Detail::Binding(binding) = &member.object.detail else { continue };
        let Some(known) = roles.get(member.object.namespace.as_ref()) else { continue };
        let name = binding.role.as_ref();
        // The cluster keeps Roles of its own in these namespaces.
        let of_cluster = matches!(member.object.namespace.as_ref(), "kube-system" | "kube-public");
        if !of_cluster && !binding.to_cluster_role && !known.contains(name) && !name.contains("{{") {
            let what = format!("no Role `{name}` in {}", called(&member.object.namespace));
            found.report(member.path, Some(binding.role_region), &member.object.title, what);
        }
    }
}

fn account(set: &Set<'_>, found: &mut SetFound<'_>) {
    let accounts = names(set, "ServiceAccount");
    for (namespace, index) in pods(set) {
        let Some(known) = accounts.get(namespace) else { continue };
        for (member, pods) in &index.pods {
            let name = pods.account.as_ref();
            if name != "default" && !name.is_empty() && !known.contains(name) && !name.contains("{{") {
                let what = format!("no ServiceAccount `{name}` in {}", called(namespace));
                found.report(member.path, Some(pods.account_region), &member.object.title, what);
            }
        }
    }
}

fn scaler(set: &Set<'_>, found: &mut SetFound<'_>) {
    let spaces = pods(set);
    let mut known: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let mut kinds: BTreeSet<(&str, &str)> = BTreeSet::new();
    for object in members(set).map(|member| member.object) {
        known.insert((&object.namespace, &object.kind, &object.name));
        kinds.insert((&object.namespace, &object.kind));
    }
    for member in members(set) {
        let Detail::Scaler(kind, name) = &member.object.detail else { continue };
        let namespace = member.object.namespace.as_ref();
        let lives_here = spaces.contains_key(namespace) && kinds.contains(&(namespace, kind.as_ref()));
        if lives_here && !known.contains(&(namespace, kind.as_ref(), name.as_ref())) && !name.contains("{{") {
            let what = format!("no {kind} `{name}` in {}", called(namespace));
            found.report(member.path, Some(member.object.region), &member.object.title, what);
        }
    }
}

fn budget(set: &Set<'_>, found: &mut SetFound<'_>) {
    let spaces = pods(set);
    for member in members(set) {
        let Detail::Budget(selector) = &member.object.detail else { continue };
        let Some(index) = spaces.get(member.object.namespace.as_ref()) else { continue };
        if !index.selects_any(selector) {
            let what = "no pod in the files has the labels of `selector`";
            found.report(member.path, Some(member.object.region), &member.object.title, what);
        }
    }
}

/// Only within one file: other files of a repository repeat objects on purpose, as overlays, environments and variants.
fn twice(set: &Set<'_>, found: &mut SetFound<'_>) {
    let mut first: HashMap<(&str, &str, &str, &str, &str), Member<'_>> = HashMap::new();
    for member in members(set) {
        let object = member.object;
        if object.name.is_empty() || object.name.contains("{{") {
            continue;
        }
        let (kind, namespace, name) = (object.kind.as_ref(), object.namespace.as_ref(), object.name.as_ref());
        match first.entry((member.path, object.group.as_ref(), kind, namespace, name)) {
            Entry::Occupied(earlier) => {
                let line = earlier.get().object.region.line;
                let what = format!("this object already stands in line {line}: the one that is applied last wins");
                found.report(member.path, Some(object.region), &object.title, what);
            }
            Entry::Vacant(free) => {
                free.insert(member);
            }
        }
    }
}
