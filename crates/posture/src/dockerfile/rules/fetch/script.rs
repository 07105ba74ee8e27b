//! Scripts from the network that are run unseen.

use std::collections::BTreeMap;

use boltseal_evidence::Severity;

use super::{Download, is_near, verifies};
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{Run, posix_runs, runs};
use crate::dockerfile::shell::Call;
use crate::finding::Found;
use crate::rule::{Check, Rule};

const ADD: &str = "https://docs.docker.com/reference/dockerfile/#add---checksum";
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "zsh", "ksh"];
const LANGUAGES: &[&str] = &["python", "python2", "python3", "perl", "ruby", "node", "php", "pwsh"];

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D230",
        title: "script from the network run unseen",
        severity: Severity::Medium,
        aliases: &[],
        why: "Whatever the server sends is executed, usually as root: who takes over the server, its account or its domain \
              takes over the build. If the connection breaks, half a script has run.",
        advice: "Fetch a fixed version to a file, compare its digest (`sha256sum -c`), then run it; or use \
                 `ADD --checksum=sha256:…`, or a package.",
        references: &[ADD, "https://slsa.dev/spec/v1.0/threats"],
        bad: &[
            "FROM debian:12\nRUN curl -fsSL https://example.com/install.sh | sh\n",
            "FROM debian:12\nRUN wget -qO- https://example.com/install.sh | sudo -E bash -s -- -y\n",
            "FROM debian:12\nRUN sh -c \"$(curl -fsSL https://example.com/install.sh)\"\n",
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN bash <(curl -fsSL https://example.com/install.sh)\n",
            "FROM debian:12\nRUN { echo 'set -e'; curl -fsSL https://example.com/install.sh; } | sh\n",
            "FROM python:3.12\nRUN curl -sSL https://install.python-poetry.org | python3 -\n",
            "FROM php:8.3\nRUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin\n",
            "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL [\"powershell\"]\n\
             RUN iex ((New-Object Net.WebClient).DownloadString('https://example.com/install.ps1'))\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLo i.sh https://example.com/1.2/install.sh && echo \"$SUM i.sh\" | sha256sum -c && sh i.sh\n",
            "FROM debian:12\nRUN curl -fsSL https://example.com/a.json | python3 -c 'import json, sys; print(json.load(sys.stdin))'\n",
            "FROM debian:12\nRUN curl -fsSL https://example.com/a.json | python3 -m json.tool\n",
            "FROM debian:12\nRUN { curl -fsSLo a.json https://example.com/a.json; cat local.sh; } | sh\n",
            "FROM debian:12\nRUN bash -c 'version=$(curl -fsSL https://example.com/version) && echo $version'\n",
        ],
        check: Check::Dockerfile(run_unseen),
    },
    Rule {
        id: "BS-D242",
        title: "script from the network saved and run without a check",
        severity: Severity::Medium,
        aliases: &[],
        why: "Between the download and the run nothing looks at what came: who takes over the server, its account or its \
              domain takes over the build.",
        advice: "Compare the digest of the file (`echo \"<digest>  install.sh\" | sha256sum -c`) before running it.",
        references: &[ADD],
        bad: &[
            "FROM debian:12\nRUN curl -fsSLo install.sh https://example.com/install.sh && sh install.sh\n",
            "FROM debian:12\nRUN wget -q https://example.com/get.py && python3 get.py --yes\n",
            "FROM debian:12\nRUN wget -q https://example.com/setup.sh && chmod +x setup.sh && ./setup.sh\n",
        ],
        good: &[
            "FROM debian:12\nRUN curl -fsSLo i.sh https://example.com/i.sh && echo \"$SUM i.sh\" | sha256sum -c - && sh i.sh\n",
            "FROM debian:12\nRUN curl -fsSLo data.json https://example.com/data.json && ./import.sh data.json\n",
        ],
        check: Check::Dockerfile(saved_and_run),
    },
    Rule {
        id: "BS-D245",
        title: "download from an address that hides what is behind it",
        severity: Severity::Medium,
        aliases: &[],
        why: "A short link or a paste can be pointed at something else by its owner at any time, and nobody who reads the \
              Dockerfile sees where the file really comes from.",
        advice: "Write the real address, of a fixed version, and compare the file's digest.",
        references: &[ADD],
        bad: &[
            "FROM debian:12\nRUN curl -fsSL https://bit.ly/3abcdef -o tool\n",
            "FROM debian:12\nRUN wget -q https://pastebin.com/raw/abcd1234\n",
        ],
        good: &["FROM debian:12\nRUN curl -fsSL https://github.com/a/b/releases/download/v1/tool -o tool\n"],
        check: Check::Dockerfile(hidden),
    },
];

/// The call reads a program from its input.
fn reads_program(call: &Call) -> bool {
    let mut arguments = call.arguments().iter().map(|word| word.text.as_str());
    if call.is(SHELLS) {
        let first = arguments.clone().find(|word| !word.starts_with(['-', '+']) && *word != "pipefail");
        let script = call.arguments().iter().take_while(|word| word.text != "--").any(|word| {
            let text = word.text.as_str();
            text.starts_with('-') && !text.starts_with("--") && text.contains('c')
        });
        let from_input = call.has(&["-s"]) || arguments.any(|word| matches!(word, "-" | "/dev/stdin"));
        return !script && (first.is_none() || from_input);
    }
    if call.is(LANGUAGES) || call.program().starts_with("python3.") {
        let first = arguments.find(|word| !matches!(*word, "-u" | "-E" | "-I" | "-s"));
        return first.is_none_or(|first| matches!(first, "-" | "--" | "/dev/stdin"));
    }
    matches!(call.program(), "source" | ".") && arguments.any(|word| word == "/dev/stdin")
}

