//! Roles that read, change or destroy what is stored: Secrets, ConfigMaps, volumes, logs, events.

use boltseal_evidence::Severity;

use super::{GOOD_PRACTICES, Power, ROLES, cluster_role, role};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::kubernetes::grant::grants;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K205",
        title: "role that reads all Secrets",
        severity: Severity::High,
        aliases: &["KSV-0041", "KSV-0113", "C-0015", "C-0186", "CKV2_K8S_5", "access-to-secrets"],
        why: "Secrets hold the passwords and tokens of everything else, so who reads them all becomes everyone. `list` and `watch` show the contents just as `get` does.",
        advice: "Grant `get` with `resourceNames` for the Secrets that are needed, in a Role of their namespace.",
        references: &[GOOD_PRACTICES, "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
        bad: &[
            cluster_role!("- apiGroups: ['']\n  resources: [secrets]\n  verbs: [get, list, watch]\n"),
            role!("- apiGroups: ['']\n  resources: [configmaps, secrets]\n  verbs: [list]\n"),
        ],
        good: &[
            role!("- apiGroups: ['']\n  resources: [secrets]\n  resourceNames: [db-password]\n  verbs: [get]\n"),
            cluster_role!("- apiGroups: [bitnami.com]\n  resources: [sealedsecrets]\n  verbs: [get, list]\n"),
        ],
        check: Check::Object(ROLES, |object, found| READ_SECRETS.judge(object, found)),
    },
    Rule {
        id: "BS-K206",
        title: "role that writes Secrets",
        severity: Severity::Medium,
        aliases: &["KSV-0041", "KSV-0113"],
        why: "Who may create a Secret may create one of type `kubernetes.io/service-account-token` for any service account of the namespace and wait for the token; who may change them can put a password or certificate of their own in place.",
        advice: "Limit `update`, `patch` and `delete` with `resourceNames`; let one controller create Secrets, and name it in the review.",
        references: &[
            GOOD_PRACTICES,
            "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
        ],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [secrets]\n  verbs: [create, patch]\n")],
        good: &[role!(
            "- apiGroups: ['']\n  resources: [secrets]\n  resourceNames: [web-tls]\n  verbs: [update, patch]\n"
        )],
        check: Check::Object(ROLES, |object, found| WRITE_SECRETS.judge(object, found)),
    },
    Rule {
        id: "BS-K225",
        title: "role that writes ConfigMaps which steer the cluster",
        severity: Severity::High,
        aliases: &["KSV-0049", "KSV-0115", "C-0037"],
        why: "ConfigMaps of `kube-system` configure DNS (`coredns`), the network (`kube-proxy`) and on EKS who is an administrator (`aws-auth`): who writes them redirects traffic or becomes one.",
        advice: "Let the role speak of ConfigMaps in the program's own namespace, or name the one it keeps with `resourceNames`.",
        references: &[GOOD_PRACTICES, "https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html"],
        bad: &[
            "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: tuner
  namespace: kube-system
rules:
- apiGroups: ['']
  resources: [configmaps]
  verbs: [update]
",
            cluster_role!(
                "- apiGroups: ['']\n  resources: [configmaps]\n  resourceNames: [aws-auth]\n  verbs: [patch]\n"
            ),
        ],
        good: &[
            role!("- apiGroups: ['']\n  resources: [configmaps]\n  verbs: [update]\n"),
            "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: election
  namespace: kube-system
rules:
- apiGroups: ['']
  resources: [configmaps]
  resourceNames: [my-controller-leader]
  verbs: [get, update]
",
        ],
        check: Check::Object(ROLES, steering),
    },
    Rule {
        id: "BS-K226",
        title: "role that deletes events",
        severity: Severity::Medium,
        aliases: &["C-0031"],
        why: "Events are the first trace of what happened in a cluster, so an intruder deletes them; programs write events and never need to take them away.",
        advice: "Leave `create` and `patch` on `events`, which is what recorders use.",
        references: &[GOOD_PRACTICES, "https://attack.mitre.org/techniques/T1070/"],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [events]\n  verbs: [create, delete]\n")],
        good: &[cluster_role!("- apiGroups: ['', events.k8s.io]\n  resources: [events]\n  verbs: [create, patch]\n")],
        check: Check::Object(ROLES, |object, found| {
            DELETE_EVENTS.judge(object, found);
            DELETE_NEW_EVENTS.judge(object, found);
        }),
    },
    Rule {
        id: "BS-K228",
        title: "role that destroys namespaces or volumes",
        severity: Severity::Medium,
        aliases: &["C-0007"],
        why: "Deleting a namespace deletes all that is in it, and deleting a claim deletes its volume where the storage class says so: one wrong call or one stolen token is an outage without a way back.",
        advice: "Leave out `delete` and `deletecollection`, or limit them to names with `resourceNames`.",
        references: &[GOOD_PRACTICES, "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming"],
        bad: &[
            cluster_role!("- apiGroups: ['']\n  resources: [namespaces]\n  verbs: [get, delete]\n"),
            role!("- apiGroups: ['']\n  resources: [persistentvolumeclaims]\n  verbs: [deletecollection]\n"),
        ],
        good: &[cluster_role!("- apiGroups: ['']\n  resources: [namespaces]\n  verbs: [get, list]\n")],
        check: Check::Object(ROLES, |object, found| DESTROY.judge(object, found)),
    },
    Rule {
        id: "BS-K229",
        title: "role that deletes whole collections",
        severity: Severity::Low,
        aliases: &["C-0007"],
        why: "`deletecollection` removes all objects of a kind with one call, which hardly any controller does and any wiper would.",
        advice: "Leave `delete`, which takes objects one by one, and drop `deletecollection`.",
        references: &[GOOD_PRACTICES, "https://kubernetes.io/docs/reference/access-authn-authz/authorization/"],
        bad: &[cluster_role!("- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [delete, deletecollection]\n")],
        good: &[cluster_role!("- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [delete]\n")],
        check: Check::Object(ROLES, collections),
    },
    Rule {
        id: "BS-K227",
        title: "role that reads the logs of all pods",
        severity: Severity::Low,
        aliases: &["KSV-0042"],
        why: "Logs hold what programs should not have written: tokens in requests, personal data, stack traces. Read across all namespaces they are a map of the cluster.",
        advice: "Grant `pods/log` in a Role of the namespaces whose logs are needed, or collect them on the node.",
        references: &[GOOD_PRACTICES],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [pods, pods/log]\n  verbs: [get]\n")],
        good: &[role!("- apiGroups: ['']\n  resources: [pods, pods/log]\n  verbs: [get]\n")],
        check: Check::Object(ROLES, |object, found| READ_LOGS.judge(object, found)),
    },
    Rule {
        id: "BS-K221",
        title: "role that creates PersistentVolumes",
        severity: Severity::High,
        aliases: &["C-0278"],
        why: "A PersistentVolume may be a `hostPath`: whoever creates one and claims it has the node's files in a pod, past every rule on pods. CIS 5.1.9 asks for as few as possible.",
        advice: "Let people create claims and a storage class provision the volumes; only a provisioner creates PersistentVolumes.",
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation"],
        bad: &[cluster_role!("- apiGroups: ['']\n  resources: [persistentvolumes]\n  verbs: [create]\n")],
        good: &[
            cluster_role!("- apiGroups: ['']\n  resources: [persistentvolumes]\n  verbs: [get, list]\n"),
            role!("- apiGroups: ['']\n  resources: [persistentvolumeclaims]\n  verbs: [create]\n"),
        ],
        check: Check::Object(ROLES, |object, found| CREATE_VOLUMES.judge(object, found)),
    },
    Rule {
        id: "BS-K233",
        title: "role that changes how storage is attached",
        severity: Severity::Medium,
        aliases: &[],
        why: "Who writes CSIDrivers, StorageClasses or VolumeAttachments decides which driver mounts what on which node, and can mount the volume of one tenant for another.",
        advice: "Leave these to the storage driver's own controller, whose role comes with it.",
        references: &["https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/"],
        bad: &[cluster_role!("- apiGroups: [storage.k8s.io]\n  resources: [csidrivers]\n  verbs: [create, patch]\n")],
        good: &[cluster_role!("- apiGroups: [storage.k8s.io]\n  resources: [storageclasses]\n  verbs: [get, list]\n")],
        check: Check::Object(ROLES, |object, found| STORAGE.judge(object, found)),
    },
];

