//! Secrets in `ENV`, `ARG` and `LABEL`.

use std::collections::BTreeSet;

use crate::dockerfile::rules::variable::variables;
use crate::dockerfile::{Body, Dockerfile, Pair};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, is_placeholder, is_secret_name, secret_of};
use boltseal_evidence::Severity;

const PAGES: &[&str] = &[
    "https://docs.docker.com/build/building/secrets/",
    "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
];

pub(super) const ENV: Rule = Rule {
    id: "BS-D080",
    title: "secret in ENV",
    severity: Severity::High,
    aliases: &["DL3064", "DS-0031"],
    why: "The value stands in the image's configuration and in this file. Whoever gets either can read it, and every process of the container inherits it.",
    advice: "Give it to the container when it runs (a mounted file, the platform's secrets), or to one build step with `RUN --mount=type=secret`. If it was published, replace it.",
    references: PAGES,
    bad: &[
        "FROM debian:12\nENV DB_PASSWORD=hunter2\n",
        "FROM debian:12\nENV STRIPE sk_live_4eC39HqLyjWDarjtT1zdp7dc\n",
    ],
    good: &[
        "FROM debian:12\nENV DB_PASSWORD_FILE=/run/secrets/db TOKEN_URL=https://example.org/token DB_PASSWORD=\n",
        "FROM python:3.14\nENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305\n",
        "FROM debian:12\nENV ALLOW_EMPTY_PASSWORD=no SSH_AUTH_SOCK=/run/ssh PASSWORD_MIN_LENGTH=12\n",
    ],
    check: Check::Dockerfile(env),
};

/// Values that give a secret away; addresses with a password are another rule's.
fn given(pairs: &[Pair]) -> impl Iterator<Item = (&Pair, &'static str)> {
    pairs.iter().filter_map(|pair| {
        let value = &pair.value.as_ref()?.text;
        let kind = secret_of(&pair.key.text, value)?;
        credentials_in_url(value).is_none().then_some((pair, kind))
    })
}

// hadolint goes by a list of names alone; here a placeholder or a path is no secret, and a token is one under any name.
fn env(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Env(pairs) = &instruction.body else { continue };
        for (pair, kind) in given(pairs) {
            found.report(pair.key.span, format!("`{}` puts {kind} into the image's configuration", pair.key.text));
        }
    }
}

pub(super) const ARG_DEFAULT: Rule = Rule {
    id: "BS-D081",
    title: "secret as the default of an ARG",
    severity: Severity::High,
    aliases: &["DL3064", "DS-0031"],
    why: "The default stands in this file and in the history of the image. Whoever gets either can read it.",
    advice: "Give it to the step that needs it with `RUN --mount=type=secret,id=…` and `docker build --secret`. If it was published, replace it.",
    references: PAGES,
    bad: &["FROM debian:12\nARG NPM_TOKEN=0123456789abcdef\n"],
    good: &[
        "FROM debian:12\nRUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci\n",
        "FROM debian:12\nARG TOKEN_FILE=/run/secrets/token\n",
    ],
    check: Check::Dockerfile(arg_default),
};

fn arg_default(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Arg(pairs) = &instruction.body else { continue };
        for (pair, kind) in given(pairs) {
            found.report(pair.key.span, format!("`{}` has {kind} as its default", pair.key.text));
        }
    }
}

pub(super) const ARG: Rule = Rule {
    id: "BS-D082",
    title: "secret by build argument",
    severity: Severity::Medium,
    aliases: &["DL3064", "DS-0031"],
    why: "Build arguments are no secrets: `docker history` shows those that a `RUN` could see, and provenance attestations list them all.",
    advice: "Use `RUN --mount=type=secret,id=…` and `docker build --secret`, which leave no trace in the image.",
    references: PAGES,
    bad: &["FROM node:24\nARG NPM_TOKEN\nRUN npm ci\n"],
    good: &[
        "FROM node:24\nRUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci\n",
        "FROM debian:12\nARG VERSION\nARG MAX_TOKENS\n",
    ],
    check: Check::Dockerfile(arg),
};

fn arg(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut reported = BTreeSet::new();
    for instruction in file.all() {
        let Body::Arg(pairs) = &instruction.body else { continue };
        for pair in pairs {
            let value = pair.value.as_ref().map_or("", |value| value.text.as_str());
            if is_secret_name(&pair.key.text)
                && is_placeholder(value)
                && reported.insert((instruction.stage, &pair.key.text))
            {
                found.report(
                    pair.key.span,
                    format!("`{}` can be read in the image's history or provenance", pair.key.text),
                );
            }
        }
    }
}

pub(super) const ENV_FROM_ARG: Rule = Rule {
    id: "BS-D092",
    title: "secret kept in ENV from a build argument",
    severity: Severity::High,
    aliases: &["DL3064", "DS-0031"],
    why: "What was given to the build as an argument is written into the image's configuration here, where everyone who gets the image can read it.",
    advice: "Leave the `ENV` out: use `RUN --mount=type=secret` while building, and give the container its own secret when it runs.",
    references: PAGES,
    bad: &["FROM node:24\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\n"],
    good: &[
        "FROM node:24\nARG APP_VERSION\nENV APP_VERSION=$APP_VERSION\n",
        "FROM node:24\nENV PGPASSWORD=${DB_PASSWORD:-}\n",
    ],
    check: Check::Dockerfile(env_from_arg),
};

fn env_from_arg(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut arguments: BTreeSet<&str> = BTreeSet::new();
    for instruction in file.all() {
        match &instruction.body {
            Body::Arg(pairs) => arguments.extend(pairs.iter().map(|pair| pair.key.text.as_str())),
            Body::Env(pairs) => {
                for pair in pairs {
                    let Some(value) = &pair.value else { continue };
                    let named = |name: &str| {
                        arguments.contains(name) && (is_secret_name(name) || is_secret_name(&pair.key.text))
                    };
                    if let Some(variable) = variables(&value.text).into_iter().find(|variable| named(variable.name)) {
                        found.report(
                            pair.key.span,
                            format!(
                                "`{}` keeps the build argument `{}` in the image's configuration",
                                pair.key.text, variable.name
                            ),
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

pub(super) const LABEL: Rule = Rule {
    id: "BS-D083",
    title: "secret in LABEL",
    severity: Severity::High,
    aliases: &[],
    why: "Labels are shown to whoever may look at the image, often without even pulling it.",
    advice: "Remove it, and replace the secret if the image was published.",
    references: PAGES,
    bad: &[
        "FROM debian:12\nLABEL deploy.token=glpat-4x6Zq9Tb2Lw8Kd1Rm7Yv\n",
        "FROM debian:12\nLABEL db.password=hunter2\n",
    ],
    good: &["FROM debian:12\nLABEL org.opencontainers.image.title=token-service\n"],
    check: Check::Dockerfile(label),
};

fn label(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let Body::Label(pairs) = &instruction.body else { continue };
        for (pair, kind) in given(pairs) {
            found.report(pair.key.span, format!("the label `{}` holds {kind}", pair.key.text));
        }
    }
}
