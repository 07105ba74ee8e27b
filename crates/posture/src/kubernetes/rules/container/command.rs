//! Commands that say what the container is up to.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::rules::example::container;
use crate::kubernetes::rules::page;
use crate::kubernetes::{Container, Workload};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The words of `command` and `args`, each with its node: a whole script is one node with many words.
fn arguments<'a>(container: &Container<'a>) -> impl Iterator<Item = (&'a Node, &'a str)> {
    let node = container.node;
    node.list("command").iter().chain(node.list("args")).filter_map(|item| Some((item, item.as_str()?)))
}

/// The words of `command` and `args` in a row, scripts taken apart at blanks and at what ends a command.
fn words<'a>(container: &Container<'a>) -> impl Iterator<Item = (&'a Node, &'a str)> {
    arguments(container).flat_map(|(node, text)| {
        let code = text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with('#'));
        code.flat_map(move |line| line.split([' ', '\t', '\n', '\r', ';', '&', '(', ')']).map(move |word| (node, word)))
            .filter(|(_, word)| !word.is_empty())
    })
}

/// The program of a path: `/usr/bin/nsenter` is `nsenter`.
fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

pub(super) const ENTERS_NODE: Rule = Rule {
    id: "BS-K025",
    title: "command that leaves the container for the node",
    severity: Severity::High,
    aliases: &[],
    why: "`nsenter` into process 1, or `chroot` into a mount of the node, runs what follows as root of the node, \
          outside of all that was said about the container.",
    advice: "Do the work on the node when it is set up, or by a component made for it (a CSI or CNI plugin), and \
             mount just the files that the program needs.",
    references: &["https://man7.org/linux/man-pages/man1/nsenter.1.html", page::POD_SECURITY],
    bad: &[
        container!(
            "    command: [nsenter, --target, \"1\", --mount, --, bash]
"
        ),
        container!(
            "    command: [sh, -c]
    args:
    - |
      set -e
      chroot /host systemctl restart kubelet
"
        ),
        container!(
            "    command: [/usr/bin/nsenter, -t1, -m, -u, -i, -n, sh]
"
        ),
    ],
    good: &[
        container!(
            "    command: [sh, -c, \"chroot /srv/jail ./serve\"]
"
        ),
        container!(
            "    command:
    - sh
    - -c
    - |
      # never nsenter -t 1 here
      echo ready
"
        ),
    ],
    check: Check::Workload(enters_node),
};

fn enters_node(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        let mut words = words(container).peekable();
        while let Some((node, word)) = words.next() {
            let name = program(word);
            let into = match name {
                "nsenter" => {
                    let mut target = false;
                    let mut one = false;
                    for (_, option) in words.by_ref().take(4) {
                        one |= matches!(option, "-t1" | "--target=1" | "-at1") || (target && option == "1");
                        target = matches!(option, "-t" | "--target" | "-at" | "-mt");
                        one |= option.starts_with("/proc/1/") || option.contains("=/proc/1/");
                    }
                    one
                }
                "chroot" => words.peek().is_some_and(|(_, root)| {
                    matches!(
                        root.trim_end_matches('/'),
                        "/host"
                            | "/rootfs"
                            | "/hostfs"
                            | "/host-root"
                            | "/mnt/host"
                            | "/hostroot"
                            | "/node"
                            | "/proc/1/root"
                    )
                }),
                _ => false,
            };
            if into {
                found
                    .report(node.span, format!("`{name}` takes container `{}` into the node", container.name()))
                    .within(&container.title());
                break;
            }
        }
    }
}

pub(super) const FETCHED_SCRIPT: Rule = Rule {
    id: "BS-K026",
    title: "script fetched and run at start",
    severity: Severity::Medium,
    aliases: &[],
    why: "What is fetched from the network and piped into a shell at each start was never reviewed nor scanned, and \
          may be something else at the next start.",
    advice: "Put the script into the image, or into a ConfigMap that is reviewed like code.",
    references: &["https://slsa.dev/spec/v1.0/threats-overview", page::HARDENING],
    bad: &[container!(
        "    command: [sh, -c, \"curl -fsSL https://get.example.com/setup.sh | sh\"]
"
    )],
    good: &[
        container!(
            "    command: [sh, -c, \"curl -fsS http://localhost:8080/metrics | grep up\"]
"
        ),
        container!(
            "    args: [--script, https://get.example.com/setup.sh]
"
        ),
    ],
    check: Check::Workload(fetched_script),
};

