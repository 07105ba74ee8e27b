//! npm, yarn, pnpm and what they run.

use boltseal_evidence::Severity;

use super::NPM;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::run::{Options, is_variable, list, plural, runs};
use crate::dockerfile::shell::Call;
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D206",
        title: "npm package without a version",
        severity: Severity::Low,
        aliases: &["DL3016"],
        why: "npm then takes whatever is newest on the day of the build: two builds of one commit differ, and a release that \
              breaks something, or was hijacked, arrives at once.",
        advice: "Write `package@1.2.3`; better put it into `package.json` with a lock file and run `npm ci`.",
        references: &["https://docs.npmjs.com/cli/v11/commands/npm-install"],
        bad: &[
            "FROM node:22\nRUN npm install -g typescript eslint@9.9.0\n",
            "FROM node:22\nRUN npm install @angular/cli\n",
            "FROM node:22\nRUN npm i -g pm2 && npm cache clean --force\n",
            "FROM node:22\nRUN npm install git+https://github.com/a/b.git\n",
        ],
        good: &[
            "FROM node:22\nRUN npm install -g typescript@5.5.4 @angular/cli@18 ./local /tmp/a.tgz\n",
            "FROM node:22\nRUN npm ci && npm install && npm run install:all && npm install --prefix /app\n",
            "FROM node:22\nRUN npm install -g $TOOLS npm@latest git+https://github.com/a/b.git#v1\n",
        ],
        check: Check::Dockerfile(unpinned),
    },
    Rule {
        id: "BS-D208",
        title: "global package of yarn, pnpm or bun without a version",
        severity: Severity::Low,
        aliases: &[],
        why: "The build then takes whatever is newest on that day: two builds of one commit differ, and a release that breaks \
              something, or was hijacked, arrives at once.",
        advice: "Write `package@1.2.3`, or make it a dependency of the project, with a lock file.",
        references: &["https://pnpm.io/cli/add"],
        bad: &["FROM node:22\nRUN yarn global add serve\n", "FROM node:22\nRUN pnpm add -g turbo\n"],
        good: &["FROM node:22\nRUN yarn global add serve@14.2.3 && pnpm add -g turbo@2 && pnpm install\n"],
        check: Check::Dockerfile(global),
    },
    Rule {
        id: "BS-D209",
        title: "yarn's cache left in the image",
        severity: Severity::Low,
        aliases: &["DL3060"],
        why: "yarn keeps every downloaded package a second time in its cache, which nothing in the container ever reads.",
        advice: "End the `RUN` with `&& yarn cache clean`, or mount a cache: \
                 `RUN --mount=type=cache,target=/usr/local/share/.cache yarn install`.",
        references: &["https://classic.yarnpkg.com/en/docs/cli/cache"],
        bad: &["FROM node:22\nRUN yarn install --frozen-lockfile\n", "FROM node:22\nRUN yarn --frozen-lockfile\n"],
        good: &[
            "FROM node:22\nRUN yarn install --frozen-lockfile && yarn cache clean\n",
            "FROM node:22\nRUN --mount=type=cache,target=/root/.yarn yarn install --frozen-lockfile\n",
            "FROM node:22 AS build\nRUN yarn install --frozen-lockfile\nFROM nginx:1.27\nCOPY --from=build /a /a\n",
            "FROM node:22\nRUN yarn build && yarn --version\n",
        ],
        check: Check::Dockerfile(yarn_cache),
    },
    Rule {
        id: "BS-D213",
        title: "package fetched and run without a version",
        severity: Severity::Medium,
        aliases: &[],
        why: "`npx --yes`, `dlx`, `bunx` and `uvx` run whatever version was published last, and with a typing error whatever \
              someone registered under that name.",
        advice: "Write `package@1.2.3`, or make it a dependency of the project and run it from there.",
        references: &["https://docs.npmjs.com/cli/v11/commands/npx"],
        bad: &["FROM node:22\nRUN npx --yes create-next-app app\n", "FROM node:22\nRUN pnpm dlx prisma generate\n"],
        good: &[
            "FROM node:22\nRUN npx --yes create-next-app@14.2.5 app && npx tsc -p .\n",
            "FROM node:22\nRUN yarn dlx -p typescript@5.5.4 tsc\n",
        ],
        check: Check::Dockerfile(run_unpinned),
    },
    Rule {
        id: "BS-D226",
        title: "scripts of npm packages run as root",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `--unsafe-perm` npm 6 and older run the install scripts of every package as root instead of as an \
              unprivileged user; one bad package then owns the build.",
        advice: "Leave it out: npm 7 and newer run scripts as the owner of the folder. Best install as the user of the image.",
        references: &["https://docs.npmjs.com/cli/v6/using-npm/config#unsafe-perm"],
        bad: &[
            "FROM node:14\nRUN npm install -g --unsafe-perm a@1\n",
            "FROM node:14\nRUN npm config set unsafe-perm true\n",
        ],
        good: &["FROM node:22\nUSER node\nRUN npm ci\n", "FROM node:14\nRUN npm install --unsafe-perm=false\n"],
        check: Check::Dockerfile(unsafe_perm),
    },
];