fn run_unseen(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        if !run.shell.posix {
            powershell(file, &run, found);
            continue;
        }
        for (at, call) in run.calls.iter().enumerate() {
            let Some(download) = Download::read(call) else { continue };
            // In `{ curl -o a …; cat b; } | sh` what is downloaded goes to a file.
            let piped = piped_program(&run, at).filter(|next| next.depth == call.depth || download.file().is_none());
            let program = piped.or_else(|| around(&run, at));
            let Some(program) = program else { continue };
            let near = download.addresses.iter().any(|address| is_near(&address.text) && address.text.contains("://"));
            if near {
                continue;
            }
            let plain = download.addresses.iter().any(|address| address.text.starts_with("http://"));
            let span = if program.span.contains(call.span) { program.span } else { call.span.to(program.span) };
            let how = if plain { ", and it comes without encryption" } else { "" };
            let message = format!("`{}` runs whatever `{}` gets{how}", program.program(), call.program());
            let report = found.report(span, message);
            if plain {
                report.severity(Severity::High);
            }
        }
    }
}

/// No pipe that people write is longer; without a bound, a hostile one would be walked from each of its commands.
const LONGEST_PIPE: usize = 64;

/// Further down the pipe, or that of the group it is in, something reads a program.
fn piped_program<'r>(run: &'r Run<'_>, at: usize) -> Option<&'r Call> {
    let readers = std::iter::successors(run.reader(at), |at| run.reader(*at));
    readers.take(LONGEST_PIPE).filter_map(|at| run.calls.get(at)).find(|next| reads_program(next))
}

/// The download is what a shell is given: `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`.
fn around<'r>(run: &'r Run<'_>, at: usize) -> Option<&'r Call> {
    let call = run.calls.get(at).filter(|call| call.depth > 0)?;
    // In `sh -c "$(curl …)"` the script itself is a call whose program is the substitution.
    let is_substitution = |outer: &Call| {
        outer.words.first().is_some_and(|first| first.span.contains(call.span) && first.text.starts_with(['$', '`']))
    };
    let outer = run
        .calls
        .iter()
        .take(at)
        .rev()
        .take(8)
        .find(|outer| outer.depth < call.depth && outer.span.contains(call.span) && !is_substitution(outer))?;
    let runs = outer.is(SHELLS) || outer.is(LANGUAGES) || matches!(outer.program(), "eval" | "source" | ".");
    let word = outer.arguments().iter().find(|word| word.span.contains(call.span))?;
    let whole = ["$(", "`", "<("].iter().any(|start| word.text.trim_start().starts_with(start));
    (runs && whole).then_some(outer)
}

fn powershell(file: &Dockerfile<'_>, run: &Run<'_>, found: &mut Found<'_>) {
    let text = file.source.slice(run.instruction.span).to_ascii_lowercase();
    let word = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
            !before.is_some_and(char::is_alphanumeric)
                && !after.is_some_and(|after| after.is_alphanumeric() || after == '.')
        })
    };
    let runs = word("iex") || word("invoke-expression");
    let fetches = text.contains("downloadstring(")
        || word("iwr")
        || word("irm")
        || word("invoke-webrequest")
        || word("invoke-restmethod");
    if runs && fetches {
        found.report(run.instruction.span, "`Invoke-Expression` runs whatever the download gets");
    }
}

fn saved_and_run(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in posix_runs(file) {
        let mut saved: BTreeMap<&str, &Call> = BTreeMap::new();
        let verified = verifies(&run);
        for call in run.calls.iter().filter(|_| !verified) {
            if let Some(name) = Download::read(call).and_then(|download| download.file()) {
                saved.insert(name, call);
                continue;
            }
            let path = if call.is(SHELLS) || call.is(LANGUAGES) || matches!(call.program(), "source" | ".") {
                call.arguments().iter().find(|word| !word.text.starts_with('-')).map(|word| word.text.as_str())
            } else {
                let program = call.effective().first().map(|word| word.text.as_str());
                program.filter(|program| {
                    program.contains('/')
                        && [".sh", ".run", ".bin", ".py", ".pl"].iter().any(|end| program.ends_with(end))
                })
            };
            let name = path.map(|path| path.rsplit('/').next().unwrap_or(path));
            if let Some(download) = name.and_then(|name| saved.remove(name)) {
                let name = name.unwrap_or_default();
                found
                    .report(call.span, format!("`{name}` is run without a check of what was downloaded"))
                    .note(download.span, "downloaded here");
            }
        }
    }
}

fn hidden(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    const HOSTS: [&str; 14] = [
        "bit.ly",
        "tinyurl.com",
        "goo.gl",
        "t.co",
        "is.gd",
        "ow.ly",
        "git.io",
        "cutt.ly",
        "rebrand.ly",
        "pastebin.com",
        "transfer.sh",
        "file.io",
        "paste.ee",
        "hastebin.com",
    ];
    for run in posix_runs(file) {
        for call in run.calls.iter() {
            let Some(download) = Download::read(call) else { continue };
            for address in &download.addresses {
                let rest = address.text.split_once("://").map_or(address.text.as_str(), |(_, rest)| rest);
                let host = rest.split('/').next().unwrap_or_default();
                if HOSTS.contains(&host.strip_prefix("www.").unwrap_or(host)) {
                    found.report(address.span, format!("what is behind `{host}` can change at any time"));
                }
            }
        }
    }
}
