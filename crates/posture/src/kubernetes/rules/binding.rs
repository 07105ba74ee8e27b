//! Bindings: who may do it (BS-K240–259).

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::{is_built_in, is_rbac};
use crate::rule::{Check, Rule};
use crate::source::Span;

const BINDINGS: &[&str] = &["RoleBinding", "ClusterRoleBinding"];
const GOOD_PRACTICES: &str = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";
const RBAC: &str = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/";

/// An example: a ClusterRoleBinding of a ClusterRole to one subject.
macro_rules! cluster_binding {
    ($role:literal, $subject:literal) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: example\nroleRef:\n",
            "  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: ",
            $role,
            "\nsubjects:\n- ",
            $subject,
            "\n"
        )
    };
}

/// An example: a RoleBinding in `shop` of a ClusterRole to one subject.
macro_rules! binding {
    ($role:literal, $subject:literal) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: example\n  namespace: shop\n",
            "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: ",
            $role,
            "\nsubjects:\n- ",
            $subject,
            "\n"
        )
    };
}

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K240",
        title: "`cluster-admin` bound",
        severity: Severity::High,
        aliases: &["KSV-0111", "C-0035", "C-0185", "cluster-admin-role-binding"],
        why: "`cluster-admin` may do everything to everything. Bound to a service account it makes every pod of that account, and everyone who may start one, administrator of the cluster. CIS 5.1.1 asks to use it only where it is required.",
        advice: "Bind a role with what is needed; for people, let them impersonate an administrator for a time instead.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles",
            GOOD_PRACTICES,
        ],
        bad: &[
            cluster_binding!("cluster-admin", "{kind: ServiceAccount, name: web, namespace: shop}"),
            binding!("cluster-admin", "{kind: User, apiGroup: rbac.authorization.k8s.io, name: anna}"),
        ],
        good: &[
            cluster_binding!("view", "{kind: ServiceAccount, name: web, namespace: shop}"),
            "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: cluster-admin
  labels:
    kubernetes.io/bootstrapping: rbac-defaults
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin
subjects:
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:masters'}
",
        ],
        check: Check::Object(BINDINGS, cluster_admin),
    },
    Rule {
        id: "BS-K241",
        title: "rights for callers who did not sign in",
        severity: Severity::Critical,
        aliases: &["KSV-0122", "C-0262"],
        why: "`system:anonymous` and `system:unauthenticated` are everyone who reaches the API server, from the internet too if it is there, without any credentials.",
        advice: "Bind the role to named users or service accounts; health checks and discovery are open without this.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
            GOOD_PRACTICES,
        ],
        bad: &[
            cluster_binding!("view", "{kind: User, apiGroup: rbac.authorization.k8s.io, name: 'system:anonymous'}"),
            binding!("edit", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:unauthenticated'}"),
        ],
        good: &[
            cluster_binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}"),
            cluster_binding!(
                "'system:public-info-viewer'",
                "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:unauthenticated'}"
            ),
        ],
        check: Check::Object(BINDINGS, anonymous),
    },
    Rule {
        id: "BS-K242",
        title: "rights for everyone who signs in",
        severity: Severity::High,
        aliases: &["KSV-0123", "C-0265"],
        why: "`system:authenticated` is every user and every service account of every namespace; on GKE it includes everyone with a Google account.",
        advice: "Bind the role to a group of your own.",
        references: &[
            "https://cloud.google.com/kubernetes-engine/docs/best-practices/rbac#default-roles-groups",
            GOOD_PRACTICES,
        ],
        bad: &[cluster_binding!(
            "view",
            "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:authenticated'}"
        )],
        good: &[
            cluster_binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}"),
            cluster_binding!(
                "'system:basic-user'",
                "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:authenticated'}"
            ),
        ],
        check: Check::Object(BINDINGS, authenticated),
    },
    Rule {
        id: "BS-K243",
        title: "rights for all service accounts",
        severity: Severity::Medium,
        aliases: &[],
        why: "`system:serviceaccounts` is every pod of the cluster, `system:serviceaccounts:shop` every pod of `shop`, also of those that are deployed later and need nothing.",
        advice: "Bind the role to the service accounts that need it, by name.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#service-account-permissions"],
        bad: &[
            cluster_binding!(
                "view",
                "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts'}"
            ),
            binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts:shop'}"),
        ],
        good: &[
            binding!("view", "{kind: ServiceAccount, name: web, namespace: shop}"),
            binding!(
                "'system:image-puller'",
                "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts:shop'}"
            ),
        ],
        check: Check::Object(BINDINGS, all_accounts),
    },
    Rule {
        id: "BS-K244",
        title: "group `system:masters` named in a binding",
        severity: Severity::Medium,
        aliases: &["C-0246"],
        why: "Members of `system:masters` are past all checks, whatever bindings say: rights for it change nothing, and show that someone signs in with it. CIS 5.1.7 asks not to use it.",
        advice: "Use a group of your own for administrators, whose rights can be taken away again.",
        references: &[GOOD_PRACTICES],
        bad: &[cluster_binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:masters'}")],
        good: &[cluster_binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: administrators}")],
        check: Check::Object(BINDINGS, masters),
    },
    Rule {
        id: "BS-K245",
        title: "rights for a default service account",
        severity: Severity::Medium,
        aliases: &["CKV_K8S_42", "C-0189"],
        why: "Every pod of a namespace that asks for no service account runs as `default`: what it is given, all of them have. CIS 5.1.5 asks not to use it.",
        advice: "Make a service account for the program, bind the role to that, and set `serviceAccountName`.",
        references: &["https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts"],
        bad: &[binding!("view", "{kind: ServiceAccount, name: default, namespace: shop}")],
        good: &[binding!("view", "{kind: ServiceAccount, name: web, namespace: shop}")],
        check: Check::Object(BINDINGS, default_account),
    },
    Rule {
        id: "BS-K246",
        title: "`admin` or `edit` over all namespaces",
        severity: Severity::Medium,
        aliases: &["KSV-0111"],
        why: "The roles `admin` and `edit` are made for one namespace: they read its Secrets and start any pod in it. With a ClusterRoleBinding they do so in `kube-system` too, which is administrator in all but name.",
        advice: "Bind them with a RoleBinding in each namespace where they are needed.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"],
        bad: &[cluster_binding!("edit", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}")],
        good: &[
            binding!("edit", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}"),
            cluster_binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}"),
        ],
        check: Check::Object(&["ClusterRoleBinding"], wide),
    },
    Rule {
        id: "BS-K247",
        title: "role of a cluster component bound to someone else",
        severity: Severity::High,
        aliases: &[],
        why: "Roles such as `system:node` or `system:controller:…` are cut for parts of the control plane: they read all Secrets or issue tokens, and change with every version of Kubernetes.",
        advice: "Write a role with what is needed and bind that.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles"],
        bad: &[cluster_binding!(
            "'system:kube-controller-manager'",
            "{kind: ServiceAccount, name: web, namespace: shop}"
        )],
        good: &[
            cluster_binding!(
                "'system:auth-delegator'",
                "{kind: ServiceAccount, name: metrics-server, namespace: kube-system}"
            ),
            cluster_binding!(
                "'system:node-bootstrapper'",
                "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:bootstrappers:kubeadm:default-node-token'}"
            ),
        ],
        check: Check::Object(BINDINGS, component_role),
    },
    Rule {
        id: "BS-K248",
        title: "service account bound without its namespace",
        severity: Severity::Low,
        aliases: &[],
        why: "A ClusterRoleBinding has no namespace that could stand in: the API server refuses the file, and tools that fill one in may fill in another than was meant.",
        advice: "Write `namespace` into the subject.",
        references: &[RBAC],
        bad: &[cluster_binding!("view", "{kind: ServiceAccount, name: web}")],
        good: &[
            cluster_binding!("view", "{kind: ServiceAccount, name: web, namespace: shop}"),
            cluster_binding!("view", "{kind: User, apiGroup: rbac.authorization.k8s.io, name: anna}"),
            binding!("view", "{kind: ServiceAccount, name: web}"),
        ],
        check: Check::Object(&["ClusterRoleBinding"], no_namespace),
    },
    Rule {
        id: "BS-K249",
        title: "subject that nobody is",
        severity: Severity::Medium,
        aliases: &[],
        why: "A group written as a user, or a user's full name as a service account, matches nobody: the right is missing where it is needed, or not restricted to whom the reviewer thinks.",
        advice: "Use `kind: Group` for `system:serviceaccounts…`, `system:masters` and `system:authenticated`, `kind: User` for `system:anonymous` and `system:serviceaccount:NAMESPACE:NAME`, and `kind: ServiceAccount` with name and namespace apart.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects"],
        bad: &[
            cluster_binding!(
                "view",
                "{kind: User, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts'}"
            ),
            binding!("view", "{kind: ServiceAccount, namespace: shop, name: 'system:serviceaccount:shop:web'}"),
        ],
        good: &[
            binding!(
                "view",
                "{kind: User, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccount:shop:web'}"
            ),
            binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'oidc:developers'}"),
        ],
        check: Check::Object(BINDINGS, nobody),
    },
    Rule {
        id: "BS-K250",
        title: "more rights for nodes or the control plane",
        severity: Severity::Medium,
        aliases: &[],
        why: "Nodes are limited to the Secrets of the pods that they run; a binding to `system:nodes` or to a component's user goes around that, and makes every node worth breaking into.",
        advice: "Run what needs the right as a pod with its own service account.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/node/"],
        bad: &[cluster_binding!("view", "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:nodes'}")],
        good: &[
            cluster_binding!(
                "'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient'",
                "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:nodes'}"
            ),
            cluster_binding!(
                "'system:node-proxier'",
                "{kind: User, apiGroup: rbac.authorization.k8s.io, name: 'system:kube-proxy'}"
            ),
        ],
        check: Check::Object(BINDINGS, component_subject),
    },
];