/// `@scope/name` and `name` are open, `name@1`, files and addresses of archives are not.
fn is_open(name: &str) -> bool {
    if name.is_empty() || is_variable(name) {
        return false;
    }
    if ["git://", "git+", "github:", "gitlab:"].iter().any(|start| name.starts_with(start)) {
        return !name.contains('#');
    }
    let file = name.starts_with(['/', '.', '~']) || [".tgz", ".tar", ".tar.gz"].iter().any(|end| name.ends_with(end));
    let bare = name.strip_prefix('@').unwrap_or(name);
    !(file || bare.contains('@') || bare.contains("://"))
}

/// Beyond hadolint: `npm i`, `npm add`; as there, any tag counts as a version, and so does an address.
fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let Some(action) = NPM.action(call).filter(|action| action.is(&["install", "i", "add", "in"])) else {
                continue;
            };
            let open: Vec<_> = action.names.iter().copied().filter(|name| is_open(&name.text)).collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

fn global(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["yarn", "pnpm", "bun"])) {
            let mut operands = call.operands(&["--prefix", "--dir", "-C", "--registry"]);
            let verb = operands.first().map(|word| word.text.as_str());
            let skipped = match verb {
                Some("global") if operands.get(1).is_some_and(|word| word.text == "add") => 2,
                Some("add" | "install" | "i") if call.has(&["-g", "--global"]) => 1,
                _ => continue,
            };
            let open: Vec<_> = operands.split_off(skipped).into_iter().filter(|name| is_open(&name.text)).collect();
            if let Some(first) = open.first() {
                found.report(first.span, format!("{} {} no version", list(&open), plural(&open, "has", "have")));
            }
        }
    }
}

/// Beyond hadolint: `yarn` alone installs too. No fix: with Plug'n'Play the cache is what the program runs from.
fn yarn_cache(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let installs = |call: &Call| {
        call.is(&["yarn"]) && {
            let verb = call.operands(&["--cwd", "--cache-folder", "--network-timeout", "--registry"]);
            let informs = call.has(&["--version", "-v", "--help", "-h"]);
            !informs && verb.first().is_none_or(|verb| verb.text == "install")
        }
    };
    for run in runs(file).iter().filter(|run| run.kept) {
        let Some(at) = run.calls.iter().rposition(installs) else { continue };
        let cached = run
            .instruction
            .flag_values("mount")
            .any(|mount| mount.text.contains("type=cache") || mount.text.contains("type=tmpfs"));
        let cleaned = run.calls.iter().skip(at).any(|later| {
            let cleans = later.is(&["yarn"])
                && matches!(later.arguments(), [a, b, ..] if a.text == "cache" && b.text == "clean");
            cleans || (later.is(&["rm"]) && later.arguments().iter().any(|word| word.text.contains("cache")))
        });
        if let Some(call) = run.calls.get(at).filter(|_| !cached && !cleaned) {
            found.report(call.span, "`yarn` leaves its cache in the layer");
        }
    }
}

fn run_unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter() {
            let options = Options::read(call, "pc", &["package", "call", "with", "from", "python"]);
            let named = options.values(&["p", "package", "from"]).next().map(|(name, _)| name);
            let (target, program) = match call.program() {
                "npx" if options.has(&["y", "yes"]) => (options.operands.first(), "npx --yes"),
                "pnpm" | "yarn" if options.operands.first().is_some_and(|verb| verb.text == "dlx") => {
                    (options.operands.get(1), "dlx")
                }
                "bunx" => (options.operands.first(), "bunx"),
                "uvx" => (options.operands.first(), "uvx"),
                _ => continue,
            };
            let Some(target) = target else { continue };
            let name = named.unwrap_or(&target.text);
            if is_open(name) && !name.contains('=') {
                found.report(target.span, format!("`{program}` runs whatever version of `{name}` was published last"));
            }
        }
    }
}

fn unsafe_perm(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for run in runs(file) {
        for call in run.calls.iter().filter(|call| call.is(&["npm"])) {
            let set = call.arguments().windows(2).find_map(|pair| match pair {
                [name, value] if name.text == "unsafe-perm" && value.text == "true" => Some(name),
                _ => None,
            });
            let option = call
                .arguments()
                .iter()
                .find(|word| matches!(word.text.as_str(), "--unsafe-perm" | "--unsafe-perm=true" | "unsafe-perm=true"));
            if let Some(word) = set.or(option) {
                found.report(word.span, "the install scripts of all packages run as root");
            }
        }
    }
}
