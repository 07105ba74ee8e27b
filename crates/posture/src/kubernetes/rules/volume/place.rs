//! Places of the node, and how much depends on them.

use boltseal_evidence::Severity;

use crate::kubernetes::Workload;
use crate::source::Span;
use crate::yaml::Node;

/// A volume that is a path of the node.
pub(super) struct HostPath<'a> {
    /// The volume's name.
    pub(super) name: &'a str,
    /// Its path, without slashes at the end.
    pub(super) path: &'a str,
    /// Where the path stands.
    pub(super) span: Span,
    /// `Directory`, `Socket`…
    pub(super) kind: &'a str,
}

/// The volumes of a pod that are paths of the node. What starts with no slash is a placeholder.
pub(super) fn host_paths<'a>(workload: &Workload<'a>) -> impl Iterator<Item = HostPath<'a>> {
    workload.spec.list("volumes").iter().filter_map(|volume| {
        let host = volume.get("hostPath")?;
        let path = host.get("path")?;
        let text = path.as_str().filter(|text| !text.is_empty())?;
        let trimmed = text.trim_end_matches('/');
        Some(HostPath {
            name: volume.text("name").unwrap_or("?"),
            path: if trimmed.is_empty() { "/" } else { trimmed },
            span: path.span,
            kind: host.text("type").unwrap_or_default(),
        })
    })
}

/// Sockets of container runtimes, by the end of their path.
const SOCKETS: &[&str] = &[
    "/docker.sock",
    "/containerd.sock",
    "/crio.sock",
    "/cri-dockerd.sock",
    "/dockershim.sock",
    "/podman.sock",
    "/frakti.sock",
    "/buildkitd.sock",
];

impl HostPath<'_> {
    /// The socket of a container runtime, or on Windows its pipe.
    pub(super) fn is_runtime_socket(&self) -> bool {
        SOCKETS.iter().any(|end| self.path.ends_with(end))
            || self.path.ends_with("pipe\\docker_engine")
            || self.path.ends_with("pipe\\containerd-containerd")
    }

    /// A socket, by its type or name.
    pub(super) fn is_socket(&self) -> bool {
        self.kind == "Socket" || (self.kind.is_empty() && self.path.ends_with(".sock"))
    }

    /// What depends on it, if much does.
    pub(super) fn sensitive(&self) -> Option<(Severity, &'static str)> {
        let path = self.path;
        let below =
            |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let is = |folders: &[&str]| folders.contains(&path);
        if is(&["/"]) {
            return Some((Severity::Critical, "the whole file system of the node"));
        }
        if below("/etc/kubernetes") || below("/var/lib/etcd") || below("/var/lib/rancher/k3s/server") {
            return Some((Severity::High, "the cluster's own keys and settings"));
        }
        if is(&["/etc", "/etc/ssh", "/etc/shadow", "/etc/passwd", "/etc/sudoers", "/etc/sudoers.d"])
            || ["/etc/cron.d", "/etc/crontab", "/etc/systemd", "/var/spool/cron", "/etc/pam.d"]
                .iter()
                .any(|each| below(each))
        {
            return Some((Severity::High, "the node's users and services"));
        }
        if path.split('/').any(|part| matches!(part, ".aws" | ".azure" | ".ssh" | ".kube" | ".docker" | "gcloud")) {
            return Some((Severity::High, "someone's credentials"));
        }
        if below("/root") || is(&["/home"]) {
            return Some((Severity::High, "home directories with keys"));
        }
        if is(&["/var/lib/kubelet", "/var/lib/kubelet/pki", "/var/lib/kubelet/pods"]) {
            return Some((Severity::High, "the secrets of all pods of the node"));
        }
        if is(&[
            "/var/lib/docker",
            "/var/lib/containerd",
            "/var/lib/containers",
            "/var/lib/rancher",
            "/var/lib/rancher/k3s",
            "/var/lib",
            "/var",
        ]) {
            return Some((Severity::High, "the files of all containers of the node"));
        }
        if is(&[
            "/run",
            "/var/run",
            "/run/containerd",
            "/var/run/containerd",
            "/run/docker",
            "/var/run/docker",
            "/run/crio",
            "/var/run/crio",
        ]) {
            return Some((Severity::High, "the socket of the container runtime"));
        }
        if is(&["/dev", "/proc", "/boot"]) || below("/dev/mem") || below("/dev/kmem") {
            return Some((Severity::High, "the node's kernel and devices"));
        }
        if below("/proc") || is(&["/sys"]) || below("/sys/kernel") || below("/sys/fs/cgroup") {
            return Some((Severity::Medium, "settings of the node's kernel"));
        }
        if is(&[
            "/bin",
            "/sbin",
            "/lib",
            "/lib64",
            "/usr",
            "/usr/bin",
            "/usr/sbin",
            "/usr/lib",
            "/usr/local",
            "/usr/local/bin",
            "/opt/cni/bin",
        ]) || below("/etc/cni")
        {
            return Some((Severity::Medium, "programs that the node runs as root"));
        }
        if is(&["/var/log", "/var/log/pods", "/var/log/containers"]) {
            return Some((Severity::Medium, "the logs of all pods of the node"));
        }
        let windows = path.strip_prefix(['C', 'c']).and_then(|rest| rest.strip_prefix(':'))?;
        match windows.trim_matches(['\\', '/']).to_ascii_lowercase().as_str() {
            "" => Some((Severity::Critical, "the whole disk of the node")),
            "windows" | "windows\\system32" | "windows/system32" | "users" => {
                Some((Severity::High, "the node's users and programs"))
            }
            _ => None,
        }
    }
}

/// A mount of a volume is read-only.
pub(super) fn is_read_only(mount: &Node) -> bool {
    mount.boolean("readOnly") == Some(true)
}

/// Mounts of a volume by any container, and all of them read-only.
pub(super) fn only_read(workload: &Workload<'_>, name: &str) -> bool {
    let mut mounts = workload
        .containers
        .iter()
        .flat_map(|container| container.node.list("volumeMounts"))
        .filter(|mount| mount.text("name") == Some(name))
        .peekable();
    mounts.peek().is_some() && mounts.all(is_read_only)
}