const READ_SECRETS: Power = Power {
    group: "",
    resources: &["secrets"],
    verbs: &["get", "list", "watch"],
    effect: "reads every Secret of {reach}",
    in_role: Some(Severity::Medium),
    narrowed_by_names: true,
};

const WRITE_SECRETS: Power = Power {
    group: "",
    resources: &["secrets"],
    verbs: &["create", "update", "patch", "delete", "deletecollection"],
    effect: "changes any Secret of {reach}",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};

const DELETE_EVENTS: Power = Power {
    group: "",
    resources: &["events"],
    verbs: &["delete", "deletecollection"],
    effect: "wipes the traces of what happened in {reach}",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};

const DELETE_NEW_EVENTS: Power = Power {
    group: "events.k8s.io",
    resources: &["events"],
    verbs: &["delete", "deletecollection"],
    effect: "wipes the traces of what happened in {reach}",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};

const DESTROY: Power = Power {
    group: "",
    resources: &["namespaces", "persistentvolumes", "persistentvolumeclaims"],
    verbs: &["delete", "deletecollection"],
    effect: "destroys data in {reach}",
    in_role: Some(Severity::Low),
    narrowed_by_names: true,
};

const READ_LOGS: Power = Power {
    group: "",
    resources: &["pods/log"],
    verbs: &["get", "list", "watch"],
    effect: "reads what every program of {reach} writes",
    in_role: None,
    narrowed_by_names: true,
};

