//! Rules on secrets that stand in the file.

use boltseal_evidence::Severity;

use super::values::resolve;
use super::{Compose, Service, Variable};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, secret_in, secret_of};

const SECRETS: &str = "https://docs.docker.com/compose/how-tos/use-secrets/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C031",
        title: "secret in the environment",
        severity: Severity::High,
        aliases: &["CIS-Docker-4.10"],
        why: "A secret in this file is in the repository for everyone who ever clones it, and in the environment for every process and crash report of the service.",
        advice: "Change the secret, keep the new one out of the file (`secrets` with a file, or `env_file` that is not committed), and let the program read `/run/secrets/NAME`.",
        references: &[SECRETS, "https://cwe.mitre.org/data/definitions/798.html"],
        bad: &[
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      POSTGRES_PASSWORD: hunter22\n",
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      - POSTGRES_PASSWORD=${DB_PASSWORD:-hunter22}\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    environment:\n      DATABASE_URL: postgres://app:hunter22@db/app\n",
        ],
        good: &[
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n      POSTGRES_USER: app\n    secrets: [db]\n    env_file: .env\nsecrets:\n  db: {file: ./db.txt}\n",
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      - POSTGRES_PASSWORD=${DB_PASSWORD:?missing}\n      - API_TOKEN\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                judge(service, service.environment(), found, "the environment");
            }
        }),
    },
    Rule {
        id: "BS-C032",
        title: "secret in a build argument",
        severity: Severity::High,
        aliases: &["CIS-Docker-4.10"],
        why: "Build arguments stay readable in the image's history, and here they stand in the repository besides.",
        advice: "Change the secret and hand it to the build with `build.secrets`, which `RUN --mount=type=secret` reads without leaving it behind.",
        references: &["https://docs.docker.com/build/building/secrets/", SECRETS],
        bad: &[
            "services:\n  a:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: npm_0123456789abcdefghijklmnopqrstuvwxyz\n",
            "services:\n  a:\n    build:\n      context: .\n      args: [\"DB_PASSWORD=hunter22\"]\n",
        ],
        good: &[
            "services:\n  a:\n    build:\n      context: .\n      args: [VERSION=1.2]\n      secrets: [npm]\nsecrets:\n  npm: {environment: NPM_TOKEN}\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                judge(service, service.pairs(&["build", "args"]), found, "the arguments of the build");
            }
        }),
    },
    Rule {
        id: "BS-C033",
        title: "secret in a command",
        severity: Severity::High,
        aliases: &[],
        why: "What stands on a command line everyone on the host can read in the list of processes, besides everyone who can read the file.",
        advice: "Change the secret and let the program read it from a file under `/run/secrets`, or from its environment at the least.",
        references: &[SECRETS, "https://cwe.mitre.org/data/definitions/214.html"],
        bad: &[
            "services:\n  r:\n    image: redis:7.4\n    command: redis-server --requirepass hunter22\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    command: [\"--db-password=hunter22\"]\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    healthcheck:\n      test: curl http://app:hunter22@localhost/health\n",
        ],
        good: &[
            "services:\n  r:\n    image: redis:7.4\n    command: [redis-server, --requirepass, \"${REDIS_PASSWORD}\"]\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    command: [\"--password-file=/run/secrets/a\", \"--token\", \"--verbose\"]\n",
        ],
        check: Check::Compose(commands),
    },
    Rule {
        id: "BS-C034",
        title: "secret in a label or a configuration written in the file",
        severity: Severity::Medium,
        aliases: &[],
        why: "Labels and inline `configs` are shown by `docker inspect` to everyone who may look at the container, and stand in the repository.",
        advice: "Change the secret and move it under `secrets`.",
        references: &[SECRETS, "https://docs.docker.com/reference/compose-file/configs/"],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    labels:\n      api.password: hunter22\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    configs: [c]\nconfigs:\n  c:\n    content: |\n      url=https://app:hunter22@example.org/\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    labels:\n      traefik.enable: \"true\"\nconfigs:\n  c:\n    content: |\n      level=info\n",
        ],
        check: Check::Compose(labels),
    },
];

/// What a variable gives away, its variables put in place.
fn given_away(name: &str, value: &str) -> Option<&'static str> {
    let value = resolve(value)?;
    let value = value.trim().trim_matches(['"', '\'']);
    secret_of(name, value).or_else(|| credentials_in_url(value).is_some().then_some("a password in an address"))
}

fn judge(service: &Service<'_>, variables: Vec<Variable<'_>>, found: &mut Found<'_>, place: &str) {
    for variable in variables {
        if let Some(what) = variable.value.and_then(|value| given_away(variable.name, value)) {
            service.report(found, variable.node, format!("`{}` in {place} holds {what}", variable.name));
        }
    }
}

fn commands(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        let mut words = service.command();
        for node in service.at(&["healthcheck", "test"]).into_iter() {
            let items = node.items().iter().chain(std::iter::once(node));
            words.extend(
                items
                    .filter_map(|item| Some((item.as_str()?, item)))
                    .flat_map(|(text, item)| text.split_whitespace().map(move |word| (word, item))),
            );
        }
        for (at, (word, node)) in words.iter().enumerate() {
            let option = word.strip_prefix("--").unwrap_or_default();
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (option, words.get(at + 1).map(|(next, _)| *next).filter(|next| !next.starts_with('-'))),
            };
            let by_name = value.filter(|_| !name.is_empty()).and_then(|value| {
                // Redis calls it so.
                let name = if name == "requirepass" || name == "masterauth" { "password" } else { name };
                given_away(name, value)
            });
            let what = by_name.or_else(|| secret_in(word)).or_else(|| {
                resolve(word)
                    .is_some_and(|word| credentials_in_url(&word).is_some())
                    .then_some("a password in an address")
            });
            if let Some(what) = what {
                let which = if name.is_empty() { "the command".to_owned() } else { format!("`--{name}`") };
                service.report(found, node, format!("{which} holds {what}"));
            }
        }
    }
}

fn labels(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        judge(service, service.pairs(&["labels"]), found, "the labels");
    }
    let configs = compose.root.get("configs").map_or(&[][..], crate::yaml::Node::entries);
    for (name, config) in configs {
        let Some(node) = config.get("content") else { continue };
        let text = node.as_str().unwrap_or_default();
        let what = secret_in(text).or_else(|| {
            let mut words = text.split([' ', '=', '\n', '"', '\'']);
            words
                .any(|word| resolve(word).is_some_and(|word| credentials_in_url(&word).is_some()))
                .then_some("a password in an address")
        });
        if let Some(what) = what {
            found.report(name.span, format!("configuration `{}` holds {what}", name.as_str().unwrap_or_default()));
        }
    }
}
