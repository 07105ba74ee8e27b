//! Namespaces, quotas and service accounts (BS-K340–359).

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::{Object, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const STANDARDS: &str = "https://kubernetes.io/docs/concepts/security/pod-security-admission/";
const ACCOUNTS: &str = "https://kubernetes.io/docs/concepts/security/service-accounts/";
const LABELS: &[&str] =
    &["pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/warn"];

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K340",
        title: "namespace that enforces no Pod Security Standard",
        severity: Severity::Medium,
        aliases: &[],
        why: "Without the label `pod-security.kubernetes.io/enforce` pods of the namespace may be privileged and mount the node's files, unless the cluster's default or another admission controller forbids it.",
        advice: "Label the namespace `pod-security.kubernetes.io/enforce: restricted`, or `baseline` if that breaks something; `warn` and `audit` show beforehand what would.",
        references: &[STANDARDS],
        bad: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n",
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/warn: restricted\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n",
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: kube-system\n",
        ],
        check: Check::Object(&["Namespace"], unlabelled),
    },
    Rule {
        id: "BS-K341",
        title: "namespace that lets privileged pods in",
        severity: Severity::Medium,
        aliases: &[],
        why: "`privileged` means no standard at all: any pod that someone starts in the namespace can take the node.",
        advice: "Set `restricted` or `baseline`, and move the pods that need more into a namespace of their own.",
        references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/", STANDARDS],
        bad: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: privileged\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: baseline\n",
        ],
        check: Check::Object(&["Namespace"], privileged),
    },
    Rule {
        id: "BS-K342",
        title: "Pod Security label that means nothing",
        severity: Severity::Medium,
        aliases: &[],
        why: "A level or version that is not known is refused, or answered with errors for pods: someone then takes the label away.",
        advice: "Levels are `privileged`, `baseline` and `restricted`; versions are `latest` or like `v1.34`.",
        references: &[STANDARDS],
        bad: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: strict\n",
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/enforce-version: '1.34'\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/enforce-version: v1.34\n    pod-security.kubernetes.io/warn-version: latest\n",
        ],
        check: Check::Object(&["Namespace"], unknown),
    },
    Rule {
        id: "BS-K343",
        title: "object in the namespace `default`",
        severity: Severity::Low,
        aliases: &["CKV_K8S_21", "KSV-0110", "C-0061", "C-0212", "use-namespace"],
        why: "`default` is where everything lands that says nothing: roles, quotas and NetworkPolicies for one program there are for all of them. CIS asks not to use it.",
        advice: "Make a namespace for the program.",
        references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"],
        bad: &["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: default\n"],
        good: &[
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n  namespace: default\nautomountServiceAccountToken: false\n",
        ],
        check: Check::Object(NAMESPACED, in_default),
    },
    Rule {
        id: "BS-K344",
        title: "workload among the cluster's own",
        severity: Severity::Low,
        aliases: &["KSV-0037"],
        why: "`kube-system` holds the parts of the cluster and their powerful service accounts: a pod beside them may use these, and admission rules leave the namespace out.",
        advice: "Give the program a namespace of its own.",
        references: &[
            "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
        ],
        bad: &[
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: kube-system\nspec:\n  containers:\n  - name: web\n    image: nginx:1.29\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  containers:\n  - name: web\n    image: nginx:1.29\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-apiserver\n  namespace: kube-system\n  labels:\n    tier: control-plane\nspec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.35.0\n",
        ],
        check: Check::Workload(in_system),
    },
    Rule {
        id: "BS-K345",
        title: "default service account with a token",
        severity: Severity::Low,
        aliases: &["CKV_K8S_41", "C-0189"],
        why: "Every pod that asks for no service account gets the token of `default`, though hardly any calls the API. CIS 5.1.5 asks to turn that off.",
        advice: "Set `automountServiceAccountToken: false` on it; programs that call the API get an account of their own.",
        references: &[
            "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
        ],
        bad: &["apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n  namespace: shop\n"],
        good: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n  namespace: shop\nautomountServiceAccountToken: false\n",
        ],
        check: Check::Object(&["ServiceAccount"], default_token),
    },
    Rule {
        id: "BS-K346",
        title: "service account that puts its token into every pod",
        severity: Severity::Low,
        aliases: &["C-0034", "C-0190"],
        why: "With `automountServiceAccountToken: true` each pod of the account carries its token, also those that never call the API: one broken program is enough to use it. CIS 5.1.6 asks to mount it only where it is needed.",
        advice: "Set it to `false` here, and to `true` in the pods that call the API.",
        references: &[
            "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
        ],
        bad: &["apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\nautomountServiceAccountToken: true\n"],
        good: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\nautomountServiceAccountToken: false\n",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n",
        ],
        check: Check::Object(&["ServiceAccount"], token),
    },
    Rule {
        id: "BS-K347",
        title: "service account that lists a token",
        severity: Severity::Low,
        aliases: &[],
        why: "`secrets` of a service account are for tokens that never end, which Kubernetes makes no more since 1.24; the list suggests that such a token is kept.",
        advice: "Remove the list; `kubectl create token` makes tokens that end, and `imagePullSecrets` is for registries.",
        references: &["https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token"],
        bad: &["apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\nsecrets:\n- name: web-token-x7k2p\n"],
        good: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\nsecrets:\n- name: web-redis\nimagePullSecrets:\n- name: registry\n",
        ],
        check: Check::Object(&["ServiceAccount"], lists_secrets),
    },
    Rule {
        id: "BS-K348",
        title: "service account that is an administrator of the cloud",
        severity: Severity::High,
        aliases: &[],
        why: "The annotation gives the pods of the account a role of the cloud, and the role's name says that it may do everything: one broken pod is the whole account at the provider.",
        advice: "Make a role with what the program calls, for this service account alone.",
        references: &[
            "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
            ACCOUNTS,
        ],
        bad: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/AdministratorAccess\n",
        ],
        good: &[
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/shop-images-reader\n",
        ],
        check: Check::Object(&["ServiceAccount"], cloud_admin),
    },
];