fn fetched_script(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        let piped = arguments(container).find(|(_, text)| text.contains('|') && text.lines().any(is_fetch_into_shell));
        if let Some((node, _)) = piped {
            found
                .report(node.span, format!("container `{}` runs a script from the network", container.name()))
                .within(&container.title());
        }
    }
}

fn is_fetch_into_shell(line: &str) -> bool {
    if line.trim_start().starts_with('#') {
        return false;
    }
    let mut fetched = false;
    for part in line.split('|') {
        let mut words = part.split([' ', '\t', ';', '&', '(', ')']).filter(|word| !word.is_empty());
        let first = words.next().map_or("", program);
        let first = if first == "sudo" || first == "env" { words.next().map_or("", program) } else { first };
        if fetched && matches!(first, "sh" | "bash" | "ash" | "dash" | "zsh" | "python" | "python3" | "perl") {
            return true;
        }
        fetched = part.split([' ', '\t', ';', '&', '(', ')']).any(|word| matches!(program(word), "curl" | "wget"));
    }
    false
}

pub(super) const INSTALLS: Rule = Rule {
    id: "BS-K027",
    title: "packages installed at start",
    severity: Severity::Low,
    aliases: &[],
    why: "Packages that are installed when a container starts are not in the image that was scanned and signed, need \
          root and a writable file system, and make the start depend on a mirror.",
    advice: "Install them when the image is built.",
    references: &["https://kubernetes.io/docs/concepts/containers/images/", page::HARDENING],
    bad: &[
        container!(
            "    command: [sh, -c, \"apt-get update && apt-get install -y curl && ./serve\"]
"
        ),
        container!(
            "    command: [sh, -c]
    args: [\"apk --no-cache add jq; ./serve\"]
"
        ),
    ],
    good: &[
        container!(
            "    command: [sh, -c, \"echo install the chart with helm install; ./serve\"]
"
        ),
        container!(
            "    args: [add, apk]
"
        ),
    ],
    check: Check::Workload(installs),
};

fn installs(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        let mut manager = None;
        let mut left = 0;
        for (node, word) in words(container) {
            let verbs: &[&str] = match program(word) {
                "apt-get" | "apt" | "yum" | "dnf" | "microdnf" | "zypper" => &["install"],
                "apk" => &["add"],
                "pip" | "pip3" | "gem" => &["install"],
                "npm" => &["install", "i"],
                _ => &[],
            };
            if !verbs.is_empty() {
                manager = Some((program(word), verbs));
                left = 4;
            } else if left > 0
                && let Some((name, verbs)) = manager
            {
                left -= 1;
                if verbs.contains(&word) {
                    found
                        .report(node.span, format!("`{name} {word}` when container `{}` starts", container.name()))
                        .within(&container.title());
                    break;
                }
                if !word.starts_with('-') {
                    left = 0;
                }
            }
        }
    }
}

pub(super) const SSHD: Rule = Rule {
    id: "BS-K028",
    title: "SSH server in a container",
    severity: Severity::Medium,
    aliases: &["C-0042"],
    why: "An SSH server is a second way in, past the API server's authentication, authorisation and audit.",
    advice: "Remove it, and use `kubectl exec` or `kubectl debug`, which both are controlled by RBAC and logged.",
    references: &["https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/"],
    bad: &[container!(
        "    command: [/usr/sbin/sshd, -D]
"
    )],
    good: &[container!(
        "    command: [/usr/bin/git-server, --no-sshd]
"
    )],
    check: Check::Workload(sshd),
};

fn sshd(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        if let Some((node, word)) = words(container).find(|(_, word)| matches!(program(word), "sshd" | "dropbear")) {
            found
                .report(node.span, format!("container `{}` runs the SSH server `{}`", container.name(), program(word)))
                .within(&container.title());
        }
    }
}
