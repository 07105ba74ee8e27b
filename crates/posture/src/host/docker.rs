//! Rules on dockerd: what containers may do, and what the daemon keeps.

use boltseal_evidence::Severity;

use super::Component;
use super::ask::{ASK, Ask, Missing, Must, ask};
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const DOCKERD: &str = "https://docs.docker.com/reference/cli/dockerd/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H001",
        title: "containers of the default bridge reach each other",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-2.2"],
        why: "Unless `icc` is false, every container on the default bridge reaches every port of every other one, published or not.",
        advice: r#"Set `"icc": false`, and give projects networks of their own, in which only their services meet."#,
        references: &["https://docs.docker.com/engine/network/drivers/bridge/", CIS],
        bad: &[r#"{"icc": true}"#, r#"{"log-level": "info"}"#],
        good: &[r#"{"icc": false}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["icc"],
                    flag: "icc",
                    must: Must::Be(&["false"]),
                    wrong: "lets all containers of the default bridge reach each other",
                    missing: Missing::Bad("containers of the default bridge reach each other"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H002",
        title: "log level other than `info`",
        severity: Severity::Low,
        aliases: &["CIS-Docker-2.3"],
        why: "Below `info` the daemon does not log what it did, so an incident cannot be followed; at `debug` it logs so much, also what clients send, that nobody reads it.",
        advice: r#"Set `"log-level": "info"`, which is the default, and remove `debug`."#,
        references: &[DOCKERD, CIS],
        bad: &[
            r#"{"log-level": "debug"}"#,
            r#"{"debug": true}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --log-level=fatal\n",
        ],
        good: &[r#"{"log-level": "info", "debug": false}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["log-level"],
                    flag: "log-level",
                    must: Must::Be(&["info"]),
                    wrong: "is not the level that an incident can be followed by",
                    fix: Some("info"),
                    ..ASK
                },
            );
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["debug"],
                    flag: "debug",
                    must: Must::Be(&["false"]),
                    wrong: "logs so much that nobody reads it",
                    fix: Some("false"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H003",
        title: "daemon does not manage the packet filter",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-2.4"],
        why: "Without its rules in the packet filter the daemon does not separate networks, and what people write by hand is easily too open.",
        advice: "Remove `iptables`, which is true by default, and put rules of your own into the chain `DOCKER-USER`.",
        references: &["https://docs.docker.com/engine/network/packet-filtering-firewalls/", CIS],
        bad: &[
            r#"{"iptables": false}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --iptables=false\n",
        ],
        good: &[r#"{"iptables": true}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["iptables"],
                    flag: "iptables",
                    must: Must::Be(&["true"]),
                    wrong: "leaves networks of containers unseparated",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H004",
        title: "storage driver that is no longer maintained",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-2.6"],
        why: "`aufs` and `devicemapper` have been removed from the engine: hosts that still use them run an engine without security fixes.",
        advice: "Move to `overlay2` or the containerd image store, and update the engine.",
        references: &["https://docs.docker.com/engine/storage/drivers/select-storage-driver/", CIS],
        bad: &[r#"{"storage-driver": "aufs"}"#, r#"{"storage-driver": "devicemapper"}"#],
        good: &[r#"{"storage-driver": "overlay2"}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["storage-driver"],
                    flag: "storage-driver",
                    must: Must::NotBe(&["aufs", "devicemapper", "overlay"]),
                    wrong: "is a driver that engines with security fixes no longer have",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H005",
        title: "no default limits on open files and processes",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-2.8"],
        why: "A container without limits on files and processes can use up those of the host.",
        advice: "Set `default-ulimits` with `nofile` and `nproc`; a container may still be given its own.",
        references: &[DOCKERD, CIS],
        bad: &[r#"{"icc": false}"#],
        good: &[r#"{"default-ulimits": {"nofile": {"Name": "nofile", "Hard": 64000, "Soft": 64000}}}"#],
        check: Check::Host(|host, found| {
            if host.component == Component::Docker && host.is_complete && host.root.get("default-ulimits").is_none() {
                host.report(
                    found,
                    host.heading,
                    "`default-ulimits` is not set: a container can use up the files and processes of the host",
                );
            }
        }),
    },
    Rule {
        id: "BS-H006",
        title: "root of containers is root of the host",
        severity: Severity::Low,
        aliases: &["CIS-Docker-2.9"],
        why: "Without user namespaces a process that breaks out as root of a container is root of the host.",
        advice: r#"Set `"userns-remap": "default"`, or run the engine rootless; images and volumes have to be set up again after that."#,
        references: &["https://docs.docker.com/engine/security/userns-remap/", CIS],
        bad: &[r#"{"icc": false}"#],
        good: &[r#"{"userns-remap": "default"}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["userns-remap"],
                    flag: "userns-remap",
                    must: Must::BeSet,
                    wrong: "maps no users",
                    missing: Missing::Bad("root of a container is root of the host"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H007",
        title: "control group outside the usual place",
        severity: Severity::Low,
        aliases: &["CIS-Docker-2.10"],
        why: "Containers in another control group escape the limits that the administrator set for the engine.",
        advice: "Remove `cgroup-parent`, or make sure that the group is limited as the usual one is.",
        references: &[DOCKERD, CIS],
        bad: &[r#"{"cgroup-parent": "/foobar"}"#],
        good: &["{}", r#"{"cgroup-parent": ""}"#, r#"{"cgroup-parent": "docker.slice"}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["cgroup-parent"],
                    flag: "cgroup-parent",
                    must: Must::Be(&["", "docker", "/docker", "docker.slice", "system.slice"]),
                    wrong: "puts containers outside the limits of the engine",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H008",
        title: "whoever reaches the daemon may do everything",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-2.12"],
        why: "The daemon knows no rights: who may list containers may also start a privileged one.",
        advice: "Where several people use one daemon, name an authorization plugin that tells them apart; else keep the group `docker` as small as that of the administrators.",
        references: &["https://docs.docker.com/engine/extend/plugins_authorization/", CIS],
        bad: &[r#"{"icc": false}"#],
        good: &[r#"{"authorization-plugins": ["opa"]}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["authorization-plugins"],
                    flag: "authorization-plugin",
                    must: Must::BeSet,
                    wrong: "names no plugin",
                    missing: Missing::Bad("whoever reaches the daemon may do everything"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H009",
        title: "containers are not logged",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-2.13"],
        why: "With the driver `none` what containers say is lost, so nobody can tell afterwards what an intruder did.",
        advice: "Use a driver that keeps logs or sends them on, such as `local`, `journald` or `syslog`.",
        references: &["https://docs.docker.com/engine/logging/configure/", CIS],
        bad: &[
            r#"{"log-driver": "none"}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --log-driver none\n",
        ],
        good: &[r#"{"log-driver": "journald"}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["log-driver"],
                    flag: "log-driver",
                    must: Must::NotBe(&["none"]),
                    wrong: "loses everything that containers say",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H010",
        title: "logs grow without end",
        severity: Severity::Low,
        aliases: &[],
        why: "The driver `json-file`, which is the default, never deletes: one chatty container, or requests made for it, fills the disk of the host.",
        advice: "Set `max-size` and `max-file` under `log-opts`, or use the driver `local`, which rotates by itself.",
        references: &["https://docs.docker.com/engine/logging/drivers/json-file/"],
        bad: &[r#"{"icc": false}"#, r#"{"log-driver": "json-file", "log-opts": {"max-file": "3"}}"#],
        good: &[r#"{"log-driver": "local"}"#, r#"{"log-opts": {"max-size": "10m"}}"#],
        check: Check::Host(|host, found| {
            let driver = host.root.text("log-driver").unwrap_or("json-file");
            if host.component == Component::Docker
                && host.is_complete
                && driver == "json-file"
                && host.root.at(&["log-opts", "max-size"]).is_none()
            {
                host.report(
                    found,
                    host.heading,
                    "`log-opts.max-size` is not set: logs of containers grow until the disk is full",
                );
            }
        }),
    },
    Rule {
        id: "BS-H011",
        title: "processes of containers may gain privileges",
        severity: Severity::Low,
        aliases: &["CIS-Docker-2.14"],
        why: "Without `no-new-privileges` a process of any container can become root through a set-user-id program of its image.",
        advice: r#"Set `"no-new-privileges": true`; a container that needs `sudo` can be started with `--security-opt no-new-privileges=false`."#,
        references: &["https://docs.kernel.org/userspace-api/no_new_privs.html", CIS],
        bad: &[r#"{"icc": false}"#, r#"{"no-new-privileges": false}"#],
        good: &[r#"{"no-new-privileges": true}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["no-new-privileges"],
                    flag: "no-new-privileges",
                    must: Must::Be(&["true"]),
                    wrong: "lets processes of containers become root",
                    missing: Missing::Bad("set-user-id programs make processes root"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H012",
        title: "containers end with the daemon",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-2.15"],
        why: "Unless `live-restore` is on, updating or restarting the daemon ends every container, so security updates are put off.",
        advice: r#"Set `"live-restore": true`, except on nodes of a swarm, where it cannot be."#,
        references: &["https://docs.docker.com/engine/daemon/live-restore/", CIS],
        bad: &[r#"{"icc": false}"#, r#"{"live-restore": false}"#],
        good: &[r#"{"live-restore": true}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["live-restore"],
                    flag: "live-restore",
                    must: Must::Be(&["true"]),
                    wrong: "ends all containers when the daemon restarts",
                    missing: Missing::Bad("containers end when the daemon restarts"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H013",
        title: "no filter of system calls",
        severity: Severity::High,
        aliases: &["CIS-Docker-2.17"],
        why: "The daemon's default profile takes system calls away that most kernel exploits need. `unconfined` opens the whole kernel to every container.",
        advice: "Remove `seccomp-profile`, or name a profile file that is at least as strict as the default one.",
        references: &["https://docs.docker.com/engine/security/seccomp/", CIS],
        bad: &[
            r#"{"seccomp-profile": "unconfined"}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --seccomp-profile=unconfined\n",
        ],
        good: &[r#"{"seccomp-profile": "/etc/docker/seccomp.json"}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["seccomp-profile"],
                    flag: "seccomp-profile",
                    must: Must::NotBe(&["unconfined"]),
                    wrong: "opens the whole kernel to every container",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H014",
        title: "experimental features",
        severity: Severity::Low,
        aliases: &["CIS-Docker-2.18"],
        why: "Experimental features may change or vanish and have not been reviewed as the others have.",
        advice: "Remove `experimental`.",
        references: &[DOCKERD, CIS],
        bad: &[r#"{"experimental": true}"#],
        good: &[r#"{"experimental": false}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["experimental"],
                    flag: "experimental",
                    must: Must::Be(&["false"]),
                    wrong: "turns on what is not meant for production",
                    fix: Some("false"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H015",
        title: "SELinux switched off for containers",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.3"],
        why: "On hosts with SELinux the daemon then starts containers without labels, so that nothing keeps them from each other's files and the host's.",
        advice: r#"Set `"selinux-enabled": true` on such hosts."#,
        references: &[DOCKERD, CIS],
        bad: &[r#"{"selinux-enabled": false}"#],
        good: &[r#"{"selinux-enabled": true}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["selinux-enabled"],
                    flag: "selinux-enabled",
                    must: Must::Be(&["true"]),
                    wrong: "starts containers without SELinux labels",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H016",
        title: "containers share memory or control groups of the host by default",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.17"],
        why: "These defaults give every container, unless it says otherwise, the host's control groups or memory that others can join.",
        advice: "Remove `default-ipc-mode` and `default-cgroupns-mode`; `private` is the default of both on a current host.",
        references: &[DOCKERD, CIS],
        bad: &[r#"{"default-cgroupns-mode": "host"}"#, r#"{"default-ipc-mode": "shareable"}"#],
        good: &[r#"{"default-cgroupns-mode": "private", "default-ipc-mode": "private"}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["default-cgroupns-mode"],
                    flag: "default-cgroupns-mode",
                    must: Must::Be(&["private"]),
                    wrong: "lets containers see the host's control groups",
                    ..ASK
                },
            );
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["default-ipc-mode"],
                    flag: "default-ipc-mode",
                    must: Must::Be(&["private"]),
                    wrong: "lets containers join the memory of others",
                    ..ASK
                },
            );
        }),
    },
];