/// Who is bound, and to what.
struct Bound<'a> {
    role: &'a str,
    role_span: Span,
    subjects: Vec<Subject<'a>>,
}

struct Subject<'a> {
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
    span: Span,
}

/// A binding that someone wrote; `None` of those that the API server makes itself.
fn bound<'a>(object: &Object<'a>) -> Option<Bound<'a>> {
    if !is_rbac(object) || is_built_in(object) {
        return None;
    }
    let role = object.node.get("roleRef")?;
    let subjects = object.node.list("subjects").iter().filter_map(|node| {
        Some(Subject {
            kind: node.text("kind")?,
            name: node.text("name")?,
            namespace: node.text("namespace"),
            span: node.get("name")?.span,
        })
    });
    Some(Bound { role: role.text("name")?, role_span: role.get("name")?.span, subjects: subjects.collect() })
}

/// Reports the subjects that `says` has something about.
fn subjects(object: &Object<'_>, found: &mut Found<'_>, says: impl Fn(&Bound<'_>, &Subject<'_>) -> Option<String>) {
    let Some(bound) = bound(object) else { return };
    for subject in &bound.subjects {
        if let Some(message) = says(&bound, subject) {
            found.report(subject.span, message);
        }
    }
}

fn is_group(subject: &Subject<'_>, names: &[&str]) -> bool {
    subject.kind == "Group" && names.contains(&subject.name)
}

