//! Secrets that commands are given: variables, options, accounts.

use crate::dockerfile::shell::Script;
use crate::dockerfile::{Body, Command, Dockerfile, Healthcheck, Instruction, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, is_placeholder, secret_in, secret_of};
use crate::source::Span;
use boltseal_evidence::Severity;

/// Every script for a shell, of `RUN` and of what the container starts.
pub(super) fn scripts<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = (&'f Instruction, &'f Script)> {
    file.all().filter_map(|each| match &each.body {
        Body::Run(Command::Shell(script))
        | Body::Cmd(Command::Shell(script))
        | Body::Entrypoint(Command::Shell(script))
        | Body::Healthcheck(Healthcheck::Cmd(Command::Shell(script))) => Some((each, script)),
        _ => None,
    })
}

/// The value is written out, and no token that another rule knows by its shape.
fn is_literal(value: &str) -> bool {
    !is_placeholder(value) && !value.contains('`') && secret_in(value).is_none() && credentials_in_url(value).is_none()
}

pub(super) const ASSIGNMENT: Rule = Rule {
    id: "BS-D084",
    title: "secret in a variable of a command",
    severity: Severity::High,
    aliases: &[],
    why: "The command stands in this file and in the history of the image, with the value. That the variable itself is gone after the step does not help.",
    advice: "Read it from a secret mount: `RUN --mount=type=secret,id=db,env=PGPASSWORD …`.",
    references: &["https://docs.docker.com/build/building/secrets/"],
    bad: &[
        "FROM debian:12\nRUN PGPASSWORD=hunter2 psql -h db -f schema.sql\n",
        "FROM debian:12\nRUN export API_KEY=0123456789abcdef && make\n",
    ],
    good: &[
        "FROM debian:12\nRUN --mount=type=secret,id=db PGPASSWORD=$(cat /run/secrets/db) psql -h db -f schema.sql\n",
        "FROM debian:12\nRUN SECRET_KEY_BASE=dummy bin/rails assets:precompile && PASSWORD_FILE=/run/secrets/a make\n",
        "FROM debian:12\nRUN SECRET_KEY_BASE=placeholder OTP_SECRET=build_time_placeholder bin/rails assets:precompile\n",
        "FROM debian:12\nRUN key='0D9AF2C1B35E47689A0BC1D2E3F405162738495A' && gpg --recv-keys \"$key\"\n",
    ],
    check: Check::Dockerfile(assignment),
};

fn assignment(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, script) in scripts(file) {
        for call in &script.commands {
            let exported =
                if call.is(&["export", "declare", "local", "readonly", "typeset"]) { call.arguments() } else { &[] };
            // `env A=b program`.
            let wrapped = call.words.len().saturating_sub(call.effective().len());
            let wrapped = call.words.get(..wrapped).unwrap_or_default();
            for word in call.assignments.iter().chain(exported).chain(wrapped) {
                let Some((name, value)) = word.text.split_once('=') else { continue };
                if is_literal(value)
                    && let Some(kind) = secret_of(name, value)
                {
                    found.report(word.span, format!("`{name}` is given {kind}, which the image's history shows"));
                }
            }
        }
    }
}

pub(super) const OPTION: Rule = Rule {
    id: "BS-D086",
    title: "secret as an argument of a command",
    severity: Severity::High,
    aliases: &[],
    why: "The command stands in this file and in the history or configuration of the image, with the value; while it runs, every process can see it.",
    advice: "Let the program read it from a file that `RUN --mount=type=secret` mounts, or from standard input.",
    references: &["https://docs.docker.com/build/building/secrets/"],
    bad: &[
        "FROM debian:12\nRUN curl -u anna:hunter2 https://example.org/a -o a\n",
        "FROM debian:12\nRUN docker login -u anna -p hunter2 registry.example.org\n",
        "FROM debian:12\nCMD [\"app\", \"--password=hunter2\"]\n",
        "FROM debian:12\nRUN mysql -u root -phunter2 -e 'select 1'\n",
        "FROM debian:12\nRUN npm config set //npm.example.com/:_authToken 0123-4567\n",
        "FROM debian:12\nRUN curl -H 'Authorization: Bearer 0f1e2d3c4b5a' https://example.org/a -o a\n",
    ],
    good: &[
        "FROM debian:12\nRUN curl -u \"anna:${TOKEN}\" https://example.org/a -o a\n",
        "FROM debian:12\nRUN --mount=type=secret,id=pw docker login -u anna --password-stdin < /run/secrets/pw\n",
        "FROM debian:12\nRUN adduser --disabled-password --gecos '' app && mkdir -p /a && ssh -p 22 a && app --password-file=/run/a\n",
        "FROM debian:12\nCMD [\"redis-server\", \"--requirepass\", \"$PASSWORD\"]\n",
        "FROM debian:12\nRUN curl -H \"Authorization: Bearer $(cat /run/secrets/a)\" https://example.org/a -o a\n",
    ],
    check: Check::Dockerfile(option),
};

