//! Dependencies of a project, installed without holding to its lock file.

use boltseal_evidence::Severity;

use super::NPM;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{Options, in_force, runs};
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D207",
        title: "`npm install` where `npm ci` is meant",
        severity: Severity::Low,
        aliases: &[],
        why: "`npm install` changes the lock file where it does not fit `package.json`, and installs what it then says: two \
              builds of one commit may differ, without anybody noticing.",
        advice: "Copy `package-lock.json` in and run `npm ci`, which installs exactly that or fails.",
        references: &["https://docs.npmjs.com/cli/v11/commands/npm-ci"],
        bad: &[
            "FROM node:22\nCOPY package*.json ./\nRUN npm install\n",
            "FROM node:22\nCOPY package*.json ./\nRUN npm i --omit=dev && npm cache clean --force\n",
        ],
        good: &[
            "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev\n",
            "FROM node:22\nRUN npm install -g typescript@5.5.4 && npm run install && npm install --package-lock-only\n",
        ],
        check: Check::Dockerfile(npm),
    },
    Rule {
        id: "BS-D210",
        title: "yarn or bun may change the lock file",
        severity: Severity::Low,
        aliases: &[],
        why: "Where the lock file does not fit `package.json`, it is resolved anew during the build: two builds of one commit \
              may differ, without anybody noticing.",
        advice: "Add `--frozen-lockfile` (`--immutable` for yarn 2 and newer), which fails instead.",
        references: &["https://yarnpkg.com/cli/install", "https://classic.yarnpkg.com/en/docs/cli/install"],
        bad: &[
            "FROM node:22\nRUN yarn install --production && yarn cache clean\n",
            "FROM oven/bun:1.1\nRUN bun install\n",
        ],
        good: &[
            "FROM node:22\nRUN yarn install --frozen-lockfile && yarn cache clean && yarn build\n",
            "FROM node:22\nRUN yarn --immutable && yarn workspaces focus --production\n",
            "FROM node:22\nENV CI=true\nRUN pnpm install\n",
            "FROM oven/bun:1.1\nRUN bun install --frozen-lockfile && bun install -g a@1\n",
        ],
        check: Check::Dockerfile(yarn),
    },
    Rule {
        id: "BS-D211",
        title: "Python project installed without holding to its lock file",
        severity: Severity::Low,
        aliases: &[],
        why: "Where the lock file does not fit the project, it is resolved anew during the build: two builds of one commit may \
              differ, without anybody noticing.",
        advice: "Write `uv sync --locked` (or `--frozen`), `pipenv install --deploy` or `pipenv sync`, `pdm sync`.",
        references: &[
            "https://docs.astral.sh/uv/concepts/projects/sync/",
            "https://pipenv.pypa.io/en/latest/commands.html",
        ],
        bad: &["FROM python:3.12\nRUN uv sync --no-dev\n", "FROM python:3.12\nRUN pipenv install --system\n"],
        good: &[
            "FROM python:3.12\nRUN uv sync --locked --no-dev && pipenv install --system --deploy && pipenv sync\n",
            "FROM python:3.12\nENV UV_FROZEN=1\nRUN uv sync\n",
        ],
        check: Check::Dockerfile(python),
    },
    Rule {
        id: "BS-D215",
        title: "Bundler may change the lock file",
        severity: Severity::Low,
        aliases: &[],
        why: "Where `Gemfile.lock` does not fit the `Gemfile`, Bundler resolves anew during the build: two builds of one commit \
              may differ, without anybody noticing.",
        advice: "Set `BUNDLE_FROZEN=1` (or `BUNDLE_DEPLOYMENT=1`), or run `bundle config set frozen true` before.",
        references: &["https://bundler.io/man/bundle-config.1.html"],
        bad: &["FROM ruby:3.3\nCOPY Gemfile* ./\nRUN bundle install --jobs 4\n", "FROM ruby:3.3\nRUN bundle update\n"],
        good: &[
            "FROM ruby:3.3\nENV BUNDLE_DEPLOYMENT=1\nCOPY Gemfile* ./\nRUN bundle install --jobs 4\n",
            "FROM ruby:3.3\nRUN bundle config set --local frozen true && bundle install\n",
            "FROM ruby:3.3\nRUN bundle config --global frozen 1\nRUN bundle install && bundle exec rake\n",
        ],
        check: Check::Dockerfile(bundler),
    },
];

