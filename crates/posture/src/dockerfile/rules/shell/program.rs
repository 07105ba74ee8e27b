//! Programs that have no place in a build.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{self, Options, each_call, posix_runs};
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D142",
        title: "sudo in a build",
        severity: Severity::Low,
        aliases: &["DL3004", "DS-0010", "CKV2_DOCKER_1"],
        why: "A build runs as root until `USER` says otherwise, so `sudo` gives nothing but a program in the image that makes \
              everyone root who may use it. It also changes the environment and does not pass on signals.",
        advice: "Put what needs root before `USER`, or change to `USER root` and back. To drop rights at run time use `gosu` or \
                 `setpriv`.",
        references: &["https://docs.docker.com/build/building/best-practices/#user"],
        bad: &[
            "FROM debian:12\nUSER root\nRUN sudo apt-get update\n",
            "FROM debian:12\nRUN if true; then sudo -u app make; fi\n",
            "FROM debian:12\nRUN [\"sudo\", \"make\"]\n",
        ],
        good: &[
            "FROM debian:12\nRUN apt-get update && apt-get install -y sudo\n",
            "FROM debian:12\nUSER root\nRUN make\nUSER app\n",
        ],
        check: Check::Dockerfile(sudo),
    },
    Rule {
        id: "BS-D143",
        title: "program that makes no sense in a build",
        severity: Severity::Low,
        aliases: &["DL3001"],
        why: "A build has no services, no other processes, no terminal and no machine of its own: what is started is gone with \
              the `RUN`, and nothing of it is in the image but traces such as lock files.",
        advice: "Remove it; start services in the entry point, and prepare their data with a script that runs at the start.",
        references: &["https://docs.docker.com/build/building/best-practices/"],
        bad: &[
            "FROM debian:12\nRUN service nginx start\n",
            "FROM debian:12\nRUN make && top -n 1 && ps aux\n",
            "FROM debian:12\nRUN systemctl restart ssh\n",
        ],
        good: &[
            "FROM debian:12\nRUN systemctl enable nginx && echo service && ls /etc/ssh\n",
            "FROM debian:12\nRUN --mount=type=ssh ssh -T git@github.com\n",
            "FROM postgres:16\nRUN ./server & ./migrate && kill $!\n",
        ],
        check: Check::Dockerfile(pointless),
    },
    Rule {
        id: "BS-D145",
        title: "user with a high number makes a huge log file",
        severity: Severity::Low,
        aliases: &["DL3046"],
        why: "`useradd` writes the user into `/var/log/lastlog` and `faillog` at a place given by its number: sparse files that \
              become gigabytes in a layer.",
        advice: "Add `-l` (`--no-log-init`), or choose a number below 100000.",
        references: &["https://docs.docker.com/build/building/best-practices/#user"],
        bad: &[
            "FROM debian:12\nRUN useradd -u 1000660000 app\n",
            "FROM debian:12\nRUN useradd --uid 1000660000 -m app\n",
        ],
        good: &[
            "FROM debian:12\nRUN useradd -l -u 1000660000 app && useradd --no-log-init --uid=1000660000 b\n",
            "FROM debian:12\nRUN useradd -u 10001 app && useradd -u $UID b\n",
        ],
        check: Check::Dockerfile(useradd),
    },
    Rule {
        id: "BS-D153",
        title: "everything removed",
        severity: Severity::High,
        aliases: &[],
        why: "`rm -rf /` or `/*` removes the system that the build works on; most often a blank has slipped into a path.",
        advice: "Name what shall be removed, as in `rm -rf /tmp/*`.",
        references: &["https://www.gnu.org/software/coreutils/manual/html_node/Treating-_002f-specially.html"],
        bad: &["FROM debian:12\nRUN rm -rf /tmp /*\n", "FROM debian:12\nRUN rm -rf --no-preserve-root /\n"],
        good: &["FROM debian:12\nRUN rm -rf /tmp/* /var/tmp/* ./*\n"],
        check: Check::Dockerfile(remove_all),
    },
    Rule {
        id: "BS-D158",
        title: "setting of the running kernel changed in a build",
        severity: Severity::Low,
        aliases: &[],
        why: "`sysctl`, kernel modules and firewall rules belong to the machine that builds, not to the image: the command fails \
              there, or, with rights it should not have, changes that machine.",
        advice: "Set it where the container runs: `--sysctl`, the pod's `securityContext.sysctls`, a network policy.",
        references: &["https://docs.docker.com/reference/cli/docker/container/run/#sysctl"],
        bad: &[
            "FROM debian:12\nRUN sysctl -w net.core.somaxconn=1024\n",
            "FROM debian:12\nRUN echo 1 > /proc/sys/net/ipv4/ip_forward\n",
        ],
        good: &[
            "FROM debian:12\nRUN echo net.core.somaxconn=1024 >> /etc/sysctl.conf && apt-get install -y iptables\n",
        ],
        check: Check::Dockerfile(kernel),
    },
];