const CREATE_VOLUMES: Power = Power {
    group: "",
    resources: &["persistentvolumes"],
    verbs: &["create", "update", "patch"],
    effect: "brings any directory of a node into a pod",
    in_role: None,
    narrowed_by_names: false,
};

const STORAGE: Power = Power {
    group: "storage.k8s.io",
    resources: &["csidrivers", "csinodes", "storageclasses", "volumeattachments"],
    verbs: &["create", "update", "patch", "delete"],
    effect: "decides which driver mounts what on the nodes",
    in_role: None,
    narrowed_by_names: true,
};

/// Names of ConfigMaps that decide about the whole cluster.
const STEERING: &[&str] = &[
    "aws-auth",
    "coredns",
    "coredns-custom",
    "kube-dns",
    "kube-proxy",
    "kube-proxy-config",
    "kubeadm-config",
    "kubelet-config",
    "extension-apiserver-authentication",
    "node-local-dns",
];

fn steering(object: &Object<'_>, found: &mut Found<'_>) {
    let is_cluster = object.kind == "ClusterRole";
    let in_system = object.namespace() == Some("kube-system");
    for grant in grants(object) {
        let writes = |verb: &str| matches!(verb, "*" | "create" | "update" | "patch" | "delete");
        let Some((_, span)) = grant.resources.iter().find(|(name, _)| *name == "configmaps") else { continue };
        if !grant.has_group("") || !grant.verbs.iter().any(|(verb, _)| writes(verb)) {
            continue;
        }
        if let Some(name) = grant.names.iter().find(|name| STEERING.contains(name)) {
            if is_cluster || in_system {
                found.report(*span, format!("writes the ConfigMap `{name}`, which steers the whole cluster"));
            }
        } else if grant.names.is_empty() && in_system {
            found.report(*span, "writes every ConfigMap of `kube-system`, also `coredns` and `kube-proxy`");
        } else if grant.names.is_empty() && is_cluster {
            let message = "writes ConfigMaps of every namespace, also those of `kube-system`";
            found.report(*span, message).severity(Severity::Low);
        }
    }
}

fn collections(object: &Object<'_>, found: &mut Found<'_>) {
    for grant in grants(object) {
        let Some((_, span)) = grant.verbs.iter().find(|(verb, _)| *verb == "deletecollection") else { continue };
        if let Some((resource, _)) = grant.resources.first() {
            found.report(*span, format!("`deletecollection` deletes all `{resource}` with one call"));
        }
    }
}
