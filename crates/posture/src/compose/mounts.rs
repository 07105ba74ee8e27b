//! Rules on what of the host a service can read or write.

use boltseal_evidence::Severity;

use super::Compose;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C020",
        title: "socket of the container engine",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.32"],
        why: "Whoever may talk to the engine can start a privileged container with the host's disk in it: the socket is root on the host. Mounting it read-only changes nothing, as requests are still sent through it.",
        advice: "Put a proxy in front that allows only the calls that are needed, or give the service its own rootless engine.",
        references: &["https://docs.docker.com/engine/security/#docker-daemon-attack-surface", CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - type: bind\n        source: /run/containerd/containerd.sock\n        target: /s\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes: [\"${XDG_RUNTIME_DIR}/docker.sock:/s\"]\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - data:/var/run/docker\n      - /run/mysqld/mysqld.sock:/run/mysqld.sock\nvolumes:\n  data: {}\n",
        ],
        check: Check::Compose(sockets),
    },
    Rule {
        id: "BS-C021",
        title: "directory of the host's system",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.6"],
        why: "A container that writes to the host's system directories can replace programs, accounts or timers and so become root there; one that reads them finds keys and password hashes.",
        advice: "Mount only the directory that the service works on, read-only where it can be, or use a named volume.",
        references: &["https://docs.docker.com/engine/storage/bind-mounts/", CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - /:/host\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - /etc/:/host/etc:ro\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes: [host:/x]\nvolumes:\n  host:\n    driver_opts: {type: none, o: bind, device: /root}\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes: [\"~/.ssh:/root/.ssh:ro\"]\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - ./etc:/etc/app:ro\n      - /etc/localtime:/etc/localtime:ro\n      - /srv/data:/data\n      - /var/lib/app:/data2\n      - data:/var/lib/postgresql\nvolumes:\n  data:\n",
        ],
        check: Check::Compose(system_paths),
    },
    Rule {
        id: "BS-C022",
        title: "mounts spread to the host",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.20"],
        why: "With shared propagation, what a container mounts appears on the host too, where it can cover system directories.",
        advice: "Use `rslave` if the service must see later mounts of the host, else leave the propagation out.",
        references: &["https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation", CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes: [\"/mnt/data:/data:rshared\"]\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes:\n      - type: bind\n        source: /mnt/data\n        target: /data\n        bind: {propagation: shared}\n",
        ],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    volumes: [\"/mnt/data:/data:ro,rslave\"]\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                for mount in service.mounts() {
                    if matches!(mount.propagation.as_str(), "shared" | "rshared") {
                        let message =
                            format!("what the container mounts below `{}` appears on the host too", mount.path);
                        service.report(found, mount.node, message);
                    }
                }
            }
        }),
    },
    Rule {
        id: "BS-C023",
        title: "volumes of another container",
        severity: Severity::Low,
        aliases: &[],
        why: "`volumes_from` takes over every mount of the other container, writable and also those that are added to it later, so nobody sees here what the service can reach.",
        advice: "Name the volumes that both need under `volumes` of each service, with `:ro` where one only reads.",
        references: &["https://docs.docker.com/reference/compose-file/services/#volumes_from"],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    volumes_from: [b]\n  b:\n    image: example.org/b:1.2\n",
        ],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    volumes: [\"data:/data:ro\"]\nvolumes:\n  data:\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                for (text, node) in service.texts("volumes_from") {
                    if !text.ends_with(":ro") {
                        service.report(found, node, format!("every volume of `{text}` is taken over, writable"));
                    }
                }
            }
        }),
    },
    Rule {
        id: "BS-C024",
        title: "temporary file system that programs run from",
        severity: Severity::Low,
        aliases: &[],
        why: "Temporary file systems are mounted with `noexec` unless told otherwise, so that what an intruder downloads there cannot be run; `exec` takes that away.",
        advice: "Remove `exec` from the options of `tmpfs`.",
        references: &["https://docs.docker.com/engine/storage/tmpfs/"],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    tmpfs:\n      - /tmp:exec,size=64m\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    tmpfs: /run:rw,exec\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    tmpfs:\n      - /tmp:noexec,size=64m\n      - /exec\n",
        ],
        check: Check::Compose(exec_tmpfs),
    },
    Rule {
        id: "BS-C025",
        title: "root file system can be written",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.13"],
        why: "An intruder who can write to the image's files replaces programs and leaves tools behind; in a read-only root file system neither works.",
        advice: "Set `read_only: true` and give the directories that the program writes to a `tmpfs` or a volume.",
        references: &["https://docs.docker.com/reference/compose-file/services/#read_only", CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    read_only: false\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    read_only: true\n    tmpfs: [/tmp]\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    read_only: ${READ_ONLY}\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in compose.services.iter().filter(|service| !service.is_partial) {
                match service.get("read_only") {
                    None => {
                        service
                            .report_missing(found, "the root file system can be written: `read_only: true` is missing");
                    }
                    Some(node) if node.as_bool() == Some(false) => {
                        service.report(found, node, "with `read_only: false` the root file system can be written");
                    }
                    Some(_) => {}
                }
            }
        }),
    },
    Rule {
        id: "BS-C026",
        title: "access to the engine's API",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.32"],
        why: "`use_api_socket` mounts the engine's socket and the registry credentials of the user into the container: the service can do to the host whatever root can.",
        advice: "Remove it; a tool that starts containers belongs on a machine or an engine of its own.",
        references: &["https://docs.docker.com/reference/compose-file/services/#use_api_socket"],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    use_api_socket: true\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    use_api_socket: false\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                if let Some(node) = service.get("use_api_socket")
                    && node.as_bool() == Some(true)
                {
                    service.report(found, node, "`use_api_socket` gives the service the engine, and so the host");
                }
            }
        }),
    },
];