fn sudo(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut root: Vec<(usize, bool)> = Vec::new();
    let mut is_root = false;
    for instruction in file.all() {
        match &instruction.body {
            Body::From(_) => is_root = false,
            Body::User(user) => is_root = matches!(user.text.split(':').next(), Some("root" | "0")),
            _ => {}
        }
        root.push((instruction.span.start, is_root));
    }
    each_call(file, |run, _, call| {
        let Some(first) = call.words.first().filter(|first| first.text.rsplit('/').next() == Some("sudo")) else {
            return;
        };
        let report = found.report(call.span, "`sudo` in a build, which is root unless `USER` says otherwise");
        let at = root.partition_point(|(start, _)| *start < run.instruction.span.start);
        let as_root = root.get(at).is_some_and(|(_, is_root)| *is_root);
        let second = call.words.get(1).filter(|second| !second.text.starts_with('-') && !second.text.contains('='));
        if let Some(second) = second.filter(|_| as_root) {
            report.fix(
                "run it without `sudo`: the build is root here",
                [(Span::new(first.span.start, second.span.start), String::new())],
            );
        }
    });
}

/// Beyond hadolint: `systemctl`, `reboot`, `ifconfig` and editors. Unlike it, `kill` of what the script itself started, and
/// `ssh` with `--mount=type=ssh`, are left alone.
fn pointless(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |run, _, call| {
        let program = call.program();
        let hit = match program {
            "free" | "ps" | "service" | "shutdown" | "top" | "htop" | "vim" | "vi" | "nano" | "ifconfig" | "reboot"
            | "halt" => true,
            "mount" => !call.arguments().is_empty() || call.words.len() == 1,
            "kill" => !call
                .arguments()
                .iter()
                .any(|word| word.text.contains('$') || word.text.starts_with('%') || word.text.contains('`')),
            "ssh" => !run.instruction.flag_values("mount").any(|mount| mount.text.contains("type=ssh")),
            "systemctl" => call.operands(&[]).first().is_some_and(|verb| {
                matches!(
                    verb.text.as_str(),
                    "start" | "stop" | "restart" | "reload" | "status" | "daemon-reload" | "try-restart"
                )
            }),
            _ => false,
        };
        let asks = call.has(&["--version", "--help", "-V"]);
        if hit && !asks {
            found.report(call.span, format!("`{program}` makes no sense in a build"));
        }
    });
}

/// Beyond hadolint: `--uid number`.
fn useradd(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |run, _, call| {
        if !call.is(&["useradd"]) {
            return;
        }
        let long = [
            "uid",
            "gid",
            "groups",
            "home-dir",
            "home",
            "shell",
            "comment",
            "base-dir",
            "skel",
            "password",
            "expiredate",
        ];
        let options = Options::read(call, "bcdefgGkKprRsuZ", &long);
        let high = options
            .values(&["u", "uid"])
            .any(|(number, _)| number.len() > 5 && number.bytes().all(|byte| byte.is_ascii_digit()));
        if !high || options.has(&["l", "no-log-init"]) {
            return;
        }
        let report = found.report(call.span, "`useradd` without `-l` makes a huge `lastlog` for this number");
        if let Some(program) = call.effective().first() {
            report.fix("add `-l`", [run::insert(run, program, "-l")]);
        }
    });
}

fn remove_all(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["rm"])) {
            let all = call.arguments().iter().find(|word| {
                matches!(word.text.as_str(), "/" | "/*" | "/." | "//" | "/.*")
                    && file.source.slice(word.span) == word.text
            });
            if let Some(word) = all.filter(|_| call.has(&["-r", "-R", "--recursive"])) {
                found.report(word.span, format!("`rm` of `{}` removes the whole system", word.text));
            }
        }
    }
}

fn kernel(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let loads = call.is(&["modprobe", "insmod", "rmmod", "iptables", "ip6tables", "nft", "iptables-restore"]);
        let sets = call.is(&["sysctl"])
            && (call.has(&["-w", "--write", "-p", "--load", "--system"])
                || call.arguments().iter().any(|word| word.text.contains('=')));
        let writes = call.redirects.iter().any(|redirect| {
            redirect.operator.contains('>')
                && ["/proc/sys/", "/sys/"].iter().any(|start| redirect.target.text.starts_with(start))
        });
        if (loads && !call.has(&["--version", "-V"])) || sets || writes {
            found.report(call.span, "this concerns the machine that builds, not the image");
        }
    });
}
