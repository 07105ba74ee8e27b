//! What is seen, and what is rightly not seen, when all files are judged together.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_posture::{Options, Set, check, check_together};

/// The findings of one rule on files, as `path: message`.
fn found(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let facts: Vec<_> =
        files.iter().map(|(path, text)| check(path, text.as_bytes(), &Options::default()).facts).collect();
    let paths: BTreeSet<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let findings = check_together(&Set { facts: &facts, paths: &paths, whole: true }, &BTreeMap::new());
    let own = findings.into_iter().filter(|finding| finding.rule == rule);
    own.map(|finding| format!("{}: {}", finding.path, finding.message)).collect()
}

fn deployment(namespace: &str, account: &str, more: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: {namespace}\nspec:\n  \
         selector:\n    matchLabels: {{app: web}}\n  template:\n    metadata:\n      labels: {{app: web}}\n    \
         spec:\n      serviceAccountName: {account}\n{more}      containers:\n      - name: web\n        \
         image: nginx:1.29\n"
    )
}

fn binding(kind: &str, namespace: &str, role: &str, subject: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: bound\n  namespace: {namespace}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\nsubjects:\n- {subject}\n"
    )
}

#[test]
fn rights_follow_the_account_through_bindings_and_namespaces() {
    let admin = |subject: &str| binding("ClusterRoleBinding", "''", "cluster-admin", subject);
    let table = [
        (
            "its own account",
            deployment("shop", "web", ""),
            admin("{kind: ServiceAccount, name: web, namespace: shop}"),
            1,
        ),
        (
            "another namespace's",
            deployment("shop", "web", ""),
            admin("{kind: ServiceAccount, name: web, namespace: x}"),
            0,
        ),
        (
            "a file that names no namespace",
            deployment("''", "web", ""),
            admin("{kind: ServiceAccount, name: web, namespace: x}"),
            1,
        ),
        (
            "the default account of who knows where",
            deployment("''", "default", ""),
            admin("{kind: ServiceAccount, name: default, namespace: x}"),
            0,
        ),
        ("all accounts", deployment("shop", "web", ""), admin("{kind: Group, name: 'system:serviceaccounts'}"), 1),
        (
            "all accounts of another",
            deployment("shop", "web", ""),
            admin("{kind: Group, name: 'system:serviceaccounts:x'}"),
            0,
        ),
        (
            "the account as a user",
            deployment("shop", "web", ""),
            admin("{kind: User, name: 'system:serviceaccount:shop:web'}"),
            1,
        ),
        (
            "no token",
            deployment("shop", "web", "      automountServiceAccountToken: false\n"),
            admin("{kind: ServiceAccount, name: web, namespace: shop}"),
            0,
        ),
        (
            "a harmless role",
            deployment("shop", "web", ""),
            binding("ClusterRoleBinding", "''", "view", "{kind: ServiceAccount, name: web, namespace: shop}"),
            0,
        ),
    ];
    for (what, workload, binding, expected) in table {
        let findings = found("BS-K387", &[("web.yaml", &workload), ("rights.yaml", &binding)]);
        assert_eq!(findings.len(), expected, "{what}: {findings:?}");
    }
}

#[test]
fn a_role_binding_gives_rights_where_it_stands() {
    let edit = |namespace, subject| binding("RoleBinding", namespace, "edit", subject);
    let table = [
        ("shop", "{kind: ServiceAccount, name: web, namespace: shop}", 1),
        ("shop", "{kind: ServiceAccount, name: web}", 1),
        ("other", "{kind: ServiceAccount, name: web, namespace: shop}", 0),
    ];
    for (namespace, subject, expected) in table {
        let (workload, binding) = (deployment("shop", "web", ""), edit(namespace, subject));
        let findings = found("BS-K396", &[("web.yaml", &workload), ("rights.yaml", &binding)]);
        assert_eq!(findings.len(), expected, "{namespace} {subject}: {findings:?}");
    }
}

#[test]
fn the_worst_of_several_bindings_is_told() {
    let subject = "{kind: ServiceAccount, name: web, namespace: shop}";
    let files = [
        ("a.yaml", &*binding("ClusterRoleBinding", "''", "edit", subject)),
        ("b.yaml", &*binding("ClusterRoleBinding", "''", "cluster-admin", subject)),
        ("web.yaml", &*deployment("shop", "web", "")),
    ];
    let findings = found("BS-K387", &files);
    assert_eq!(
        findings,
        ["web.yaml: service account `web` may do everything in the whole cluster: ClusterRoleBinding `bound` binds \
          `cluster-admin`"]
    );
}

#[test]
fn policies_isolate_in_the_directions_that_count() {
    let policy = |spec: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: shop\nspec: {spec}\n"
        )
    };
    // Whether the pods are open to ingress and to egress.
    let table = [
        ("{podSelector: {}}", false, true),
        ("{podSelector: {}, policyTypes: [Egress]}", true, false),
        ("{podSelector: {}, egress: [{}]}", false, false),
        ("{podSelector: {}, policyTypes: [Ingress], egress: []}", false, true),
        ("{podSelector: {matchLabels: {app: db}}}", true, true),
        ("{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}, ingress: [{}]}", false, true),
    ];
    let workload = deployment("shop", "web", "");
    for (spec, ingress, egress) in table {
        let policy = policy(spec);
        let files = [("web.yaml", &*workload), ("policy.yaml", &*policy)];
        assert_eq!(found("BS-K380", &files).len(), usize::from(ingress), "ingress of {spec}");
        assert_eq!(found("BS-K381", &files).len(), usize::from(egress), "egress of {spec}");
    }
}

#[test]
fn patches_and_pods_on_the_host_network_are_not_asked_for_policies() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      \
                 containers:\n      - name: web\n        env: []\n";
    assert_eq!(found("BS-K380", &[("patch.yaml", patch)]), Vec::<String>::new());
    let host = deployment("shop", "web", "      hostNetwork: true\n");
    assert_eq!(found("BS-K380", &[("host.yaml", &host)]), Vec::<String>::new());
    assert_eq!(found("BS-K380", &[("web.yaml", &deployment("shop", "web", ""))]).len(), 1);
}

#[test]
fn a_namespace_without_any_policy_is_told_once() {
    let names = ["a.yaml", "b.yaml", "c.yaml"];
    let texts = names.map(|name| {
        deployment("shop", "web", "")
            .replace("name: web\n  namespace", &format!("name: {}\n  namespace", name.trim_end_matches(".yaml")))
    });
    let files: Vec<_> = names.iter().zip(&texts).map(|(name, text)| (*name, text.as_str())).collect();
    let findings = found("BS-K380", &files);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0].starts_with("a.yaml: ") && findings[0].contains("each of its 3 workloads in these files"),
        "{findings:?}"
    );
}