/// File names of sockets by which a container engine takes orders.
const SOCKETS: &[&str] = &[
    "docker.sock",
    "containerd.sock",
    "crio.sock",
    "podman.sock",
    "cri-dockerd.sock",
    "dockershim.sock",
    "buildkitd.sock",
];

fn is_socket(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| SOCKETS.contains(&name))
}

fn sockets(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for mount in service.mounts() {
            if is_socket(&mount.path) {
                let read_only = if mount.read_only { ", read-only or not," } else { "" };
                let message = format!("`{}`{read_only} lets the service command the engine as root", mount.path);
                service.report(found, mount.node, message);
            }
        }
    }
}

/// How bad it is to mount a path of the host; `None` if it is not.
fn weight(path: &str, read_only: bool) -> Option<Severity> {
    let secrets =
        ["/root", "/etc/kubernetes", "/var/lib/kubelet", "/etc/shadow", "/etc/sudoers", "/etc/sudoers.d", "/root/.ssh"];
    let homes = [".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure", ".config/gcloud"];
    let in_home = ["~/", "?/"].iter().find_map(|home| path.strip_prefix(home));
    if secrets.contains(&path) || in_home.is_some_and(|rest| homes.contains(&rest)) {
        return Some(Severity::High);
    }
    let graded = |write, read| Some(if read_only { read } else { write });
    match path {
        "/" => graded(Severity::Critical, Severity::High),
        "/etc" | "/boot" | "/dev" | "/home" | "/var" | "/run" | "/var/run" | "/var/lib" | "/etc/ssh"
        | "/etc/docker" | "/etc/cron.d" | "/etc/systemd" | "/etc/passwd" | "/etc/pam.d" => {
            graded(Severity::High, Severity::Medium)
        }
        "/usr"
        | "/lib"
        | "/lib64"
        | "/bin"
        | "/sbin"
        | "/opt"
        | "/usr/bin"
        | "/usr/lib"
        | "/lib/modules"
        | "/var/lib/docker"
        | "/var/lib/containerd"
        | "/proc"
        | "/sys"
        | "/sys/fs/cgroup"
        | "/var/spool/cron" => graded(Severity::High, Severity::Low),
        "/var/log" => graded(Severity::Medium, Severity::Low),
        _ => None,
    }
}

fn system_paths(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for mount in service.mounts() {
            if let Some(severity) = weight(&mount.path, mount.read_only) {
                let how = if mount.read_only { "read" } else { "change" };
                let message = format!("the service can {how} `{}` of the host", mount.path);
                service.report(found, mount.node, message).severity(severity);
            }
        }
    }
}

fn exec_tmpfs(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        let Some(tmpfs) = service.get("tmpfs") else { continue };
        for node in tmpfs.items().iter().chain(std::iter::once(tmpfs)) {
            let options = node.as_str().and_then(|text| text.split_once(':')).map_or("", |(_, options)| options);
            if options.split(',').any(|option| option == "exec") {
                let text = Node::as_str(node).unwrap_or_default();
                service.report(found, node, format!("with `{text}` programs can be run from the temporary files"));
            }
        }
    }
}