/// Kinds whose namespace is worth a word.
const NAMESPACED: &[&str] = &[
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Service",
    "Ingress",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "HorizontalPodAutoscaler",
];

/// Namespaces that belong to the cluster, and are exempt from its own policies.
fn is_system(name: &str) -> bool {
    matches!(name, "kube-system" | "kube-public" | "kube-node-lease")
}

fn label<'a>(object: &Object<'a>, name: &str) -> Option<&'a Node> {
    object.node.at(&["metadata", "labels"])?.get(name)
}

fn unlabelled(object: &Object<'_>, found: &mut Found<'_>) {
    if object.api_version != "v1"
        || is_system(object.name())
        || LABELS.first().is_none_or(|name| label(object, name).is_some())
    {
        return;
    }
    let heading = object.node.at(&["metadata", "name"]).map_or(object.heading(), |name| name.span);
    let only = LABELS.iter().skip(1).find(|name| label(object, name).is_some());
    match only {
        Some(name) => {
            let word = name.rsplit('/').next().unwrap_or(name);
            found.report(heading, format!("`{word}` only tells of pods, and nothing is enforced"));
        }
        None => {
            found.report(heading, format!("no Pod Security Standard is enforced in `{}`", object.name()));
        }
    }
}

fn privileged(object: &Object<'_>, found: &mut Found<'_>) {
    let enforced = LABELS.first().and_then(|name| label(object, name));
    if let Some(node) = enforced.filter(|node| node.as_str() == Some("privileged") && !is_system(object.name())) {
        found.report(node.span, "`privileged` lets every pod in");
    }
}