fn cluster_admin(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(bound) = bound(object).filter(|bound| bound.role == "cluster-admin") else { return };
    let names: Vec<String> = bound.subjects.iter().take(3).map(|subject| format!("`{}`", subject.name)).collect();
    let names = if names.is_empty() { "no one yet".to_owned() } else { names.join(", ") };
    if object.kind == "ClusterRoleBinding" {
        found.report(bound.role_span, format!("`cluster-admin` for {names}"));
    } else {
        let message = format!("`cluster-admin` within the namespace for {names}");
        found.report(bound.role_span, message).severity(Severity::Medium);
    }
}

fn anonymous(object: &Object<'_>, found: &mut Found<'_>) {
    subjects(object, found, |bound, subject| {
        let meant = matches!(subject.name, "system:anonymous" | "system:unauthenticated");
        let public = matches!(bound.role, "system:public-info-viewer" | "kubeadm:bootstrap-signer-clusterinfo");
        (meant && !public).then(|| format!("`{}` for everyone without credentials (`{}`)", bound.role, subject.name))
    });
}

fn authenticated(object: &Object<'_>, found: &mut Found<'_>) {
    const OPEN: &[&str] =
        &["system:public-info-viewer", "system:basic-user", "system:discovery", "self-provisioner", "basic-user"];
    subjects(object, found, |bound, subject| {
        let meant = is_group(subject, &["system:authenticated"]) && !OPEN.contains(&bound.role);
        meant.then(|| format!("`{}` for everyone who signs in, service accounts too", bound.role))
    });
}

