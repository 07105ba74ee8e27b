//! Rules on what a service may do beyond an ordinary process: privileges, capabilities, profiles, devices, users.

use boltseal_evidence::Severity;

use super::Compose;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::{Node, append, set};

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C001",
        title: "privileged service",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.5"],
        why: "A privileged container has every capability, sees every device and has no seccomp or AppArmor profile: whoever gets into it owns the host.",
        advice: "Remove `privileged`. If one thing does not work without it, grant just that: a capability under `cap_add` or a device under `devices`.",
        references: &["https://docs.docker.com/reference/compose-file/services/#privileged", CIS],
        bad: &["services:\n  web:\n    image: example.org/web:1.2\n    privileged: true\n"],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    cap_add: [NET_BIND_SERVICE]\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    privileged: ${PRIVILEGED}\n",
        ],
        check: Check::Compose(privileged),
    },
    Rule {
        id: "BS-C002",
        title: "capability that leads out of the container",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.4"],
        why: "Some Linux capabilities are as good as root on the host: with them a process can load kernel modules, mount file systems, trace other processes or change the host's network.",
        advice: "Take the capability out of `cap_add`, and add back only what the program fails without, with the smallest that is enough.",
        references: &["https://man7.org/linux/man-pages/man7/capabilities.7.html", CIS],
        bad: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    cap_add:\n      - SYS_ADMIN\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    cap_add: [all]\n",
            "x-caps: &caps [CAP_NET_RAW]\nservices:\n  web:\n    image: example.org/web:1.2\n    cap_add: *caps\n",
        ],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE, CHOWN]\n",
        ],
        check: Check::Compose(capabilities),
    },
    Rule {
        id: "BS-C003",
        title: "capabilities are not dropped",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.4"],
        why: "An engine gives every container over a dozen capabilities, such as changing owners and opening raw sockets. Few programs need one of them, but an intruder has them all.",
        advice: "Write `cap_drop: [ALL]` and give back under `cap_add` what the program needs, if anything.",
        references: &["https://docs.docker.com/reference/compose-file/services/#cap_drop", CIS],
        bad: &["services:\n  web:\n    image: example.org/web:1.2\n    cap_drop: [MKNOD]\n"],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    cap_drop: [ALL]\n",
            "services:\n  base:\n    image: example.org/web:1.2\n    cap_drop: [ALL]\n  web:\n    extends: base\n",
            "=== compose.override.yaml\nservices:\n  web:\n    image: example.org/web:1.2\n",
        ],
        check: Check::Compose(keeps_capabilities),
    },
    Rule {
        id: "BS-C004",
        title: "no seccomp filter",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.22"],
        why: "The engine's default seccomp filter takes away system calls that containers do not need and that most kernel exploits do. Without it the whole kernel is open to attack.",
        advice: "Remove `seccomp:unconfined`. If a program needs a call that the default forbids, give a profile file that allows that one: `seccomp:./profile.json`.",
        references: &["https://docs.docker.com/engine/security/seccomp/", CIS],
        bad: &["services:\n  web:\n    image: example.org/web:1.2\n    security_opt:\n      - seccomp:unconfined\n"],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt:\n      - seccomp=./profile.json\n",
        ],
        check: Check::Compose(|compose, found| {
            option(compose, found, &["seccomp=unconfined"], "system calls are not filtered");
        }),
    },
    Rule {
        id: "BS-C005",
        title: "no AppArmor or SELinux confinement",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.2", "CIS-Docker-5.3"],
        why: "AppArmor and SELinux keep a container away from the host's files and processes even when something else was left open. Turning them off removes the last fence.",
        advice: "Remove the option, so that the engine's own profile counts; for a program that it stops, load a profile of its own and name it.",
        references: &["https://docs.docker.com/engine/security/apparmor/", CIS],
        bad: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt: [\"apparmor:unconfined\"]\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt: [\"label=disable\"]\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt: [systempaths=unconfined]\n",
        ],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt: [\"apparmor:docker-default\", \"label:type:web_t\"]\n",
        ],
        check: Check::Compose(|compose, found| {
            let options = ["apparmor=unconfined", "label=disable", "systempaths=unconfined"];
            option(compose, found, &options, "the container is not confined");
        }),
    },
    Rule {
        id: "BS-C006",
        title: "processes may gain privileges",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.26"],
        why: "Without `no-new-privileges` a process can become root through any set-user-id program of the image, `sudo` or `mount` for instance.",
        advice: "Add `no-new-privileges:true` under `security_opt`. Only services that change users with `sudo` or `su` cannot have it; entry points that step down with `gosu` or `setpriv` can.",
        references: &["https://docs.kernel.org/userspace-api/no_new_privs.html", CIS],
        bad: &[
            "services:\n  web:\n    image: example.org/web:1.2\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt:\n      - label:type:web_t\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt: [\"no-new-privileges:false\"]\n",
        ],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt: [\"no-new-privileges:true\"]\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    security_opt:\n      - no-new-privileges\n",
        ],
        check: Check::Compose(gains_privileges),
    },
    Rule {
        id: "BS-C007",
        title: "service runs as root",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-4.1"],
        why: "Root in a container is root to the kernel: one hole in the engine, or one mounted directory of the host, and it acts as root there too.",
        advice: "Give `user` a number other than 0, such as `\"10001:10001\"`, and make the files that the program writes belong to it.",
        references: &["https://docs.docker.com/reference/compose-file/services/#user", CIS],
        bad: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    user: root\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    user: \"${APP_UID:-0}:1000\"\n",
        ],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    user: \"10001:10001\"\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    user: ${APP_UID}\n",
        ],
        check: Check::Compose(root),
    },
    Rule {
        id: "BS-C008",
        title: "the user is left to the image",
        severity: Severity::Negligible,
        aliases: &[],
        why: "Without `user` the image decides who the program runs as, and most images say root, or say nothing, which is root.",
        advice: "Give `user` a number other than 0 where the image works with it.",
        references: &["https://docs.docker.com/reference/compose-file/services/#user"],
        bad: &["services:\n  web:\n    image: example.org/web:1.2\n"],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    user: \"10001\"\n",
            "services:\n  web:\n    build: .\n",
        ],
        check: Check::Compose(|compose, found| {
            let services = compose.services.iter();
            for service in services.filter(|service| !service.is_partial && service.get("build").is_none()) {
                if service.get("user").is_none_or(Node::is_empty) {
                    service.report_missing(found, "`user` is not set, so the image decides, and most run as root");
                }
            }
        }),
    },
    Rule {
        id: "BS-C009",
        title: "device of the host that holds its memory or disks",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.18"],
        why: "Through a disk device a container reads and writes every file of the host past all permissions, through a memory device every process.",
        advice: "Give the one device that the program drives, such as `/dev/ttyUSB0`, and mount directories instead of disks.",
        references: &["https://docs.docker.com/reference/compose-file/services/#devices", CIS],
        bad: &[
            "services:\n  backup:\n    image: example.org/backup:1.2\n    devices:\n      - /dev/sda:/dev/sda\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    devices:\n      - source: /dev/mem\n        target: /dev/mem\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    device_cgroup_rules: [\"a *:* rwm\"]\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    devices:\n      - /dev/ttyUSB0:/dev/ttyUSB0\n      - /dev/dri\n      - nvidia.com/gpu=all\n    device_cgroup_rules: [\"c 189:* rmw\"]\n",
        ],
        check: Check::Compose(devices),
    },
    Rule {
        id: "BS-C010",
        title: "kernel setting that weakens the network or the host",
        severity: Severity::Medium,
        aliases: &[],
        why: "Some kernel settings make a container route other machines' packets, believe redirects or reach loopback from outside; settings of `kernel` and `vm` that have no namespace are the whole host's.",
        advice: "Remove the setting, or keep to those that belong to the container alone and leave its network as strict as it was.",
        references: &[
            "https://docs.kernel.org/networking/ip-sysctl.html",
            "https://docs.docker.com/reference/compose-file/services/#sysctls",
        ],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    sysctls:\n      net.ipv4.conf.all.route_localnet: 1\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    sysctls:\n      - kernel.core_pattern=/tmp/core\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    sysctls:\n      net.core.somaxconn: 1024\n      net.ipv4.tcp_syncookies: 1\n      kernel.shmmax: 1000000\n",
        ],
        check: Check::Compose(sysctls),
    },
];