fn unknown(object: &Object<'_>, found: &mut Found<'_>) {
    for name in LABELS {
        if let Some(node) = label(object, name) {
            let level = node.as_str().unwrap_or_default();
            if !matches!(level, "privileged" | "baseline" | "restricted") && !level.contains("{{") {
                found.report(node.span, format!("`{level}` is no level"));
            }
        }
        if let Some(node) = label(object, &format!("{name}-version")) {
            let version = node.as_str().unwrap_or_default();
            let minor = version.strip_prefix("v1.").is_some_and(|minor| minor.parse::<u16>().is_ok());
            if version != "latest" && !minor && !version.contains("{{") {
                let report =
                    found.report(node.span, format!("`{version}` is no version: write `latest` or like `v1.34`"));
                // Only the letter is missing.
                if version.strip_prefix("1.").is_some_and(|minor| minor.parse::<u16>().is_ok()) && !node.shared {
                    report.fix(format!("write `v{version}`"), [(node.span, format!("v{version}"))]);
                }
            }
        }
    }
}

fn in_default(object: &Object<'_>, found: &mut Found<'_>) {
    let own = matches!((object.kind, object.name()), ("ServiceAccount", "default") | ("Service", "kubernetes"));
    if let Some(node) =
        object.node.at(&["metadata", "namespace"]).filter(|node| node.as_str() == Some("default") && !own)
    {
        found.report(node.span, format!("{} `{}` is in `default`", object.kind, object.name()));
    }
}

fn in_system(workload: &Workload<'_>, found: &mut Found<'_>) {
    let object = &workload.object;
    let Some(node) = object.node.at(&["metadata", "namespace"]) else { return };
    let name = node.as_str().unwrap_or_default();
    // Static pods of the control plane, and what the cluster's own images run.
    let of_cluster = object.labels().contains(&("tier", "control-plane"))
        || workload.containers.iter().all(|container| {
            container
                .node
                .text("image")
                .is_some_and(|image| image.starts_with("registry.k8s.io/") || image.starts_with("k8s.gcr.io/"))
        });
    if is_system(name) && !of_cluster {
        found.report(node.span, format!("{} `{}` runs in `{name}`", object.kind, object.name()));
    }
}

fn default_token(object: &Object<'_>, found: &mut Found<'_>) {
    if object.api_version != "v1" || object.name() != "default" {
        return;
    }
    let node = object.node.get("automountServiceAccountToken");
    if node.and_then(Node::as_bool) != Some(false) {
        let span = node.map_or(object.heading(), |node| node.span);
        found.report(span, "every pod that asks for no service account gets this one's token");
    }
}

fn token(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.get("automountServiceAccountToken") else { return };
    if object.api_version == "v1" && object.name() != "default" && node.as_bool() == Some(true) {
        found.report(node.span, format!("every pod of `{}` gets its token", object.name()));
    }
}

fn lists_secrets(object: &Object<'_>, found: &mut Found<'_>) {
    for node in object.node.list("secrets").iter().filter_map(|item| item.get("name")) {
        if let Some(name) = node.as_str().filter(|name| name.contains("token")) {
            found.report(node.span, format!("`{name}`: a token that never ends"));
        }
    }
}

fn cloud_admin(object: &Object<'_>, found: &mut Found<'_>) {
    const NAMES: &[&str] = &["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account"];
    let annotations = object.node.at(&["metadata", "annotations"]);
    for node in NAMES.iter().filter_map(|name| annotations?.get(name)) {
        let value = node.as_str().unwrap_or_default();
        let role = value.rsplit('/').next().unwrap_or(value).split('@').next().unwrap_or(value).to_ascii_lowercase();
        let all = ["administratoraccess", "fulladmin", "poweruseraccess", "organizationaccountaccessrole"];
        if all.iter().any(|word| role.replace(['-', '_'], "").contains(word))
            || matches!(role.as_str(), "admin" | "administrator" | "owner")
        {
            found.report(node.span, format!("pods of `{}` are `{value}` at the cloud", object.name()));
        }
    }
}
