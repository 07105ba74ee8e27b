//! How curl and wget are called.

use boltseal_evidence::Severity;

use super::{Download, is_near};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{self, each_call, posix_runs, root_images};
use crate::dockerfile::rules::system::source::installed;
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D237",
        title: "both curl and wget used",
        severity: Severity::Low,
        aliases: &["DL4001", "DS-0014"],
        why: "Two programs for the same thing are twice the packages to install and to keep free of vulnerabilities.",
        advice: "Choose one of them for the whole stage.",
        references: &["https://github.com/hadolint/hadolint/wiki/DL4001"],
        bad: &[
            "FROM debian:12\nRUN wget -q https://example.com/a\nRUN curl -fsSLO https://example.com/b\n",
            "FROM debian:12\nRUN wget -q https://example.com/a && curl -fsSLO https://example.com/b\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLO https://example.com/a\nRUN curl -fsSLO https://example.com/b\n",
            "FROM debian:12 AS a\nRUN curl -fsSLO https://example.com/a\nFROM alpine:3.20\nRUN wget -q https://example.com/b\n",
            "FROM debian:12\nRUN apt-get install -y curl wget && curl -fsSLO https://example.com/a\n",
        ],
        check: Check::Dockerfile(both),
    },
    Rule {
        id: "BS-D238",
        title: "wget fills the log with its progress",
        severity: Severity::Negligible,
        aliases: &["DL3047"],
        why: "Without a terminal wget prints a line for every 50 KB: the log of the build becomes megabytes long, and what \
              matters in it is lost.",
        advice: "Add `--progress=dot:giga`, or `-nv` or `-q` for no progress at all.",
        references: &["https://github.com/hadolint/hadolint/wiki/DL3047"],
        bad: &[
            "FROM debian:12\nRUN wget https://example.com/a.tgz\n",
            "FROM debian:12\nRUN wget -O - https://example.com/a.tgz | tar xz\n",
        ],
        good: &[
            "FROM debian:12\nRUN wget --progress=dot:giga https://example.com/a.tgz\n",
            "FROM debian:12\nRUN wget -qO - https://example.com/a.tgz | tar xz && wget -nv https://example.com/b && wget -o log https://example.com/c\n",
        ],
        check: Check::Dockerfile(progress),
    },
    Rule {
        id: "BS-D241",
        title: "curl takes an error page for the file",
        severity: Severity::Low,
        aliases: &[],
        why: "Without `--fail` curl reports success when the server answers 404 or 500: the error page is saved, unpacked or \
              run in place of the file, and the layer with it is cached.",
        advice: "Add `-f` (`--fail`), so that the build ends where the download fails.",
        references: &["https://curl.se/docs/manpage.html#-f"],
        bad: &[
            "FROM debian:12\nRUN curl -sSLo a.tgz https://example.com/a.tgz\n",
            "FROM debian:12\nRUN curl -L https://example.com/a.tgz | tar xz\n",
            "FROM debian:12\nRUN curl https://example.com/key.asc > /etc/apt/keyrings/a.asc\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLo a.tgz https://example.com/a.tgz && curl --fail-with-body -O https://example.com/b\n",
            "FROM debian:12\nRUN curl -sI https://example.com/ | grep 200 && curl -s http://localhost:8080/ | grep ok\n",
            "FROM debian:12\nRUN curl --version\n",
        ],
        check: Check::Dockerfile(without_fail),
    },
];

/// As hadolint does, every `RUN` is reported that uses one after the other was used; once each.
fn both(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut stage = None;
    let (mut curl, mut wget) = (false, false);
    for run in posix_runs(file) {
        if run.instruction.stage != stage {
            (curl, wget) = (false, false);
            stage = run.instruction.stage;
        }
        let mut last = None;
        for call in run.calls.iter() {
            curl |= call.is(&["curl"]);
            wget |= call.is(&["wget"]);
            if call.is(&["curl", "wget"]) {
                last = Some(call);
            }
        }
        if let Some(call) = last.filter(|_| curl && wget) {
            let other = if call.is(&["curl"]) { "wget" } else { "curl" };
            found.report(call.span, format!("this stage uses `{other}` as well as `{}`", call.program()));
        }
    }
}

/// No fix where wget may be busybox's, which knows no `--progress`.
fn progress(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let bases = root_images(file);
    let mut stage = None;
    let mut gnu = false;
    for run in posix_runs(file) {
        if run.instruction.stage != stage {
            stage = run.instruction.stage;
            let base = stage.and_then(|stage| bases.get(stage)).copied().unwrap_or_default();
            gnu = ["debian", "ubuntu", "fedora", "centos", "rockylinux", "almalinux", "buildpack-deps"]
                .iter()
                .any(|distribution| base.starts_with(distribution));
        }
        for call in run.calls.iter() {
            gnu |= installed(call).iter().any(|name| name.text.split('=').next() == Some("wget"));
            let Some(download) =
                Download::read(call).filter(|download| !download.curl && !download.addresses.is_empty())
            else {
                continue;
            };
            let quiet = [
                "q",
                "quiet",
                "o",
                "output-file",
                "a",
                "append-output",
                "no-verbose",
                "progress",
                "show-progress",
                "spider",
                "b",
            ];
            if download.options.has(&quiet) || call.arguments().iter().any(|word| word.text.starts_with("-nv")) {
                continue;
            }
            let report = found.report(call.span, "`wget` prints a line for every 50 KB");
            if let Some(program) = call.effective().first().filter(|_| gnu) {
                report.fix("print one for every 32 MB", [run::insert(&run, program, "--progress=dot:giga")]);
            }
        }
    }
}

fn without_fail(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    if file.source.text.contains(".curlrc") {
        return;
    }
    each_call(file, |run, at, call| {
        let Some(download) = Download::read(call).filter(|download| download.curl) else { return };
        let options = &download.options;
        let told = options.has(&["f", "fail", "fail-with-body", "fail-early"]);
        let other = options.has(&[
            "I",
            "head",
            "w",
            "write-out",
            "X",
            "request",
            "d",
            "data",
            "F",
            "form",
            "T",
            "V",
            "version",
            "h",
            "help",
            "K",
        ]);
        let far = download.addresses.iter().any(|address| !is_near(&address.text) && !address.text.starts_with("ftp"));
        let kept = options.has(&["o", "O", "output", "remote-name", "remote-name-all"])
            || call.substituted
            || call
                .redirects
                .iter()
                .any(|redirect| redirect.operator.starts_with('>') && redirect.target.text != "/dev/null")
            || run.piped_into(at).is_some_and(|next| !next.is(&["grep", "egrep", "head", "wc"]));
        if told || other || !far || !kept {
            return;
        }
        let report = found.report(call.span, "`curl` without `-f` takes an error page for the file");
        if let Some(program) = call.effective().first() {
            report.fix("add `-f`", [run::insert(run, program, "-f")]);
        }
    });
}