fn option(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, script) in scripts(file) {
        for call in &script.commands {
            judge_words(call.program(), call.arguments(), found);
        }
    }
    for instruction in file.all() {
        let words = match &instruction.body {
            Body::Run(Command::Exec(words))
            | Body::Cmd(Command::Exec(words))
            | Body::Entrypoint(Command::Exec(words))
            | Body::Healthcheck(Healthcheck::Cmd(Command::Exec(words))) => words,
            _ => continue,
        };
        if let Some((program, rest)) = words.split_first() {
            judge_words(program.text.rsplit('/').next().unwrap_or_default(), rest, found);
        }
    }
}

/// Long options whose value is a secret, with any program.
const LONG: &[&str] = &[
    "--password",
    "--passwd",
    "--token",
    "--api-key",
    "--apikey",
    "--api-token",
    "--auth-token",
    "--access-token",
    "--secret",
    "--secret-key",
    "--client-secret",
    "--requirepass",
    "--db-password",
    "--dbpassword",
    "--http-password",
    "--ftp-password",
    "--proxy-password",
    "--passphrase",
    "--root-password",
    "--admin-password",
    "--private-key-passphrase",
];

fn judge_words(program: &str, arguments: &[Word], found: &mut Found<'_>) {
    for (at, word) in arguments.iter().enumerate() {
        let next = arguments.get(at + 1);
        let Some((name, value, span)) = secret_argument(program, arguments, word, next) else { continue };
        if is_literal(&value) {
            found.report(span, format!("`{program}` is given a secret by `{name}`"));
        }
    }
}

/// An argument that carries a secret: what carries it, its value, and its place.
fn secret_argument(program: &str, all: &[Word], word: &Word, next: Option<&Word>) -> Option<(String, String, Span)> {
    let text = word.text.as_str();
    let following = || {
        let next = next.filter(|next| !next.text.starts_with('-'))?;
        Some((text.to_owned(), next.text.clone(), word.span.to(next.span)))
    };
    if let Some((name, value)) = text.split_once('=')
        && LONG.contains(&name)
    {
        return Some((name.to_owned(), value.to_owned(), word.span));
    }
    if LONG.contains(&text) {
        return following();
    }
    let has = |name: &str| all.iter().any(|word| word.text == name);
    match (program, text) {
        ("curl", "-u" | "--user") | ("wget", "--user-password") => {
            let (name, value, span) = following()?;
            let password = value.split_once(':')?.1.to_owned();
            Some((name, password, span))
        }
        ("curl" | "wget" | "http" | "git", _) => {
            let lower = text.to_ascii_lowercase();
            let at = ["authorization:", "private-token:", "x-api-key:", "x-auth-token:", "job-token:"]
                .iter()
                .find_map(|header| lower.find(header).map(|at| at + header.len()))?;
            let value = text.get(at..)?.trim();
            let value = ["Bearer ", "Basic ", "token ", "bearer ", "basic "]
                .iter()
                .find_map(|scheme| value.strip_prefix(scheme))
                .unwrap_or(value);
            Some(("a header".to_owned(), value.trim().to_owned(), word.span))
        }
        ("docker" | "podman" | "buildah" | "helm" | "oras" | "skopeo" | "crane" | "nerdctl", "-p") if has("login") => {
            following()
        }
        ("sshpass" | "redis-cli", "-p" | "-a") => following(),
        ("sshpass", _) => {
            let value = text.strip_prefix("-p").filter(|value| !value.is_empty())?;
            Some(("-p".to_owned(), value.to_owned(), word.span))
        }
        ("mysql" | "mysqladmin" | "mysqldump" | "mariadb" | "mariadb-admin", _) => {
            let value = text.strip_prefix("-p").filter(|value| !value.is_empty())?;
            Some(("-p".to_owned(), value.to_owned(), word.span))
        }
        ("npm" | "yarn" | "pnpm", _)
            if text.contains("_authToken") || text.contains("_password") || text == "_auth" =>
        {
            match text.split_once('=') {
                Some((name, value)) => Some((name.to_owned(), value.to_owned(), word.span)),
                None => following(),
            }
        }
        ("gpg" | "openssl", "-passin" | "-passout" | "-pass") => {
            let (name, value, span) = following()?;
            Some((name, value.strip_prefix("pass:")?.to_owned(), span))
        }
        _ => None,
    }
}