fn privileged(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        if let Some(node) = service.get("privileged")
            && node.as_bool() == Some(true)
        {
            service.report(found, node, "`privileged: true` gives the container the whole host");
        }
    }
}

/// What a capability is worth to an intruder; `None` if it does not lead out.
fn weight(capability: &str) -> Option<Severity> {
    Some(match capability {
        "ALL" | "SYS_ADMIN" | "SYS_MODULE" => Severity::Critical,
        "SYS_PTRACE" | "SYS_RAWIO" | "DAC_READ_SEARCH" | "BPF" | "SYS_BOOT" | "MAC_ADMIN" | "MAC_OVERRIDE"
        | "PERFMON" | "CHECKPOINT_RESTORE" => Severity::High,
        "NET_ADMIN" | "SYS_TIME" | "SYSLOG" | "NET_RAW" | "MKNOD" | "DAC_OVERRIDE" | "SETFCAP" | "AUDIT_CONTROL"
        | "LINUX_IMMUTABLE" | "IPC_OWNER" | "SYS_CHROOT" => Severity::Medium,
        _ => return None,
    })
}

fn capability_name(text: &str) -> String {
    let upper = text.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or(upper.clone(), str::to_owned)
}

fn capabilities(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for (text, node) in service.texts("cap_add") {
            let name = capability_name(&text);
            // Every container has these unless they are dropped.
            let by_default = matches!(name.as_str(), "MKNOD" | "DAC_OVERRIDE" | "SETFCAP" | "SYS_CHROOT");
            if let Some(severity) = weight(&name)
                && !by_default
            {
                let message = match name.as_str() {
                    "ALL" => "every capability is added, which is nearly `privileged`".to_owned(),
                    _ => format!("capability `{name}` is added, which can lead out of the container"),
                };
                service.report(found, node, message).severity(severity);
            }
        }
    }
}

