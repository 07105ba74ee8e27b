//! Rights, passwords and ways in.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{each_call, list, posix_runs, runs};
use crate::dockerfile::rules::system::source::installed;
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D146",
        title: "files that everyone may write",
        severity: Severity::Medium,
        aliases: &[],
        why: "Any process in the container, and who breaks into it, may then change these files: programs, configuration or data \
              that others trust.",
        advice: "Give the files to the user of the process (`COPY --chown`, `chown`) and only the rights it needs, such as `u+rwX` \
                 or `0755`.",
        references: &["https://cwe.mitre.org/data/definitions/732.html"],
        bad: &[
            "FROM debian:12\nRUN chmod -R 777 /app\n",
            "FROM debian:12\nRUN mkdir /data && chmod a+rwx /data\n",
            "FROM debian:12\nRUN chmod o+w /a\n",
        ],
        good: &[
            "FROM debian:12\nRUN chmod 755 /app && chmod -R u+rwX,go-w /data && chmod 1777 /tmp && chmod +x /777\n",
            "FROM debian:12\nRUN chmod $MODE /app && chmod a+rx /b && chmod g+w /c && chmod o-w /d\n",
        ],
        check: Check::Dockerfile(writable),
    },
    Rule {
        id: "BS-D147",
        title: "program that runs as root whoever starts it",
        severity: Severity::Medium,
        aliases: &[],
        why: "A program with the setuid bit, or with capabilities such as `cap_sys_admin`, works with rights that its caller does \
              not have: every mistake in it makes who broke in root.",
        advice: "Leave it out; let the container start with the one capability that is needed, or do the privileged step in the \
                 build.",
        references: &[CIS, "https://man7.org/linux/man-pages/man7/capabilities.7.html"],
        bad: &[
            "FROM debian:12\nRUN chmod u+s /usr/local/bin/tool\n",
            "FROM debian:12\nRUN chmod 4755 /usr/local/bin/tool\n",
            "FROM debian:12\nRUN setcap cap_sys_admin+ep /usr/local/bin/tool\n",
        ],
        good: &[
            "FROM debian:12\nRUN chmod 0755 /a && chmod g+s /shared && chmod u-s /bin/su && find / -perm /6000 -exec chmod a-s {} +\n",
            "FROM debian:12\nRUN setcap cap_net_bind_service=+ep /usr/local/bin/server\n",
        ],
        check: Check::Dockerfile(setuid),
    },
    Rule {
        id: "BS-D149",
        title: "password set in a build",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_17"],
        why: "The password, or its hash, stands in the Dockerfile, in the history of the image and in `/etc/shadow` of every \
              container: everyone who has the image knows it.",
        advice: "Leave the account without a password (it then cannot log in with one), and give secrets at run time.",
        references: &["https://docs.docker.com/build/building/secrets/", CIS],
        bad: &[
            "FROM debian:12\nRUN echo 'root:secret' | chpasswd\n",
            "FROM debian:12\nRUN useradd -m -p abcdef app\n",
            "FROM debian:12\nRUN echo secret | passwd --stdin app\n",
            "FROM debian:12\nRUN passwd -d root\n",
        ],
        good: &[
            "FROM debian:12\nRUN useradd -m app && passwd -l app && useradd -r -p '*' b && adduser --disabled-password c\n",
        ],
        check: Check::Dockerfile(password),
    },
    Rule {
        id: "BS-D150",
        title: "server for remote logins in the image",
        severity: Severity::Medium,
        aliases: &[],
        why: "An SSH, telnet or VNC server is another process to run, to keep up to date and to guard, with keys and passwords of \
              its own, and it goes past everything that the platform logs and allows.",
        advice: "Remove it, and work in the container with `docker exec` or `kubectl exec`.",
        references: &[CIS],
        bad: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y openssh-server\n",
            "FROM alpine:3.20\nRUN apk add --no-cache dropbear=2024.85-r0\n",
        ],
        good: &["FROM debian:12\nRUN apt-get update && apt-get install -y openssh-client\n"],
        check: Check::Dockerfile(login),
    },
    Rule {
        id: "BS-D151",
        title: "sudo without a password",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `NOPASSWD` whoever gets into the container as this user is root at once: running as another user than root no \
              longer protects anything.",
        advice: "Do what needs root in the build, before `USER`, and leave sudo out of the image.",
        references: &["https://www.sudo.ws/docs/man/sudoers.man/"],
        bad: &["FROM debian:12\nRUN echo 'app ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers\n"],
        good: &[
            "FROM debian:12\nRUN echo 'app ALL=(ALL) /usr/sbin/nginx' >> /etc/sudoers && grep -q NOPASSWD /etc/sudoers\n",
            "FROM debian:12 AS build\nRUN echo 'app ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers\nFROM scratch\nCOPY --from=build /a /a\n",
        ],
        check: Check::Dockerfile(nopasswd),
    },
    Rule {
        id: "BS-D156",
        title: "build step with all rights on the builder",
        severity: Severity::High,
        aliases: &[],
        why: "`RUN --security=insecure` is a privileged container: what it runs, downloaded scripts included, can take over the \
              machine that builds.",
        advice: "Leave it out; most steps need a single tool's rootless mode instead.",
        references: &["https://docs.docker.com/reference/dockerfile/#run---security"],
        bad: &["# syntax=docker/dockerfile:1-labs\nFROM debian:12\nRUN --security=insecure mount -t proc p /mnt\n"],
        good: &["FROM debian:12\nRUN --security=sandbox make\n"],
        check: Check::Dockerfile(|file, found| {
            for run in runs(file) {
                if let Some(flag) = run
                    .instruction
                    .flag("security")
                    .filter(|flag| flag.value.as_ref().is_some_and(|value| value.text == "insecure"))
                {
                    found.report(flag.span, "this `RUN` is privileged on the machine that builds");
                }
            }
        }),
    },
    Rule {
        id: "BS-D157",
        title: "build step in the network of the builder",
        severity: Severity::Medium,
        aliases: &[],
        why: "`RUN --network=host` reaches everything that listens on the machine that builds, metadata services and local \
              databases included; a bad package can do so too.",
        advice: "Leave it out; give the build the one host that it needs with `--add-host`.",
        references: &["https://docs.docker.com/reference/dockerfile/#run---network"],
        bad: &["FROM debian:12\nRUN --network=host make\n"],
        good: &["FROM debian:12\nRUN --network=none make\n"],
        check: Check::Dockerfile(|file, found| {
            for run in runs(file) {
                if let Some(flag) = run
                    .instruction
                    .flag("network")
                    .filter(|flag| flag.value.as_ref().is_some_and(|value| value.text == "host"))
                {
                    found.report(flag.span, "this `RUN` shares the network of the machine that builds");
                }
            }
        }),
    },
];

