//! Paths of the node.

use boltseal_evidence::Severity;

use super::place::{host_paths, only_read};
use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};

pub(super) const HOST_PATH: Rule = Rule {
    id: "BS-K070",
    title: "path of the node mounted",
    severity: Severity::Medium,
    aliases: &["KSV-0023", "C-0048", "hostPathSet"],
    why: "A `hostPath` volume shares files with the node and with every other pod that mounts the same path, and ties \
          the pod to what lies on that node.",
    advice: "Use an `emptyDir`, a ConfigMap, a PersistentVolumeClaim or a `local` volume instead.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath", page::POD_SECURITY, page::HARDENING],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: data
      mountPath: /data
  volumes:
  - name: data
    hostPath:
      path: /srv/data
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: data
    emptyDir: {}
"
        ),
        // Each of these has a rule of its own.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: root
    hostPath: {path: /}
  - name: docker
    hostPath: {path: /var/run/docker.sock}
"
        ),
    ],
    check: Check::Workload(host_path),
};

fn host_path(workload: &Workload<'_>, found: &mut Found<'_>) {
    for host in host_paths(workload) {
        if host.is_runtime_socket() || host.is_socket() || host.sensitive().is_some() {
            continue;
        }
        let report = found.report(host.span, format!("volume `{}` is `{}` of the node", host.name, host.path));
        if only_read(workload, host.name) {
            report.severity(Severity::Low);
        }
    }
}

pub(super) const SENSITIVE: Rule = Rule {
    id: "BS-K071",
    title: "directory of the node mounted that much depends on",
    severity: Severity::High,
    aliases: &["KSV-0023", "KSV-0121", "C-0048", "sensitive-host-mounts", "hostPathSet"],
    why: "With the node's `/etc`, `/var/lib/kubelet`, `/proc` and the like in hand a container reads the secrets of \
          other pods or changes what the node runs as root.",
    advice: "Mount the single file or directory that is needed, read-only, or let a component made for it (a CSI or \
             device plugin) do the work.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath", page::POD_SECURITY, page::HARDENING],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: root, mountPath: /host}
  volumes:
  - name: root
    hostPath:
      path: /
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: kubelet
    hostPath:
      path: /var/lib/kubelet/
  - name: manifests
    hostPath:
      path: /etc/kubernetes/manifests
"
        ),
        pod!(
            "  os:
    name: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: root
    hostPath:
      path: 'C:\\'
"
        ),
    ],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: zone
    hostPath:
      path: /etc/localtime
  - name: other
    hostPath:
      path: /etcetera
"
    )],
    check: Check::Workload(sensitive),
};

fn sensitive(workload: &Workload<'_>, found: &mut Found<'_>) {
    for host in host_paths(workload) {
        if host.is_runtime_socket() {
            continue;
        }
        let Some((severity, what)) = host.sensitive() else { continue };
        let severity = match severity {
            Severity::Critical if only_read(workload, host.name) => Severity::High,
            Severity::Medium if only_read(workload, host.name) => Severity::Low,
            other => other,
        };
        found
            .report(host.span, format!("volume `{}` is `{}` of the node: {what}", host.name, host.path))
            .severity(severity);
    }
}

pub(super) const RUNTIME_SOCKET: Rule = Rule {
    id: "BS-K072",
    title: "socket of the container runtime mounted",
    severity: Severity::Critical,
    aliases: &[
        "KSV-0006",
        "KSV-0023",
        "CKV_K8S_27",
        "C-0074",
        "C-0048",
        "docker-sock",
        "container-runtime-sock",
        "hostPathSet",
    ],
    why: "Who may talk to Docker, containerd or CRI-O may start a privileged container, and with it owns the node; a \
          read-only mount of the socket changes nothing about that.",
    advice: "Build images with a tool that needs no daemon (BuildKit rootless, Buildah), and read about containers \
             from the kubelet's or the cluster's API.",
    references: &[
        "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
        page::POD_SECURITY,
        page::HARDENING,
    ],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: docker
      mountPath: /var/run/docker.sock
      readOnly: true
  volumes:
  - name: docker
    hostPath:
      path: /var/run/docker.sock
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: cri
    hostPath:
      path: /run/k3s/containerd/containerd.sock
      type: Socket
"
        ),
    ],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: run
      mountPath: /var/run/docker.sock
  volumes:
  - name: run
    emptyDir: {}
"
    )],
    check: Check::Workload(runtime_socket),
};

fn runtime_socket(workload: &Workload<'_>, found: &mut Found<'_>) {
    for host in host_paths(workload).filter(super::place::HostPath::is_runtime_socket) {
        found.report(
            host.span,
            format!("volume `{}` is the socket `{}` of the container runtime", host.name, host.path),
        );
    }
}

pub(super) const SOCKET: Rule = Rule {
    id: "BS-K074",
    title: "socket of a service of the node mounted",
    severity: Severity::Medium,
    aliases: &["KSV-0023", "C-0048", "hostPathSet"],
    why: "Behind a socket of the node (D-Bus, systemd, a CSI driver) a service does as root what it is asked; a \
          read-only mount does not keep anyone from asking.",
    advice: "Use the service's interface for pods if it has one, and keep the mount to components that extend the \
             node.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath", page::POD_SECURITY],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: bus
    hostPath:
      path: /run/dbus/system_bus_socket
      type: Socket
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: agent
    hostPath:
      path: /run/agent/agent.sock
"
        ),
    ],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: socket
    emptyDir: {}
"
    )],
    check: Check::Workload(socket),
};

fn socket(workload: &Workload<'_>, found: &mut Found<'_>) {
    for host in host_paths(workload) {
        if host.is_socket() && !host.is_runtime_socket() && host.sensitive().is_none() {
            found.report(host.span, format!("volume `{}` is the socket `{}` of the node", host.name, host.path));
        }
    }
}