/// No fix: `npm ci` fails without a lock file, and removes `node_modules` first.
fn npm(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let Some(action) =
                NPM.action(call).filter(|action| action.is(&["install", "i"]) && action.names.is_empty())
            else {
                continue;
            };
            if !action.options.has(&["g", "global", "package-lock-only", "dry-run", "help", "h"]) {
                found.report(call.span, format!("`npm {}` may change what the lock file says", action.verb.text));
            }
        }
    }
}

/// pnpm holds to its lock file where `CI` is set, and asks otherwise only in a terminal; it is left out.
fn yarn(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["yarn", "bun"])) {
            let options = Options::read(
                call,
                "",
                &["cwd", "cache-folder", "network-timeout", "registry", "network-concurrency", "mutex"],
            );
            let frozen = [
                "frozen-lockfile",
                "immutable",
                "immutable-cache",
                "pure-lockfile",
                "version",
                "v",
                "help",
                "h",
                "g",
                "global",
                "production-lockfile",
            ];
            let alone = options.operands.is_empty() && call.is(&["yarn"]);
            let verb = options.operands.first().map_or("", |word| word.text.as_str());
            let installs =
                alone || (verb == "install" || (verb == "i" && call.is(&["bun"]))) && options.operands.len() == 1;
            if installs && !options.has(&frozen) {
                found.report(call.span, format!("`{}` may change what the lock file says", call.program()));
            }
        }
    }
}

fn python(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let frozen = in_force(file, "UV_FROZEN");
    let locked = in_force(file, "UV_LOCKED");
    for (run, set) in
        runs(file).iter().zip(frozen.iter().zip(locked).map(|(frozen, locked)| frozen.is_some() || locked.is_some()))
    {
        for call in run.calls.iter() {
            let options = Options::read(
                call,
                "cp",
                &["extra", "group", "python", "package", "project", "directory", "categories"],
            );
            let verb = options.operands.first().map_or("", |word| word.text.as_str());
            let loose = match call.program() {
                "uv" => verb == "sync" && !set && !options.has(&["locked", "frozen"]),
                "pipenv" => {
                    verb == "install"
                        && options.operands.len() == 1
                        && !options.has(&["deploy", "ignore-pipfile", "r", "requirements"])
                }
                "pdm" => verb == "install" && !options.has(&["frozen-lockfile", "check", "no-lock"]),
                _ => false,
            };
            if loose {
                found.report(call.span, format!("`{} {verb}` may change what the lock file says", call.program()));
            }
        }
    }
}

fn bundler(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let text = file.source.text;
    let config = text.contains("bundle config") && (text.contains("frozen") || text.contains("deployment"));
    if config {
        return;
    }
    let values = ["BUNDLE_FROZEN", "BUNDLE_DEPLOYMENT"].map(|name| in_force(file, name));
    for (at, run) in runs(file).iter().enumerate() {
        let set = values.iter().any(|values| values.get(at).copied().flatten().is_some());
        for call in run.calls.iter().filter(|call| call.is(&["bundle", "bundler"])) {
            let verb = call.operands(&["--jobs", "-j", "--path", "--without", "--retry", "--gemfile"]);
            let verb = verb.first().map_or("", |word| word.text.as_str());
            let own = call
                .assignments
                .iter()
                .any(|word| word.text.starts_with("BUNDLE_FROZEN=") || word.text.starts_with("BUNDLE_DEPLOYMENT="));
            let installs = (verb.is_empty() && call.arguments().is_empty() || verb == "install")
                && !call.has(&["--deployment", "--frozen", "--local"]);
            if verb == "update" || (installs && !set && !own) {
                found.report(call.span, "Bundler may change what the lock file says");
            }
        }
    }
}
