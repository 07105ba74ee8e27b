//! Rules on what a container of the image is started with.

use boltseal_evidence::Severity;

use super::Image;
use crate::compose::is_verification_off;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, secret_in, secret_of};
use crate::yaml::Node;

const CONFIG: &str = "https://github.com/opencontainers/image-spec/blob/main/config.md";
const CIS: &str = "https://www.cisecurity.org/benchmark/docker";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-I001",
        title: "image runs as root",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-4.1"],
        why: "Whoever breaks into the program is root in the container, and one hole in the engine or one mounted directory away from root on the host.",
        advice: "End the Dockerfile with `USER` and a number other than 0, and give the files that the program writes to it.",
        references: &[CONFIG, CIS],
        bad: &[
            r#"{"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/app"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "os": "linux", "config": {"User": "0:0"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "os": "windows", "config": {"User": "ContainerAdministrator"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "os": "linux", "config": {"User": "10001:0"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "os": "windows", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(root),
    },
    Rule {
        id: "BS-I002",
        title: "user by name instead of number",
        severity: Severity::Low,
        aliases: &[],
        why: "Kubernetes cannot tell from a name that it is not root: with `runAsNonRoot: true` such an image does not start.",
        advice: "Write the number in `USER`, such as `USER 10001`.",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/", CONFIG],
        bad: &[
            r#"{"architecture": "amd64", "os": "linux", "config": {"User": "app"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "os": "linux", "config": {"User": "10001"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "os": "linux", "config": {"User": "10001:app"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            if let Some((user, node)) = user(image)
                && !image.is_windows()
                && !is_root(user)
                && !user.bytes().all(|byte| byte.is_ascii_digit())
            {
                found.report(node.span, format!("user `{user}` is a name, which nobody can tell from root"));
            }
        }),
    },
    Rule {
        id: "BS-I003",
        title: "server without a health check",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-4.6"],
        why: "Without a health check an engine counts a program that hangs as running. Kubernetes does not use it: there probes do the same.",
        advice: "Add `HEALTHCHECK` with a command that fails when the program no longer answers.",
        references: &["https://docs.docker.com/reference/dockerfile/#healthcheck", CIS],
        bad: &[
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"8080/tcp": {}}, "Cmd": ["/app"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {"Test": ["NONE"]}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {"Test": ["CMD", "/app", "ping"]}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Cmd": ["/tool"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            let Some((key, ports)) = image.settings().and_then(|settings| settings.entry("ExposedPorts")) else {
                return;
            };
            let test = image.setting("Healthcheck").and_then(|check| check.list("Test").first()).and_then(Node::as_str);
            if !ports.entries().is_empty() && test.is_none_or(|test| test == "NONE") {
                found.report(key.span, "the image serves a port but has no health check");
            }
        }),
    },
    Rule {
        id: "BS-I004",
        title: "secret in the environment",
        severity: Severity::High,
        aliases: &["CIS-Docker-4.10"],
        why: "Whoever can pull the image reads its environment with one command; deleting the variable in a later layer does not take it out of the history.",
        advice: "Change the secret, remove `ENV` or `ARG`, and give it to the container when it starts, or to the build by `RUN --mount=type=secret`.",
        references: &["https://docs.docker.com/build/building/secrets/", CIS],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Env": ["PATH=/bin", "DB_PASSWORD=hunter22"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Env": ["PATH=/bin", "DB_PASSWORD_FILE=/run/secrets/db", "DB_PASSWORD=", "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            for (name, value, node) in image.environment() {
                if let Some(what) = given_away(name, value) {
                    found.report(node.span, format!("`{name}` in the environment holds {what}"));
                }
            }
        }),
    },
    Rule {
        id: "BS-I005",
        title: "secret in a label or the command",
        severity: Severity::High,
        aliases: &["CIS-Docker-4.10"],
        why: "Labels and the command are shown to whoever can pull the image, and the command also in the list of processes.",
        advice: "Change the secret and give it to the container when it starts, as a file or a variable.",
        references: &["https://docs.docker.com/build/building/secrets/", CIS],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Labels": {"api.token": "ghp_0123456789abcdefghijklmnopqrstuvwxyz"}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Cmd": ["/app", "--db-password=hunter22"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Labels": {"maintainer": "a@example.org"}, "Cmd": ["/app", "--password-file=/run/p"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(labels_and_command),
    },
    Rule {
        id: "BS-I006",
        title: "port of a remote login",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.7"],
        why: "A container with a login server of its own has a second way in, with keys and passwords outside the engine's access control.",
        advice: "Remove the server and its `EXPOSE`; `docker exec` and `kubectl exec` lead into a container.",
        references: &[CIS, CONFIG],
        bad: &[
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"22/tcp": {}}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Cmd": ["/usr/sbin/sshd", "-D"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"2222/tcp": {}, "8080": {}}, "Cmd": ["/app"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(login),
    },
    Rule {
        id: "BS-I007",
        title: "port that only root may open",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-5.8"],
        why: "A port below 1024 needs root or a capability on hosts that do not open them to everyone, so images that use one tend to be run with more rights than they need.",
        advice: "Let the program listen on a port from 1024 on, such as 8080, and map it from outside.",
        references: &[CIS, CONFIG],
        bad: &[
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"80/tcp": {}}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"ExposedPorts": {"8080/tcp": {}, "1024-1030/tcp": {}}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            for (port, node) in ports(image) {
                if port < 1024 && !LOGINS.iter().any(|(login, _)| *login == port) {
                    found.report(node.span, format!("port {port} needs root or a capability"));
                }
            }
        }),
    },
    Rule {
        id: "BS-I008",
        title: "certificates are not verified",
        severity: Severity::High,
        aliases: &[],
        why: "The variable makes every program of its kind in the image believe whoever answers: anyone on the way can read and change what is sent.",
        advice: "Remove the variable; add the certificate of an authority of your own to the image's trust store instead.",
        references: &["https://cwe.mitre.org/data/definitions/295.html"],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Env": ["NODE_TLS_REJECT_UNAUTHORIZED=0"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Env": ["NODE_TLS_REJECT_UNAUTHORIZED=1", "NODE_EXTRA_CA_CERTS=/ca.pem"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            for (name, value, node) in image.environment() {
                if is_verification_off(name, value) {
                    found.report(node.span, format!("`{name}={value}` makes programs believe any certificate"));
                }
            }
        }),
    },
    Rule {
        id: "BS-I009",
        title: "programs or libraries from a place that anyone can fill",
        severity: Severity::Medium,
        aliases: &[],
        why: "If programs or libraries are looked for in the current directory or in `/tmp`, whoever can put a file there decides what runs, as the user of the container.",
        advice: "Name absolute directories only, without empty parts (`::`), that belong to root; do without `LD_PRELOAD`.",
        references: &[
            "https://man7.org/linux/man-pages/man8/ld.so.8.html",
            "https://cwe.mitre.org/data/definitions/426.html",
        ],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Env": ["PATH=.:/usr/bin"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Env": ["LD_LIBRARY_PATH=/opt/lib:"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Env": ["LD_PRELOAD=/tmp/x.so"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Env": ["PATH=/usr/local/bin:/usr/bin", "LD_PRELOAD=/usr/lib/libjemalloc.so.2"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "os": "windows", "config": {"Env": ["PATH=c:\\Windows;c:\\app"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(search_paths),
    },
    Rule {
        id: "BS-I010",
        title: "a shell stands between the engine and the program",
        severity: Severity::Negligible,
        aliases: &[],
        why: "Started through a shell, the program does not get the signal to stop and is killed after a while with its work half done; and what stands in variables may be run by the shell.",
        advice: "Write `ENTRYPOINT` and `CMD` as lists, or begin the line with `exec`.",
        references: &["https://docs.docker.com/reference/dockerfile/#shell-and-exec-form"],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Entrypoint": ["/bin/sh", "-c", "/app --port 8080"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Entrypoint": ["/app"], "Cmd": ["--port", "8080"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Cmd": ["/bin/sh", "-c", "exec /app"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "config": {"Cmd": ["/bin/bash"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            let command = image.command();
            if let [(shell, node), (option, _), (line, _), ..] = command.as_slice()
                && matches!(shell.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"))
                && *option == "-c"
                && !line.contains("exec ")
            {
                found.report(node.span, format!("`{shell} -c` keeps the signal to stop from the program"));
            }
        }),
    },
    Rule {
        id: "BS-I011",
        title: "stop signal that gives no time",
        severity: Severity::Low,
        aliases: &[],
        why: "`SIGKILL` ends the program on the spot: what it was writing is cut off, and locks and connections stay open.",
        advice: "Remove `STOPSIGNAL`, or name the one on which the program closes in order, `SIGTERM` mostly.",
        references: &["https://docs.docker.com/reference/dockerfile/#stopsignal"],
        bad: &[
            r#"{"architecture": "amd64", "config": {"StopSignal": "SIGKILL"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"StopSignal": "SIGQUIT"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            if let Some(node) = image.setting("StopSignal")
                && let Some(signal) = node.as_str().filter(|text| matches!(*text, "SIGKILL" | "KILL" | "9"))
            {
                found.report(node.span, format!("`{signal}` ends the program on the spot"));
            }
        }),
    },
    Rule {
        id: "BS-I012",
        title: "working directory that is not absolute",
        severity: Severity::Low,
        aliases: &[],
        why: "What a relative working directory is depends on the tool that starts the container, and so does which files the program finds.",
        advice: "Give `WORKDIR` a path from the root on.",
        references: &["https://docs.docker.com/reference/dockerfile/#workdir"],
        bad: &[
            r#"{"architecture": "amd64", "config": {"WorkingDir": "app"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"WorkingDir": "/app"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
            r#"{"architecture": "amd64", "os": "windows", "config": {"WorkingDir": "C:\\app"}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            if let Some(node) = image.setting("WorkingDir")
                && let Some(path) = node.as_str().filter(|path| !path.is_empty() && !path.starts_with('/'))
                && !image.is_windows()
            {
                found.report(node.span, format!("working directory `{path}` is not absolute"));
            }
        }),
    },
    Rule {
        id: "BS-I013",
        title: "volume over a directory of the system",
        severity: Severity::Medium,
        aliases: &[],
        why: "A volume keeps what is written and outlives the image: over a directory with programs or accounts it keeps an intruder's changes and hides the fixes of the next version.",
        advice: "Declare volumes for data only, or leave them to who starts the container.",
        references: &["https://docs.docker.com/reference/dockerfile/#volume", CONFIG],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Volumes": {"/etc": {}}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Volumes": {"/var/lib/app": {}, "/etc/app": {}}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            for (key, _) in image.setting("Volumes").map_or(&[][..], Node::entries) {
                let path = key.as_str().unwrap_or_default();
                let bare = path.trim_end_matches('/');
                let system = [
                    "", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/root", "/usr/bin", "/usr/lib", "/var/run",
                ];
                if (system.contains(&bare) && !path.is_empty()) || bare.ends_with("docker.sock") {
                    found.report(key.span, format!("a volume over `{path}` keeps changes to the system"));
                }
            }
        }),
    },
    Rule {
        id: "BS-I014",
        title: "instructions for images built on this one",
        severity: Severity::Low,
        aliases: &[],
        why: "`ONBUILD` runs in the builds of others, where nobody sees it in the Dockerfile: it can copy their whole context or fetch what they do not know of.",
        advice: "Remove `ONBUILD` and let the other Dockerfiles say what they do.",
        references: &["https://docs.docker.com/reference/dockerfile/#onbuild"],
        bad: &[
            r#"{"architecture": "amd64", "config": {"OnBuild": ["COPY . /app"]}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"OnBuild": null}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            for node in image.setting("OnBuild").map_or(&[][..], Node::items) {
                let text = node.as_str().unwrap_or_default();
                found.report(node.span, format!("`ONBUILD {text}` runs unseen in the builds of others"));
            }
        }),
    },
    Rule {
        id: "BS-I015",
        title: "no label that says where the image comes from",
        severity: Severity::Negligible,
        aliases: &[],
        why: "When a hole is found in the program, nobody can tell from the image which source it was built from and who maintains it.",
        advice: "Set the label `org.opencontainers.image.source`, and `org.opencontainers.image.revision` with the commit.",
        references: &["https://github.com/opencontainers/image-spec/blob/main/annotations.md"],
        bad: &[
            r#"{"architecture": "amd64", "config": {"Labels": {"maintainer": "a"}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        good: &[
            r#"{"architecture": "amd64", "config": {"Labels": {"org.opencontainers.image.source": "https://example.org/a"}}, "rootfs": {"type": "layers", "diff_ids": []}}"#,
        ],
        check: Check::Image(|image, found| {
            let labels = image.setting("Labels");
            let names = [
                "org.opencontainers.image.source",
                "org.opencontainers.image.url",
                "org.label-schema.vcs-url",
                "vcs-url",
            ];
            if !names.iter().any(|name| labels.is_some_and(|labels| labels.get(name).is_some())) {
                found.report(image.heading(), "the image does not say which source it was built from");
            }
        }),
    },
];

