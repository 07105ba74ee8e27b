//! Storage, extensions of the API, and other objects that belong to no namespace.

use boltseal_evidence::Severity;

use super::super::secret::object::decode;
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K365",
        title: "API service whose certificate is not verified",
        severity: Severity::High,
        aliases: &[],
        why: "The API server sends the group's requests, with the name of the caller in them, to whoever answers at the service's address.",
        advice: "Put the CA into `caBundle` and remove `insecureSkipTLSVerify`; cert-manager's CA injector does it.",
        references: &[
            "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/",
            "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/",
        ],
        bad: &[
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata:\n  name: v1beta1.metrics.k8s.io\nspec:\n  insecureSkipTLSVerify: true\n",
        ],
        good: &[
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata:\n  name: v1beta1.metrics.k8s.io\nspec:\n  caBundle: LS0tLS1CRUdJTg==\n",
        ],
        check: Check::Object(&["APIService"], unverified),
    },
    Rule {
        id: "BS-K366",
        title: "custom resource without a schema",
        severity: Severity::Low,
        aliases: &[],
        why: "With `x-kubernetes-preserve-unknown-fields` at the root anything is stored: mistyped fields count for nothing without a word, and the controller must expect everything.",
        advice: "Write the properties, and keep the switch for the field that needs it.",
        references: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema",
        ],
        bad: &[
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: shops.example.com\nspec:\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        type: object\n        x-kubernetes-preserve-unknown-fields: true\n",
        ],
        good: &[
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: shops.example.com\nspec:\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}\n",
        ],
        check: Check::Object(&["CustomResourceDefinition"], no_schema),
    },
    Rule {
        id: "BS-K367",
        title: "storage without encryption",
        severity: Severity::Medium,
        aliases: &[],
        why: "Volumes of this class are stored as they are: who gets at a disk, a snapshot or a copy of one reads them.",
        advice: "Set `encrypted: \"true\"`, with a key of your own if you must be able to revoke it.",
        references: &[
            "https://kubernetes.io/docs/concepts/storage/storage-classes/",
            "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md",
        ],
        bad: &[
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: fast\nprovisioner: ebs.csi.aws.com\nparameters:\n  encrypted: 'false'\n",
        ],
        good: &[
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: fast\nprovisioner: ebs.csi.aws.com\nparameters:\n  encrypted: 'true'\n",
        ],
        check: Check::Object(&["StorageClass"], plain_storage),
    },
    Rule {
        id: "BS-K368",
        title: "PersistentVolume of a node's directory",
        severity: Severity::Medium,
        aliases: &[],
        why: "A claim brings the directory of whichever node the pod runs on into it, past the Pod Security Standards, which forbid `hostPath` in pods and cannot see it here.",
        advice: "Use `local` with node affinity for disks of nodes, or a CSI driver.",
        references: &[
            "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation",
        ],
        bad: &[
            "apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: data\nspec:\n  capacity: {storage: 10Gi}\n  hostPath: {path: /mnt/data}\n",
        ],
        good: &[
            "apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: data\nspec:\n  capacity: {storage: 10Gi}\n  local: {path: /mnt/disks/ssd1}\n",
        ],
        check: Check::Object(&["PersistentVolume"], host_path),
    },
    Rule {
        id: "BS-K369",
        title: "certificate asked for as `system:masters`",
        severity: Severity::High,
        aliases: &[],
        why: "A client certificate with the organisation `system:masters` is past every check and cannot be revoked before it ends.",
        advice: "Ask for a group of your own and bind a role to it.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        ],
        // A PEM block whose bytes hold the name of the group.
        bad: &[
            "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata:\n  name: anna\nspec:\n  signerName: kubernetes.io/kube-apiserver-client\n  usages: [client auth]\n  request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUNFeEh6QWRCZ05WQkFvTURuTjVjM1JsYlRwdFlYTjBaWEp6Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=\n",
        ],
        good: &[
            "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata:\n  name: anna\nspec:\n  signerName: kubernetes.io/kube-apiserver-client\n  usages: [client auth]\n  request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUNFeEh6QWRCZ05WQkFvTUNtUmxkbVZzYjNCbGNuTT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==\n",
        ],
        check: Check::Object(&["CertificateSigningRequest"], masters),
    },
    Rule {
        id: "BS-K356",
        title: "priority for every pod that asks for none",
        severity: Severity::Low,
        aliases: &[],
        why: "With `globalDefault` pods that say nothing get this priority, and a high one drives out the pods of others when nodes are full.",
        advice: "Keep the global default at 0 or below, without preemption, and name the class in the pods that need it.",
        references: &["https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass"],
        bad: &[
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: high\nvalue: 1000000\nglobalDefault: true\n",
        ],
        good: &[
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: high\nvalue: 1000000\n",
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: usual\nvalue: 100\nglobalDefault: true\npreemptionPolicy: Never\n",
        ],
        check: Check::Object(&["PriorityClass"], default_priority),
    },
    Rule {
        id: "BS-K357",
        title: "disruption budget that allows none",
        severity: Severity::Low,
        aliases: &["pdb-max-unavailable", "pdb-min-available"],
        why: "With no pod that may go, nodes cannot be drained: upgrades, and with them fixes of the kernel and the kubelet, wait until someone forces them.",
        advice: "Set `maxUnavailable: 1` and run two replicas or more.",
        references: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        bad: &[
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  maxUnavailable: 0\n",
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  minAvailable: 100%\n",
        ],
        good: &[
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  maxUnavailable: 1\n",
        ],
        check: Check::Object(&["PodDisruptionBudget"], no_disruption),
    },
    Rule {
        id: "BS-K358",
        title: "conversion of custom resources outside of the cluster",
        severity: Severity::Medium,
        aliases: &[],
        why: "Every object of the kind is sent to an address outside of the cluster each time that it is read in another version, and what comes back is believed.",
        advice: "Run the webhook in the cluster and refer to it with `clientConfig.service`.",
        references: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion",
        ],
        bad: &[
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: shops.example.com\nspec:\n  conversion:\n    strategy: Webhook\n    webhook:\n      clientConfig: {url: 'https://convert.example.com'}\n",
        ],
        good: &[
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: shops.example.com\nspec:\n  conversion:\n    strategy: Webhook\n    webhook:\n      clientConfig: {service: {name: shops, namespace: shop}}\n",
        ],
        check: Check::Object(&["CustomResourceDefinition"], conversion),
    },
];

