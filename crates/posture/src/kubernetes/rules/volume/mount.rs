//! Mounts of volumes by containers.

use boltseal_evidence::Severity;

use super::place::{HostPath, host_paths, is_read_only};
use crate::finding::Found;
use crate::kubernetes::rules::example::{deployment, pod};
use crate::kubernetes::rules::inherit::is_written_out;
use crate::kubernetes::rules::page;
use crate::kubernetes::{Container, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// Volumes and mounts of one pod beyond this are not paired: none that is meant has so many.
const MOST: usize = 512;

fn for_host_mounts(workload: &Workload<'_>, mut judge: impl FnMut(&HostPath<'_>, &Node, &Container<'_>)) {
    let hosts: Vec<HostPath<'_>> = host_paths(workload).take(MOST).collect();
    if hosts.is_empty() {
        return;
    }
    for container in &workload.containers {
        for mount in container.node.list("volumeMounts").iter().take(MOST) {
            let host = mount.text("name").and_then(|name| hosts.iter().find(|host| host.name == name));
            if let Some(host) = host {
                judge(host, mount, container);
            }
        }
    }
}

fn mount_span(mount: &Node) -> crate::Span {
    mount.get("mountPath").map_or(mount.span, |path| path.span)
}

pub(super) const WRITABLE: Rule = Rule {
    id: "BS-K073",
    title: "path of the node mounted so that it can be written",
    severity: Severity::Medium,
    aliases: &["C-0045", "writable-host-mount"],
    why: "What a container writes to the node stays when it is gone, fills the node's disk past all limits, and may \
          be run or read by others there.",
    advice: "Set `readOnly: true` on the mount, or use another kind of volume for what must be written.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath", page::HARDENING],
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
    volumeMounts:
    - name: data
      mountPath: /data
      readOnly: true
    - name: scratch
      mountPath: /tmp
  volumes:
  - name: data
    hostPath:
      path: /srv/data
  - name: scratch
    emptyDir: {}
"
        ),
        // To devices and sockets one writes to use them at all.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: kvm
      mountPath: /dev/kvm
  volumes:
  - name: kvm
    hostPath:
      path: /dev/kvm
      type: CharDevice
"
        ),
    ],
    check: Check::Workload(writable),
};

fn writable(workload: &Workload<'_>, found: &mut Found<'_>) {
    for_host_mounts(workload, |host, mount, container| {
        let name = container.name();
        let special = host.is_socket()
            || host.is_runtime_socket()
            || matches!(host.kind, "CharDevice" | "BlockDevice")
            || (host.path.starts_with("/dev/") && host.kind.is_empty());
        if !special && !is_read_only(mount) {
            found
                .report(mount_span(mount), format!("container `{name}` may write to `{}` of the node", host.path))
                .within(&container.title());
        }
    });
}

pub(super) const PROPAGATION: Rule = Rule {
    id: "BS-K075",
    title: "mounts of the container reach the node",
    severity: Severity::High,
    aliases: &[],
    why: "With `mountPropagation: Bidirectional` what the container mounts appears on the node and in all other pods \
          that share the volume, and stays there; only privileged containers may do so.",
    advice: "Use `HostToContainer`, or nothing. Only drivers for storage have to mount for the node.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      privileged: true
    volumeMounts:
    - name: data
      mountPath: /data
      mountPropagation: Bidirectional
  volumes:
  - name: data
    hostPath:
      path: /srv/data
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: data
      mountPath: /data
      mountPropagation: HostToContainer
  volumes:
  - name: data
    hostPath:
      path: /srv/data
"
    )],
    check: Check::Workload(propagation),
};

fn propagation(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for mount in container.node.list("volumeMounts") {
            if let Some(value) = mount.get("mountPropagation")
                && value.as_str() == Some("Bidirectional")
            {
                found
                    .report(value.span, format!("what container `{}` mounts here reaches the node", container.name()))
                    .within(&container.title());
            }
        }
    }
}

