//! The kinds that Kubernetes itself has or had, to tell them from custom resources.

/// A kind of Kubernetes itself, in any version of its group that was ever served up to 1.37, by itself or as a list:
/// `("apps", "Deployment")`. Whatever else has an API version and a kind is a custom resource, or belongs to a tool.
///
/// Groups are compared without version; the core's is empty.
pub fn is_known(group: &str, kind: &str) -> bool {
    let Some((_, kinds)) = KINDS.iter().find(|(name, _)| *name == group) else { return false };
    let item = kind.strip_suffix("List").unwrap_or(kind);
    kinds.contains(&kind) || kinds.contains(&item)
}

/// The kinds of each group: those of `k8s.io/api` from 1.17 to 1.37, of `apiextensions.k8s.io` and
/// `apiregistration.k8s.io`, and the few older ones.
const KINDS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "List",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodStatusResult",
            "PodTemplate",
            "RangeAllocation",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "SerializedReference",
            "Service",
            "ServiceAccount",
            "Status",
        ],
    ),
    ("admission.k8s.io", &["AdmissionReview"]),
    (
        "admissionregistration.k8s.io",
        &[
            "ExternalAdmissionHookConfiguration",
            "InitializerConfiguration",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apidiscovery.k8s.io", &["APIGroupDiscovery"]),
    ("apiextensions.k8s.io", &["ConversionReview", "CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    (
        "apps",
        &["ControllerRevision", "DaemonSet", "Deployment", "DeploymentRollback", "ReplicaSet", "Scale", "StatefulSet"],
    ),
    ("auditregistration.k8s.io", &["AuditSink"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenRequest", "TokenReview"]),
    (
        "authorization.k8s.io",
        &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
    ),
    ("autoscaling", &["HorizontalPodAutoscaler", "Scale"]),
    ("batch", &["CronJob", "Job", "JobTemplate", "ScheduledJob"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle", "PodCertificateRequest"]),
    ("coordination.k8s.io", &["Lease", "LeaseCandidate"]),
    ("discovery.k8s.io", &["EndpointSlice"]),
    ("events.k8s.io", &["Event"]),
    (
        "extensions",
        &[
            "DaemonSet",
            "Deployment",
            "DeploymentRollback",
            "HorizontalPodAutoscaler",
            "Ingress",
            "Job",
            "NetworkPolicy",
            "PodSecurityPolicy",
            "ReplicaSet",
            "Scale",
            "ThirdPartyResource",
        ],
    ),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("imagepolicy.k8s.io", &["ImageReview"]),
    ("internal.apiserver.k8s.io", &["StorageVersion"]),
    ("lifecycle.k8s.io", &["Eviction", "EvictionRequest"]),
    ("networking.k8s.io", &["ClusterCIDR", "IPAddress", "Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("policy", &["Eviction", "PodDisruptionBudget", "PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    (
        "resource.k8s.io",
        &[
            "DeviceClass",
            "DeviceTaintRule",
            "PodScheduling",
            "PodSchedulingContext",
            "ResourceClaim",
            "ResourceClaimParameters",
            "ResourceClaimTemplate",
            "ResourceClass",
            "ResourceClassParameters",
            "ResourcePoolStatusRequest",
            "ResourceSlice",
        ],
    ),
    ("scheduling.k8s.io", &["CompositePodGroup", "PodGroup", "PriorityClass", "Workload"]),
    ("settings.k8s.io", &["PodPreset"]),
    (
        "storage.k8s.io",
        &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
    ),
    ("storagemigration.k8s.io", &["StorageVersionMigration"]),
];

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn kinds_of_kubernetes_are_told_from_custom_resources() {
        for (group, kind) in [
            ("", "Pod"),
            ("", "List"),
            ("", "PodList"),
            ("extensions", "Deployment"),
            ("policy", "PodSecurityPolicy"),
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("networking.k8s.io", "IngressList"),
        ] {
            assert!(is_known(group, kind), "{group} {kind}");
        }
        for (group, kind) in [
            ("argoproj.io", "Rollout"),
            ("serving.knative.dev", "Service"),
            ("apps", "deployment"),
            ("apps", "Pod"),
            ("", "Kustomization"),
            ("", ""),
            ("policy.networking.k8s.io", "ClusterNetworkPolicy"),
        ] {
            assert!(!is_known(group, kind), "{group} {kind}");
        }
    }
}