fn unverified(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.at(&["spec", "insecureSkipTLSVerify"]) else { return };
    if node.as_bool() == Some(true) {
        found.report(node.span, format!("whoever answers is believed to be `{}`", object.name()));
    }
}

fn no_schema(object: &Object<'_>, found: &mut Found<'_>) {
    for version in object.node.at(&["spec", "versions"]).map_or(&[][..], Node::items) {
        let Some(schema) = version.at(&["schema", "openAPIV3Schema"]) else { continue };
        let Some(node) = schema.get("x-kubernetes-preserve-unknown-fields") else { continue };
        if node.as_bool() == Some(true) && schema.get("properties").is_none_or(Node::is_empty) {
            let name = version.text("name").unwrap_or("?");
            found.report(node.span, format!("version `{name}` takes anything"));
        }
    }
}

fn plain_storage(object: &Object<'_>, found: &mut Found<'_>) {
    for (key, value) in object.node.get("parameters").map_or(&[][..], Node::entries) {
        let encrypts = key.as_str().is_some_and(|key| {
            matches!(key, "encrypted" | "encryption" | "csi.storage.k8s.io/encrypted" | "isEncrypted")
        });
        if let (true, Some(text)) = (encrypts, value.as_str())
            && text.eq_ignore_ascii_case("false")
        {
            found.report(
                value.span,
                format!("`{}` is `{text}`: volumes are stored as they are", key.as_str().unwrap_or_default()),
            );
        }
    }
}

fn host_path(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.at(&["spec", "hostPath"]).filter(|_| object.api_version == "v1") else { return };
    let path = node.text("path").unwrap_or("?");
    found.report(node.span, format!("`{path}` of whichever node the pod runs on"));
}

fn masters(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.at(&["spec", "request"]) else { return };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    let Some(pem) = node.as_str().and_then(decode).and_then(text) else { return };
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let wanted = b"system:masters";
    if decode(&body).is_some_and(|bytes| bytes.windows(wanted.len()).any(|part| part == wanted)) {
        found.report(node.span, "the request is for a member of `system:masters`");
    }
}

fn default_priority(object: &Object<'_>, found: &mut Found<'_>) {
    let node = object.node;
    let value = node.integer("value").unwrap_or_default();
    let preempts = node.text("preemptionPolicy") != Some("Never");
    if let Some(default) =
        node.get("globalDefault").filter(|default| default.as_bool() == Some(true) && value > 0 && preempts)
    {
        found.report(default.span, format!("every pod gets priority {value} and drives out others"));
    }
}

fn no_disruption(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = object.node.get("spec") else { return };
    for (key, none) in [("maxUnavailable", &["0", "0%"][..]), ("minAvailable", &["100%"][..])] {
        if let Some(node) = spec.get(key).filter(|node| node.as_str().is_some_and(|text| none.contains(&text))) {
            found.report(node.span, format!("`{key}: {}` lets no pod go", node.as_str().unwrap_or_default()));
        }
    }
}

fn conversion(object: &Object<'_>, found: &mut Found<'_>) {
    if let Some(node) = object.node.at(&["spec", "conversion", "webhook", "clientConfig", "url"]) {
        found.report(node.span, format!("objects are sent to `{}`", node.as_str().unwrap_or_default()));
    }
}