pub(super) const SUB_PATH: Rule = Rule {
    id: "BS-K076",
    title: "part of a writable path of the node",
    severity: Severity::Low,
    aliases: &[],
    why: "`subPath` is resolved on the node: more than once a link that a container put there led the kubelet out of \
          the volume (CVE-2017-1002101, CVE-2021-25741).",
    advice: "Mount the path itself by a volume of its own, or mount it read-only.",
    references: &[
        "https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath",
        "https://nvd.nist.gov/vuln/detail/CVE-2021-25741",
    ],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: data
      mountPath: /data
      subPath: shop
  volumes:
  - name: data
    hostPath:
      path: /srv/data
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: data
      mountPath: /data
      subPath: shop
      readOnly: true
    - name: claim
      mountPath: /claim
      subPath: shop
  volumes:
  - name: data
    hostPath:
      path: /srv/data
  - name: claim
    persistentVolumeClaim:
      claimName: shop
"
    )],
    check: Check::Workload(sub_path),
};

fn sub_path(workload: &Workload<'_>, found: &mut Found<'_>) {
    for_host_mounts(workload, |host, mount, container| {
        let name = container.name();
        let part = ["subPath", "subPathExpr"].iter().find_map(|key| mount.get(key)).filter(|part| !part.is_empty());
        if let Some(part) = part
            && !is_read_only(mount)
        {
            found
                .report(part.span, format!("container `{name}` mounts a part of `{}` of the node", host.path))
                .within(&container.title());
        }
    });
}

pub(super) const BLOCK: Rule = Rule {
    id: "BS-K088",
    title: "raw block device",
    severity: Severity::Low,
    aliases: &[],
    why: "A raw device is read and written past any file system: what others left on it can be read, and the kernel \
          of whoever mounts it next parses what the container wrote.",
    advice: "Use a volume with a file system unless the program (a database, a storage system) needs the device, and \
             see that it is wiped before it is given to the next.",
    references: &["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#raw-block-volume-support"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeDevices:
    - name: disk
      devicePath: /dev/xvda
  volumes:
  - name: disk
    persistentVolumeClaim:
      claimName: disk
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: disk
      mountPath: /data
  volumes:
  - name: disk
    persistentVolumeClaim:
      claimName: disk
"
    )],
    check: Check::Workload(block),
};

fn block(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for device in container.node.list("volumeDevices") {
            let path = device.get("devicePath").unwrap_or(device);
            let message =
                format!("container `{}` gets the raw device `{}`", container.name(), path.as_str().unwrap_or("?"));
            found.report(path.span, message).within(&container.title());
        }
    }
}

/// Kinds whose pods are made of what the file says, and of nothing that a controller adds.
fn is_plain_kind(workload: &Workload<'_>) -> bool {
    matches!(
        workload.object.kind,
        "Pod"
            | "PodTemplate"
            | "Deployment"
            | "ReplicaSet"
            | "ReplicationController"
            | "StatefulSet"
            | "DaemonSet"
            | "Job"
            | "CronJob"
    ) && matches!(workload.object.group(), "" | "apps" | "batch" | "extensions")
}

fn mounted<'w, 'a>(workload: &'w Workload<'a>) -> impl Iterator<Item = (&'a Node, &'a str, &'w Container<'a>)> {
    workload.containers.iter().flat_map(|container| {
        let node = container.node;
        node.list("volumeMounts").iter().chain(node.list("volumeDevices")).filter_map(move |mount| {
            let name = mount.get("name")?;
            Some((name, name.as_str()?, container))
        })
    })
}