/// The user without group, and where it stands; `None` if none is set.
pub(super) fn user<'a>(image: &Image<'a>) -> Option<(&'a str, &'a Node)> {
    let node = image.setting("User")?;
    let user = node.as_str()?.split(':').next().unwrap_or_default().trim();
    (!user.is_empty()).then_some((user, node))
}

fn is_root(user: &str) -> bool {
    user == "root" || user.bytes().all(|byte| byte == b'0')
}

fn root(image: &Image<'_>, found: &mut Found<'_>) {
    match user(image) {
        None if !image.is_windows() => {
            found.report(image.heading(), "no user is set, so the image runs as root");
        }
        Some((user, node)) if !image.is_windows() && is_root(user) => {
            found.report(node.span, format!("user `{user}` is root"));
        }
        Some((user, node)) if image.is_windows() && user.eq_ignore_ascii_case("ContainerAdministrator") => {
            found.report(node.span, format!("user `{user}` may do everything in the container"));
        }
        _ => {}
    }
}

/// What a name and a value give away.
pub(super) fn given_away(name: &str, value: &str) -> Option<&'static str> {
    let value = value.trim().trim_matches(['"', '\'']);
    secret_of(name, value).or_else(|| credentials_in_url(value).is_some().then_some("a password in an address"))
}

