//! gem, and tools that are installed like programs: pipx, uv.

use boltseal_evidence::Severity;

use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{Options, is_variable, list, plural, runs};
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D214",
        title: "gem without a version",
        severity: Severity::Low,
        aliases: &["DL3028"],
        why: "gem then takes whatever is newest on the day of the build: two builds of one commit differ, and a release that \
              breaks something, or was hijacked, arrives at once.",
        advice: "Write `name:1.2.3`, or `name -v 1.2.3`; better put it into a `Gemfile` with its lock file.",
        references: &["https://guides.rubygems.org/command-reference/#gem-install"],
        bad: &[
            "FROM ruby:3.3\nRUN gem install bundler\n",
            "FROM ruby:3.3\nRUN gem install --no-document rails:7.2.1 puma\n",
        ],
        good: &[
            "FROM ruby:3.3\nRUN gem install bundler:2.5.17 && gem install rails -v 7.2.1 && gem install puma --version=6.4.2\n",
            "FROM ruby:3.3\nRUN gem install ./app.gem $GEMS && gem install nokogiri:1.16 -- --use-system-libraries\n",
        ],
        check: Check::Dockerfile(gems),
    },
    Rule {
        id: "BS-D225",
        title: "Python program installed without a version",
        severity: Severity::Low,
        aliases: &[],
        why: "`pipx` and `uv tool` then take whatever is newest on the day of the build: two builds of one commit differ, and \
              a release that was hijacked arrives at once.",
        advice: "Write `name==1.2.3`, which both of them understand.",
        references: &["https://pipx.pypa.io/stable/docs/"],
        bad: &["FROM python:3.12\nRUN pipx install poetry\n", "FROM python:3.12\nRUN uv tool install ruff\n"],
        good: &[
            "FROM python:3.12\nRUN pipx install poetry==1.8.3 && uv tool install ruff@0.6.2 && pipx install . && uv sync\n",
        ],
        check: Check::Dockerfile(programs),
    },
];

/// Unlike hadolint, a name that is a variable as a whole and a file are not reported, nor what follows `--`.
fn gems(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["gem"])) {
            let own = call.arguments().iter().position(|word| word.text == "--").unwrap_or(usize::MAX);
            let options = Options::read(
                call,
                "vinPsp",
                &["version", "install-dir", "bindir", "platform", "source", "trust-policy", "file"],
            );
            let Some(verb) = options.operands.first().filter(|verb| matches!(verb.text.as_str(), "install" | "i"))
            else {
                continue;
            };
            if options.has(&["v", "version", "g", "file"]) {
                continue;
            }
            let own: Vec<_> = call.arguments().iter().take(own).map(|word| word.span).collect();
            let open: Vec<_> = options
                .operands
                .iter()
                .copied()
                .filter(|name| !std::ptr::eq(*name, *verb) && own.contains(&name.span))
                .filter(|name| {
                    !(name.text.contains([':', '/']) || name.text.ends_with(".gem") || is_variable(&name.text))
                })
                .collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

fn programs(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["pipx", "uv"])) {
            let mut options =
                Options::read(call, "i", &["python", "index-url", "spec", "pip-args", "with", "from", "index"]);
            let skipped =
                match options.operands.iter().map(|word| word.text.as_str()).take(2).collect::<Vec<_>>().as_slice() {
                    ["tool", "install"] if call.is(&["uv"]) => 2,
                    ["install", ..] if call.is(&["pipx"]) => 1,
                    _ => continue,
                };
            let names = options.operands.split_off(skipped);
            let open: Vec<_> = names
                .into_iter()
                .filter(|name| {
                    !(name.text.contains(['=', '<', '>', '~', '/', '@'])
                        || name.text.starts_with('.')
                        || is_variable(&name.text))
                })
                .collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}