pub(super) const UNUSED: Rule = Rule {
    id: "BS-K089",
    title: "volume that no container mounts",
    severity: Severity::Low,
    aliases: &[],
    why: "A Secret or a path of the node that nobody mounts is brought to the node for nothing, and stays when nobody \
          knows any more what it was for.",
    advice: "Remove the volume, or mount it where it was meant to be.",
    references: &[page::VOLUMES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: keys
    secret:
      secretName: keys
"
    )],
    good: &[
        pod!(
            "  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
    volumeMounts:
    - name: keys
      mountPath: /keys
  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeDevices:
    - name: disk
      devicePath: /dev/xvda
  volumes:
  - name: keys
    secret:
      secretName: keys
  - name: disk
    persistentVolumeClaim:
      claimName: disk
"
        ),
        // A patch of Kustomize: the container that it is merged into may mount the volume.
        deployment!(
            "  template:
    spec:
      containers:
      - name: app
      volumes:
      - name: keys
        secret:
          secretName: keys
"
        ),
    ],
    check: Check::Workload(unused),
};

fn unused(workload: &Workload<'_>, found: &mut Found<'_>) {
    let volumes = workload.spec.list("volumes");
    if volumes.is_empty() || volumes.len() > MOST || !is_plain_kind(workload) || !is_written_out(workload) {
        return;
    }
    let used: Vec<&str> = mounted(workload).take(MOST * 4).map(|(_, name, _)| name).collect();
    for volume in volumes {
        if let Some(name) = volume.get("name")
            && let Some(text) = name.as_str()
            && !used.contains(&text)
        {
            found.report(name.span, format!("no container mounts volume `{text}`"));
        }
    }
}

pub(super) const MISSING: Rule = Rule {
    id: "BS-K090",
    title: "mount of a volume that is not there",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API server refuses a pod that mounts a volume which it does not declare.",
    advice: "Declare the volume under `volumes` (or `volumeClaimTemplates` of a StatefulSet), or correct the name.",
    references: &[page::VOLUMES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: data
      mountPath: /data
  volumes:
  - name: date
    emptyDir: {sizeLimit: 1Gi}
"
    )],
    good: &["apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  serviceName: db
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
        volumeMounts:
        - name: data
          mountPath: /data
  volumeClaimTemplates:
  - metadata:
      name: data
    spec:
      accessModes: [ReadWriteOncePod]
"],
    check: Check::Workload(missing),
};

fn missing(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !is_plain_kind(workload) || !is_written_out(workload) {
        return;
    }
    let volumes = workload.spec.list("volumes").iter();
    let claims = workload.object.node.get("spec").map_or(&[][..], |spec| spec.list("volumeClaimTemplates"));
    let names =
        volumes.map(|volume| volume.text("name")).chain(claims.iter().map(|claim| claim.get("metadata")?.text("name")));
    let names: Vec<&str> = names.take(MOST + 1).flatten().collect();
    if names.len() > MOST {
        return;
    }
    for (node, name, container) in mounted(workload).take(MOST * 4) {
        if !names.contains(&name) {
            found.report(node.span, format!("there is no volume `{name}`")).within(&container.title());
        }
    }
}

pub(super) const TWICE: Rule = Rule {
    id: "BS-K091",
    title: "two volumes at one place",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API server refuses a container that mounts two volumes at the same path.",
    advice: "Give each mount a path of its own; several Secrets and ConfigMaps share one by a `projected` volume.",
    references: &["https://kubernetes.io/docs/concepts/storage/projected-volumes/"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: one, mountPath: /etc/app}
    - {name: two, mountPath: /etc/app}
  volumes:
  - name: one
    configMap: {name: one}
  - name: two
    configMap: {name: two}
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - {name: one, mountPath: /etc/app}
    - {name: two, mountPath: /etc/app/conf.d}
  volumes:
  - name: one
    configMap: {name: one}
  - name: two
    configMap: {name: two}
"
    )],
    check: Check::Workload(twice),
};

fn twice(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        let mounts = container.node.list("volumeMounts");
        for (at, mount) in mounts.iter().enumerate().take(MOST) {
            let Some(path) = mount.get("mountPath") else { continue };
            let first = mounts.iter().take(at).filter_map(|other| other.get("mountPath"));
            if let Some(first) = first.into_iter().find(|other| other.value == path.value) {
                let message = format!("`{}` is mounted twice", path.as_str().unwrap_or("?"));
                found.report(path.span, message).within(&container.title()).note(first.span, "first here");
            }
        }
    }
}