fn all_accounts(object: &Object<'_>, found: &mut Found<'_>) {
    const OPEN: &[&str] = &["system:service-account-issuer-discovery", "system:image-puller"];
    let Some(bound) = bound(object) else { return };
    for subject in bound.subjects.iter().filter(|subject| subject.kind == "Group") {
        if OPEN.contains(&bound.role) {
            continue;
        }
        if subject.name == "system:serviceaccounts" {
            let message = format!("`{}` for every service account of the cluster", bound.role);
            found.report(subject.span, message).severity(Severity::High);
        } else if let Some(namespace) = subject.name.strip_prefix("system:serviceaccounts:") {
            found.report(subject.span, format!("`{}` for every service account of `{namespace}`", bound.role));
        }
    }
}

fn masters(object: &Object<'_>, found: &mut Found<'_>) {
    subjects(object, found, |_, subject| {
        is_group(subject, &["system:masters"]).then(|| "`system:masters` is past all checks anyway".to_owned())
    });
}

fn default_account(object: &Object<'_>, found: &mut Found<'_>) {
    subjects(object, found, |bound, subject| {
        (subject.kind == "ServiceAccount" && subject.name == "default").then(|| {
            let place = subject.namespace.map_or_else(String::new, |name| format!(" of `{name}`"));
            format!("`{}` for every pod{place} that asks for no service account", bound.role)
        })
    });
}

fn wide(object: &Object<'_>, found: &mut Found<'_>) {
    if let Some(bound) = bound(object).filter(|bound| matches!(bound.role, "admin" | "edit")) {
        found.report(bound.role_span, format!("`{}` in every namespace, also in `kube-system`", bound.role));
    }
}

/// Roles of components that hand over Secrets, nodes or certificates.
fn is_component_role(role: &str) -> bool {
    const EXACT: &[&str] = &[
        "system:node",
        "system:kube-controller-manager",
        "system:kube-scheduler",
        "system:node-bootstrapper",
        "system:kubelet-api-admin",
        "system:persistent-volume-provisioner",
        "system:heapster",
    ];
    EXACT.contains(&role)
        || role.starts_with("system:controller:")
        || (role.starts_with("system:certificates.k8s.io:") && role.ends_with("-approver"))
}

fn component_role(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(bound) = bound(object).filter(|bound| is_component_role(bound.role)) else { return };
    // The subjects of the cluster itself, and the groups by which nodes and the API server come in.
    let others = bound.subjects.iter().find(|subject| {
        subject.kind == "ServiceAccount" && subject.namespace != Some("kube-system")
            || (subject.kind != "ServiceAccount"
                && !subject.name.starts_with("system:")
                && !subject.name.starts_with("kube"))
    });
    if let Some(subject) = others {
        found.report(
            bound.role_span,
            format!("`{}` is a role of the control plane, here for `{}`", bound.role, subject.name),
        );
    }
}

fn no_namespace(object: &Object<'_>, found: &mut Found<'_>) {
    subjects(object, found, |_, subject| {
        let bare = subject.kind == "ServiceAccount" && subject.namespace.is_none_or(str::is_empty);
        bare.then(|| format!("service account `{}` of no namespace", subject.name))
    });
}

fn nobody(object: &Object<'_>, found: &mut Found<'_>) {
    subjects(object, found, |_, subject| {
        let name = subject.name;
        let group = name.starts_with("system:serviceaccounts")
            || matches!(name, "system:masters" | "system:authenticated" | "system:unauthenticated" | "system:nodes");
        let user = name.starts_with("system:serviceaccount:") || name == "system:anonymous";
        let (is, should) = match subject.kind {
            "User" if group => ("user", "a group"),
            "Group" if user => ("group", "a user"),
            "ServiceAccount" if name.contains(':') => ("service account", "no name of one"),
            _ => return None,
        };
        Some(format!("there is no {is} `{name}`: that is {should}"))
    });
}

fn component_subject(object: &Object<'_>, found: &mut Found<'_>) {
    subjects(object, found, |bound, subject| {
        const USERS: &[&str] = &["system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"];
        let node = is_group(subject, &["system:nodes"])
            || (subject.kind == "User" && subject.name.starts_with("system:node:"));
        let component = subject.kind == "User" && USERS.contains(&subject.name);
        let own = bound.role.starts_with("system:")
            || bound.role.starts_with("kubeadm:")
            || bound.role.starts_with("kube-proxy");
        ((node || component) && !own).then(|| format!("`{}` for `{}`, beyond its own role", bound.role, subject.name))
    });
}
