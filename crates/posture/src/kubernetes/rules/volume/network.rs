//! Volumes over the network, and kinds that are deprecated or gone.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

fn each<'a>(workload: &Workload<'a>, kind: &str) -> impl Iterator<Item = (&'a Node, &'a Node, &'a str)> {
    workload.spec.list("volumes").iter().filter_map(move |volume| {
        let (key, value) = volume.entry(kind)?;
        Some((key, value, volume.text("name").unwrap_or("?")))
    })
}

pub(super) const GIT_REPO: Rule = Rule {
    id: "BS-K082",
    title: "`gitRepo` volume",
    severity: Severity::High,
    aliases: &[],
    why: "The kubelet clones a `gitRepo` volume as root of the node: a repository with the right hooks runs its own \
          commands there (CVE-2024-10220). Kubernetes 1.33 switched it off.",
    advice: "Clone in an initial container into an `emptyDir`, or put the files into an image.",
    references: &[
        "https://kubernetes.io/docs/concepts/storage/volumes/#gitrepo",
        "https://nvd.nist.gov/vuln/detail/CVE-2024-10220",
    ],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: code
    gitRepo:
      repository: https://git.example.com/code.git
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: gitRepo
    emptyDir: {}
"
    )],
    check: Check::Workload(git_repo),
};

fn git_repo(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (key, _, name) in each(workload, "gitRepo") {
        found.report(key.span, format!("the kubelet clones volume `{name}` as root of the node"));
    }
}

pub(super) const FLEX: Rule = Rule {
    id: "BS-K083",
    title: "`flexVolume`",
    severity: Severity::Low,
    aliases: &[],
    why: "FlexVolume runs a program that was copied onto every node, as root. It is deprecated since Kubernetes 1.23 \
          and its drivers are no longer cared for.",
    advice: "Use the CSI driver of the same storage.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#flexvolume"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: data
    flexVolume:
      driver: example.com/lvm
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: data
    csi:
      driver: lvm.csi.example.com
"
    )],
    check: Check::Workload(flex),
};

fn flex(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (key, value, name) in each(workload, "flexVolume") {
        let driver = value.text("driver").unwrap_or("?");
        found.report(key.span, format!("volume `{name}` needs the FlexVolume driver `{driver}` on every node"));
    }
}

/// Kinds of volumes that nothing mounts any more, and a version of Kubernetes from which on that is so.
const REMOVED: &[(&str, &str)] = &[
    ("cephfs", "1.31"),
    ("flocker", "1.25"),
    ("glusterfs", "1.26"),
    ("quobyte", "1.25"),
    ("rbd", "1.31"),
    ("scaleIO", "1.25"),
    ("storageos", "1.25"),
];

pub(super) const GONE: Rule = Rule {
    id: "BS-K084",
    title: "kind of volume that Kubernetes removed",
    severity: Severity::Medium,
    aliases: &[],
    why: "The API still takes the field, but nothing mounts the volume any more: the pod never starts.",
    advice: "Use a PersistentVolumeClaim of the CSI driver for the same storage.",
    references: &[page::VOLUMES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: data
    glusterfs:
      endpoints: gluster
      path: data
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: rbd
    persistentVolumeClaim:
      claimName: data
"
    )],
    check: Check::Workload(gone),
};

fn gone(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (kind, version) in REMOVED {
        for (key, _, name) in each(workload, kind) {
            found.report(
                key.span,
                format!("volume `{name}` is of kind `{kind}`, which Kubernetes {version} no longer mounts"),
            );
        }
    }
}

pub(super) const CREDENTIALS: Rule = Rule {
    id: "BS-K085",
    title: "credentials among a volume's options",
    severity: Severity::High,
    aliases: &[],
    why: "Options of a volume stand in the pod for everyone who may read it, and in the repository for everyone who \
          may read that.",
    advice: "Put them into a Secret, and name it by the driver's `secretRef` or `nodePublishSecretRef`.",
    references: &["https://kubernetes.io/docs/concepts/configuration/secret/"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: share
    csi:
      driver: smb.csi.example.com
      volumeAttributes:
        source: //files.example.com/share
        password: hunter2hunter2
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: share
    csi:
      driver: smb.csi.example.com
      volumeAttributes:
        source: //files.example.com/share
        secretName: share
        password: ${PASSWORD}
      nodePublishSecretRef:
        name: share
"
    )],
    check: Check::Workload(credentials),
};

fn credentials(workload: &Workload<'_>, found: &mut Found<'_>) {
    for volume in workload.spec.list("volumes") {
        let options = [&["csi", "volumeAttributes"], &["flexVolume", "options"]];
        for (key, value) in options.iter().filter_map(|path| volume.at(*path)).flat_map(Node::entries) {
            let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { continue };
            let flat = |wanted: &str| {
                let mut letters = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
                wanted.bytes().all(|byte| letters.next() == Some(byte)) && letters.next().is_none()
            };
            let secret = [
                "password",
                "passwd",
                "accesskey",
                "secretkey",
                "accountkey",
                "secretaccesskey",
                "apikey",
                "clientsecret",
                "token",
            ]
            .into_iter()
            .any(flat);
            if secret && !text.is_empty() && !text.contains(['$', '{', '<']) {
                let volume = volume.text("name").unwrap_or("?");
                found.report(value.span, format!("option `{name}` of volume `{volume}` stands here in clear"));
            }
        }
    }
}

pub(super) const INLINE: Rule = Rule {
    id: "BS-K086",
    title: "storage of the network named in the pod",
    severity: Severity::Low,
    aliases: &["KSV-0028"],
    why: "With `nfs`, `iscsi` and the like in a pod its author chooses a server and a path that the node then mounts, \
          past what the administrators offer by StorageClasses; the restricted Pod Security Standard forbids it.",
    advice: "Use a PersistentVolumeClaim, whose volume an administrator or a StorageClass provides.",
    references: &[page::POD_SECURITY, "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: data
    nfs:
      server: files.example.com
      path: /export
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
  volumes:
  - name: nfs
    persistentVolumeClaim:
      claimName: data
  - name: work
    ephemeral:
      volumeClaimTemplate:
        spec:
          accessModes: [ReadWriteOnce]
"
    )],
    check: Check::Workload(inline),
};

fn inline(workload: &Workload<'_>, found: &mut Found<'_>) {
    let kinds = [
        "nfs",
        "iscsi",
        "fc",
        "azureFile",
        "azureDisk",
        "awsElasticBlockStore",
        "gcePersistentDisk",
        "cinder",
        "vsphereVolume",
        "portworxVolume",
        "photonPersistentDisk",
    ];
    for kind in kinds {
        for (key, _, name) in each(workload, kind) {
            found.report(key.span, format!("volume `{name}` of kind `{kind}` is named in the pod"));
        }
    }
}