/// The mode of a call of chmod, or of `install -m`.
fn mode(call: &crate::dockerfile::shell::Call) -> Option<&Word> {
    match call.program() {
        // `-w` is a mode, `-R` is not.
        "chmod" => call
            .arguments()
            .iter()
            .find(|word| !word.text.starts_with('-') || word.text.starts_with("-r") && word.text.len() > 2),
        "install" => call
            .arguments()
            .iter()
            .position(|word| matches!(word.text.as_str(), "-m" | "--mode"))
            .and_then(|at| call.arguments().get(at + 1)),
        _ => None,
    }
}

fn octal(mode: &str) -> Option<u32> {
    let digits = (3..=5).contains(&mode.len()) && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    digits.then(|| u32::from_str_radix(mode, 8).ok()).flatten()
}

/// A clause of a symbolic mode, `a+rwx`, gives one of `rights` to one of `whom`.
fn gives(mode: &str, whom: &[char], right: char) -> bool {
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else { return false };
        let (to, what) = clause.split_at(at);
        !to.contains('-') && to.contains(whom) && what.split('-').next().unwrap_or_default().contains(right)
    })
}

fn writable(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let Some(word) = mode(call) else { return };
        let open = match octal(&word.text) {
            // The sticky bit lets only owners remove.
            Some(mode) => mode & 0o002 != 0 && mode & 0o1000 == 0,
            None => {
                gives(&word.text, &['o', 'a'], 'w')
                    && !gives(&word.text, &['o', 'a', 'u', 'g'], 't')
                    && !word.text.contains("+t")
            }
        };
        if open {
            let all = if call.has(&["-R", "--recursive"]) { " and all below" } else { "" };
            let files: Vec<&Word> =
                call.operands(&[]).into_iter().filter(|each| each.span.start > word.span.start).collect();
            let files = if files.is_empty() { "these files".to_owned() } else { list(&files) };
            found.report(call.span, format!("mode `{}` lets everyone write {files}{all}", word.text));
        }
    });
}

