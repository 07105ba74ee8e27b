//! Sources that git fetches.

use std::collections::BTreeMap;

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{Options, each_call, posix_runs, shown};
use crate::dockerfile::shell::Call;
use crate::dockerfile::{Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D239",
        title: "sources cloned from a branch that moves",
        severity: Severity::Low,
        aliases: &[],
        why: "A clone without a tag or commit takes whatever was pushed last: two builds differ, a cached layer keeps an old \
              state, and who can push to the repository gets into the image.",
        advice: "Name a tag with `--branch v1.2.3`, better check out the commit: `git checkout <40 digits>`.",
        references: &["https://git-scm.com/docs/git-clone"],
        bad: &[
            "FROM debian:12\nRUN git clone https://github.com/a/b.git && make -C b\n",
            "FROM debian:12\nRUN git clone --depth 1 -b main https://github.com/a/b.git\n",
        ],
        good: &[
            "FROM debian:12\nRUN git clone --depth 1 --branch v1.2.3 https://github.com/a/b.git\n",
            "FROM debian:12\nRUN git clone https://github.com/a/b.git\nWORKDIR /b\nRUN git checkout 0123456789abcdef0123456789abcdef01234567\n",
            "FROM debian:12\nRUN git clone /src/b b && git clone -b $TAG https://github.com/a/b.git\n",
        ],
        check: Check::Dockerfile(unpinned),
    },
    Rule {
        id: "BS-D240",
        title: "sources fetched by git without encryption",
        severity: Severity::Medium,
        aliases: &[],
        why: "Over `git://` and `http://` nothing shows that the right server answers: anyone on the way can send other \
              source code. GitHub no longer serves either.",
        advice: "Write `https://`, which every host of repositories serves.",
        references: &["https://git-scm.com/book/en/v2/Git-on-the-Server-The-Protocols"],
        bad: &[
            "FROM debian:12\nRUN git clone -b v1 git://github.com/a/b.git\n",
            "FROM debian:12\nRUN git submodule add http://git.example.com/a.git\n",
            "FROM python:3.12\nRUN pip install git+http://git.example.com/a.git@v1\n",
        ],
        good: &[
            "FROM debian:12\nRUN git clone -b v1 https://github.com/a/b.git\n",
            "FROM debian:12\nRUN git config --global url.https://github.com/.insteadOf git://github.com/\n",
        ],
        check: Check::Dockerfile(plain),
    },
];

/// The verb of a call of git, and its options.
fn git(call: &Call) -> Option<(&Word, Options<'_>)> {
    if !call.is(&["git"]) {
        return None;
    }
    let long = [
        "branch",
        "depth",
        "origin",
        "reference",
        "config",
        "revision",
        "jobs",
        "upload-pack",
        "git-dir",
        "work-tree",
        "template",
        "filter",
        "shallow-since",
    ];
    let mut options = Options::read(call, "CcbojuB", &long);
    let verb = options.operands.first().copied()?;
    options.operands.remove(0);
    Some((verb, options))
}

fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    // Clones of a stage wait for a checkout.
    let mut waiting: BTreeMap<Option<usize>, Vec<&Word>> = BTreeMap::new();
    let runs: Vec<_> = posix_runs(file).collect();
    for run in &runs {
        for call in run.calls.iter() {
            let Some((verb, options)) = git(call) else { continue };
            match verb.text.as_str() {
                "clone" => {
                    let moving = ["main", "master", "develop", "dev", "trunk", "HEAD"];
                    let fixed = options.has(&["revision"])
                        || options.values(&["b", "branch"]).any(|(branch, _)| !moving.contains(&branch));
                    let remote = options.operands.first().filter(|word| {
                        let text = word.text.as_str();
                        text.contains("://") && !text.starts_with("file:")
                            || text.contains('@')
                            || text.starts_with('$')
                    });
                    if let Some(word) = remote.filter(|_| !fixed) {
                        waiting.entry(run.instruction.stage).or_default().push(word);
                    }
                }
                "checkout" | "reset" | "switch" | "fetch" | "worktree" => {
                    waiting.remove(&run.instruction.stage);
                }
                _ => {}
            }
        }
    }
    for word in waiting.into_values().flatten() {
        found.report(word.span, format!("`{}` is cloned at whatever was pushed last", shown(&word.text)));
    }
}

fn plain(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    each_call(file, |_, _, call| {
        let fetches = git(call).is_some_and(|(verb, _)| {
            matches!(verb.text.as_str(), "clone" | "fetch" | "pull" | "submodule" | "remote" | "ls-remote")
        });
        for word in call.arguments() {
            let text = word.text.as_str();
            let direct = fetches && (text.starts_with("git://") || text.starts_with("http://"));
            let package = text.contains("git+http://") || text.contains("git+git://");
            if !(direct || package) || (direct && super::is_near(text)) {
                continue;
            }
            let report = found.report(word.span, format!("`{}` is fetched without encryption", shown(text)));
            let known = ["github.com/", "gitlab.com/", "bitbucket.org/"];
            let rest = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
            let written = file.source.slice(word.span);
            if known.iter().any(|host| rest.starts_with(host))
                && let Some((scheme, _)) = text.split_once("://").filter(|_| written == text && direct)
            {
                let span = crate::source::Span::new(word.span.start, word.span.start + scheme.len());
                report.fix("fetch it over https", [(span, "https".to_owned())]);
            }
        }
    });
}