fn labels_and_command(image: &Image<'_>, found: &mut Found<'_>) {
    for (key, value) in image.setting("Labels").map_or(&[][..], Node::entries) {
        let (name, text) = (key.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
        if let Some(what) = given_away(name, text) {
            found.report(value.span, format!("label `{name}` holds {what}"));
        }
    }
    for (word, node) in image.command() {
        let option = word.trim_start_matches('-').split_once('=').filter(|_| word.starts_with('-'));
        let what = option.and_then(|(name, value)| given_away(name, value)).or_else(|| secret_in(word));
        if let Some(what) = what.or_else(|| credentials_in_url(word).is_some().then_some("a password in an address")) {
            found.report(node.span, format!("the command holds {what}"));
        }
    }
}

/// Ports by which people log in.
const LOGINS: &[(u32, &str)] = &[
    (22, "SSH"),
    (23, "telnet"),
    (512, "rexec"),
    (513, "rlogin"),
    (514, "rsh"),
    (3389, "Remote Desktop"),
    (5900, "VNC"),
];

/// The exposed ports, with where they stand; of a range the first.
fn ports<'a>(image: &Image<'a>) -> impl Iterator<Item = (u32, &'a Node)> {
    let entries = image.setting("ExposedPorts").map_or(&[][..], Node::entries);
    entries.iter().filter_map(|(key, _)| {
        let number = key.as_str()?.split(['/', '-']).next()?;
        Some((number.parse().ok()?, key))
    })
}

