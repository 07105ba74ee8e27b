//! Addresses of pages that several rules refer to.

/// How security contexts are set.
pub(super) const SECURITY_CONTEXT: &str = "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/";
/// What the Pod Security Standards forbid.
pub(super) const POD_SECURITY: &str = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";
/// The hardening guide of NSA and CISA.
pub(super) const HARDENING: &str =
    "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF";
/// What each capability allows.
pub(super) const CAPABILITIES: &str = "https://man7.org/linux/man-pages/man7/capabilities.7.html";
/// User namespaces of pods.
pub(super) const USER_NAMESPACES: &str = "https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/";
/// Seccomp profiles of pods.
pub(super) const SECCOMP: &str = "https://kubernetes.io/docs/tutorials/security/seccomp/";
/// AppArmor profiles of pods.
pub(super) const APPARMOR: &str = "https://kubernetes.io/docs/tutorials/security/apparmor/";
/// Kinds of volumes.
pub(super) const VOLUMES: &str = "https://kubernetes.io/docs/concepts/storage/volumes/";
/// Names of images and when they are pulled.
pub(super) const IMAGES: &str = "https://kubernetes.io/docs/concepts/containers/images/";
/// Requests and limits.
pub(super) const RESOURCES: &str = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/";
/// Probes.
pub(super) const PROBES: &str = "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/";
/// Pods on Windows.
pub(super) const WINDOWS: &str = "https://kubernetes.io/docs/concepts/windows/intro/";
/// The fields of a pod.
pub(super) const POD_REFERENCE: &str = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/";