fn keeps_capabilities(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in compose.services.iter().filter(|service| !service.is_partial) {
        let dropped = service.texts("cap_drop");
        let is_privileged = service.get("privileged").and_then(Node::as_bool) == Some(true);
        if !is_privileged && !dropped.iter().any(|(text, _)| capability_name(text) == "ALL") {
            service.report_missing(found, "the engine's default capabilities are kept: `cap_drop: [ALL]` is missing");
        }
    }
}

/// Reports options under `security_opt`; `=` and `:` are the same to the engine.
fn option(compose: &Compose<'_>, found: &mut Found<'_>, wanted: &[&str], consequence: &str) {
    for service in &compose.services {
        for (text, node) in service.texts("security_opt") {
            let normal = text.trim().replacen(':', "=", 1).to_ascii_lowercase();
            if wanted.contains(&normal.as_str()) {
                service.report(found, node, format!("with `{}` {consequence}", text.trim()));
            }
        }
    }
}

fn gains_privileges(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in compose.services.iter().filter(|service| !service.is_partial) {
        let options = service.texts("security_opt");
        let named = options.iter().find(|(text, _)| text.trim().starts_with("no-new-privileges"));
        let is_set = named.is_some_and(|(text, _)| !text.contains("false"));
        if is_set || service.get("privileged").and_then(Node::as_bool) == Some(true) {
            continue;
        }
        let item = "no-new-privileges:true";
        let message = "set-user-id programs can make a process root: `no-new-privileges:true` is missing";
        match (named, service.node.get("security_opt")) {
            (Some((text, node)), _) => {
                let change = service.owns(node).then(|| (service.place(node), format!("\"{item}\"")));
                let report = service.report(found, node, format!("`{}` lets a process become root", text.trim()));
                report.fix(format!("write `{item}`"), change);
            }
            (None, Some(list)) => {
                let change = service.owns(list).then(|| append(compose.source, list, &format!("\"{item}\""))).flatten();
                service.report(found, list, message).fix(format!("add `{item}`"), change);
            }
            (None, None) => {
                let change = service
                    .owns(service.node)
                    .then(|| set(compose.source, service.node, &["security_opt"], &format!("[\"{item}\"]")));
                service.report_missing(found, message).fix(format!("add `{item}`"), change.flatten());
            }
        }
    }
}

fn root(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        let Some(node) = service.get("user") else { continue };
        let Some(user) = service.text("user") else { continue };
        let name = user.split(':').next().unwrap_or_default().trim();
        if name.eq_ignore_ascii_case("root") || (!name.is_empty() && name.bytes().all(|byte| byte == b'0')) {
            service.report(
                found,
                node,
                format!("`user: {}` runs the service as root", node.as_str().unwrap_or_default()),
            );
        }
    }
}

fn devices(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for node in service.items("devices") {
            let Some(text) = node.as_str().or_else(|| node.text("source")) else { continue };
            let device = text.split(':').next().unwrap_or_default();
            if is_dangerous_device(device) {
                service.report(
                    found,
                    node,
                    format!("device `{device}` gives the container the host's memory or disks"),
                );
            }
        }
        for (text, node) in service.texts("device_cgroup_rules") {
            let mut words = text.split_whitespace();
            if let (Some("a" | "b"), Some("*:*")) = (words.next(), words.next()) {
                service.report(found, node, format!("`{text}` allows every disk of the host"));
            }
        }
    }
}

fn is_dangerous_device(path: &str) -> bool {
    let Some(name) = path.trim_end_matches('/').strip_prefix("/dev") else { return false };
    let name = name.trim_start_matches('/');
    let disk = ["sd", "hd", "vd", "xvd"].iter().any(|prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|each: char| each.is_ascii_lowercase()) && rest.len() <= 4)
    });
    disk || matches!(name, "" | "mem" | "kmem" | "port" | "disk" | "mapper" | "loop-control" | "nvme0" | "*")
        || ["nvme0n", "nvme1n", "mmcblk", "dm-", "mapper/", "disk/", "loop", "md"]
            .iter()
            .any(|each| name.strip_prefix(each).is_some_and(|rest| !rest.is_empty() && rest != "-control"))
}

fn sysctls(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for setting in service.pairs(&["sysctls"]) {
            let name = setting.name.trim();
            let value = setting.value.unwrap_or_default().trim();
            let own = [
                "kernel.shm",
                "kernel.msg",
                "kernel.sem",
                "fs.mqueue.",
                "net.",
                "kernel.domainname",
                "kernel.hostname",
            ];
            let message = if !own.iter().any(|prefix| name.starts_with(prefix)) {
                format!("`{name}` is a setting of the whole host")
            } else if weakens(name, value) {
                format!("`{name}={value}` weakens the network of the container")
            } else {
                continue;
            };
            service.report(found, setting.node, message);
        }
    }
}

fn weakens(name: &str, value: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    match last {
        "route_localnet" | "accept_redirects" | "accept_source_route" | "send_redirects" | "proxy_arp" => value == "1",
        "rp_filter" | "tcp_syncookies" => value == "0",
        _ => false,
    }
}