fn setuid(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    const RISKY: [&str; 10] = [
        "cap_sys_admin",
        "cap_setuid",
        "cap_setgid",
        "cap_dac_override",
        "cap_dac_read_search",
        "cap_sys_ptrace",
        "cap_sys_module",
        "cap_chown",
        "cap_fowner",
        "all=",
    ];
    each_call(file, |_, _, call| {
        if let Some(word) = mode(call) {
            let set = match octal(&word.text) {
                Some(mode) => mode & 0o4000 != 0,
                None => gives(&word.text, &['u', 'a'], 's') || word.text == "+s",
            };
            if set {
                found.report(call.span, format!("mode `{}` sets the setuid bit", word.text));
            }
        }
        if call.is(&["setcap"])
            && let Some(word) = call
                .arguments()
                .iter()
                .find(|word| RISKY.iter().any(|risky| word.text.to_ascii_lowercase().contains(risky)))
        {
            found.report(word.span, format!("`{}` is as good as root", word.text));
        }
    });
}

fn password(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let named = |options: &[&str]| {
            call.value_of(options).filter(|value| !value.starts_with(['*', '!', 'x']) && !value.is_empty())
        };
        let sets = match call.program() {
            "chpasswd" => true,
            "passwd" => call.has(&["--stdin", "-d", "--delete"]),
            "useradd" | "usermod" => named(&["-p", "--password"]).is_some(),
            _ => false,
        };
        if sets {
            found.report(call.span, format!("`{}` sets a password that everyone with the image gets", call.program()));
        }
    });
}

fn login(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    const SERVERS: [&str; 12] = [
        "openssh-server",
        "openssh-sftp-server",
        "dropbear",
        "telnetd",
        "telnet-server",
        "inetutils-telnetd",
        "rsh-server",
        "rsh-redone-server",
        "tigervnc-standalone-server",
        "x11vnc",
        "xrdp",
        "tightvncserver",
    ];
    for run in posix_runs(file).filter(|run| run.kept) {
        for call in run.calls.iter() {
            for name in installed(call) {
                let bare = name.text.split(['=', '~', '<', '>', '/']).next().unwrap_or_default();
                if SERVERS.contains(&bare) {
                    found.report(name.span, format!("`{bare}` lets people log into the container from afar"));
                }
            }
        }
    }
}

fn nopasswd(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file).filter(|run| run.kept) {
        for call in run.calls.iter().filter(|call| call.is(&["echo", "printf", "sed", "tee", "cat"])) {
            let word = call.arguments().iter().find(|word| word.text.contains("NOPASSWD"));
            let body = call
                .redirects
                .iter()
                .filter_map(|redirect| redirect.body)
                .find(|body| file.source.slice(*body).contains("NOPASSWD"));
            if let Some(span) = word.map(|word| word.span).or(body) {
                found.report(span, "whoever is this user is root without a password");
            }
        }
    }
}