fn login(image: &Image<'_>, found: &mut Found<'_>) {
    for (port, node) in ports(image) {
        if let Some((_, what)) = LOGINS.iter().find(|(login, _)| *login == port) {
            found.report(node.span, format!("port {port} is that of {what}"));
        }
    }
    if let Some((word, node)) = image.command().into_iter().find(|(word, _)| word.rsplit('/').next() == Some("sshd")) {
        found.report(node.span, format!("`{word}` is an SSH server"));
    }
}

fn search_paths(image: &Image<'_>, found: &mut Found<'_>) {
    if image.is_windows() {
        return;
    }
    for (name, value, node) in image.environment() {
        let parts = match name {
            "PATH" | "LD_LIBRARY_PATH" => value.split(':'),
            "LD_PRELOAD" | "LD_AUDIT" => value.split(' '),
            _ => continue,
        };
        let is_open = |part: &&str| {
            !part.starts_with('/') || ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|open| part.starts_with(open))
        };
        // A library by its bare name is looked for in the system's directories.
        let is_named = |part: &&str| name.starts_with("LD_PRE") && !part.contains('/');
        if !value.is_empty()
            && let Some(part) = parts.filter(|part| !is_named(part)).find(is_open)
        {
            let what = if part.is_empty() { "the current directory".to_owned() } else { format!("`{part}`") };
            found.report(node.span, format!("`{name}` names {what}, where others may put files"));
        }
    }
}
