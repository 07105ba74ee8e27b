//! Environment variables that change how programs are found, loaded and protected.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Dockerfile, Pair};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

/// The variables of the image.
fn variables<'f>(file: &'f Dockerfile<'_>) -> Vec<(&'f Pair, &'f str)> {
    let pairs = lineage::of_image(file)
        .into_iter()
        .filter_map(|each| if let Body::Env(pairs) = &each.body { Some(pairs) } else { None });
    pairs.flatten().filter_map(|pair| Some((pair, pair.value.as_ref()?.text.as_str()))).collect()
}

pub(super) const PATH: Rule = Rule {
    id: "BS-D109",
    title: "PATH with a relative folder or one that everyone may write",
    severity: Severity::Medium,
    aliases: &[],
    why: "Programs are looked for there. Whoever can put a file into such a folder has it run in place of another, with the rights of whoever calls it.",
    advice: "Keep whole paths in `PATH`, of folders that only root may write.",
    references: &["https://cwe.mitre.org/data/definitions/426.html"],
    bad: &[
        "FROM debian:12\nENV PATH=.:$PATH\n",
        "FROM debian:12\nENV PATH=/tmp/bin:$PATH\n",
        "FROM debian:12\nENV PATH=$PATH::/opt/bin\n",
    ],
    good: &[
        "FROM debian:12\nENV PATH=/opt/app/bin:$PATH\n",
        "FROM debian:12\nENV PATH=\"$APP/bin:${PATH:-/bin}\" NODE_PATH=.\n",
        "FROM node:24\nENV PATH=$PATH:/app/node_modules/.bin\n",
    ],
    check: Check::Dockerfile(path),
};

fn path(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    if lineage::is_windows(file) {
        return;
    }
    for (pair, value) in variables(file).into_iter().filter(|(pair, _)| pair.key.text == "PATH") {
        // A default within a variable has a colon of its own.
        if value.contains(":-") || value.contains(":+") || value.is_empty() {
            continue;
        }
        for folder in value.split(':') {
            let what = if folder.is_empty() {
                "an empty entry, which is the current folder".to_owned()
            } else if !folder.starts_with(['/', '$', '~']) {
                format!("`{folder}`, which depends on the current folder")
            } else if ["/tmp", "/var/tmp", "/dev/shm"]
                .iter()
                .any(|open| folder == *open || folder.starts_with(&format!("{open}/")))
            {
                format!("`{folder}`, where everyone may write")
            } else {
                continue;
            };
            found.report(pair.key.span, format!("programs are looked for in {what}"));
        }
    }
}

pub(super) const PRELOAD: Rule = Rule {
    id: "BS-D110",
    title: "library loaded into every program",
    severity: Severity::Medium,
    aliases: &[],
    why: "`LD_PRELOAD` in the image's environment loads a library into every process, also those that are started for maintenance. It is a known way to hide, and a library that is missing or of another architecture breaks everything.",
    advice: "Set it for the one program that needs it, in its entry point.",
    references: &["https://attack.mitre.org/techniques/T1574/006/"],
    bad: &["FROM debian:12\nENV LD_PRELOAD=/opt/lib/hook.so\n"],
    good: &[
        "FROM debian:12\nCMD [\"env\", \"LD_PRELOAD=/usr/lib/libjemalloc.so.2\", \"app\"]\n",
        "FROM debian:12\nENV LD_PRELOAD=\n",
        "FROM ruby:3.4\nENV LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2\n",
    ],
    check: Check::Dockerfile(preload),
};

// Allocators are preloaded everywhere, on purpose and from the distribution's own folders.
fn preload(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (pair, value) in variables(file) {
        let allocator = ["jemalloc", "tcmalloc", "mimalloc"].iter().any(|name| value.contains(name));
        if matches!(pair.key.text.as_str(), "LD_PRELOAD" | "LD_AUDIT" | "DYLD_INSERT_LIBRARIES")
            && !value.is_empty()
            && !allocator
        {
            found.report(pair.key.span, format!("`{}` loads `{value}` into every program", pair.key.text));
        }
    }
}

pub(super) const DEBUG: Rule = Rule {
    id: "BS-D111",
    title: "debug or development mode in the image",
    severity: Severity::Medium,
    aliases: &[],
    why: "In this mode frameworks show sources, settings and stack traces to whoever causes an error; some open a console in which anyone can run code.",
    advice: "Leave it out or set the value for production, and switch debugging on in a stage or an override for development.",
    references: &["https://cwe.mitre.org/data/definitions/489.html", "https://owasp.org/www-project-top-ten/"],
    bad: &[
        "FROM python:3.14\nENV FLASK_DEBUG=1\n",
        "FROM node:24\nENV NODE_ENV=development\n",
        "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENV ASPNETCORE_ENVIRONMENT=Development\n",
    ],
    good: &[
        "FROM python:3.14\nENV FLASK_DEBUG=0 DEBUG=false\n",
        "FROM node:24 AS dev\nENV NODE_ENV=development\nFROM node:24\nENV NODE_ENV=production\n",
        "FROM node:24 AS base\nENV NODE_ENV=development\nFROM base\nENV NODE_ENV=production\n",
    ],
    check: Check::Dockerfile(debug),
};

/// Variables with the values that switch a mode on, and whether it opens a way in or only tells too much.
const MODES: &[(&str, &[&str], bool)] = &[
    ("FLASK_DEBUG", &["1", "true", "on", "yes"], true),
    ("FLASK_ENV", &["development"], true),
    ("DJANGO_DEBUG", &["1", "true", "on", "yes"], true),
    ("WERKZEUG_DEBUG_PIN", &["off"], true),
    ("APP_DEBUG", &["1", "true", "on", "yes"], true),
    ("DEBUG", &["1", "true", "on", "yes"], false),
    ("NODE_ENV", &["development", "dev"], false),
    ("RAILS_ENV", &["development"], false),
    ("RACK_ENV", &["development"], false),
    ("APP_ENV", &["development", "dev", "local"], false),
    ("SYMFONY_ENV", &["dev"], false),
    ("ASPNETCORE_ENVIRONMENT", &["development"], false),
    ("DOTNET_ENVIRONMENT", &["development"], false),
    ("GIN_MODE", &["debug"], false),
    ("SPRING_PROFILES_ACTIVE", &["dev", "development", "local"], false),
];

fn debug(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let all = variables(file);
    let mut last: std::collections::BTreeMap<&str, (&Pair, &str)> = std::collections::BTreeMap::new();
    for (pair, value) in all {
        last.insert(&pair.key.text, (pair, value));
    }
    for (name, on, open) in MODES {
        let Some((pair, value)) = last.get(name) else { continue };
        if on.contains(&value.to_ascii_lowercase().as_str()) {
            let severity = if *open { Severity::Medium } else { Severity::Low };
            found.report(pair.key.span, format!("`{name}={value}` is a mode for development")).severity(severity);
        }
    }
}

pub(super) const OPEN: Rule = Rule {
    id: "BS-D112",
    title: "service without authentication by default",
    severity: Severity::High,
    aliases: &[],
    why: "Every container of the image lets in whoever reaches it, without a password; it is enough that somebody publishes its port.",
    advice: "Leave it out, and give each deployment a password by a secret.",
    references: &[
        "https://hub.docker.com/_/postgres",
        "https://hub.docker.com/_/mysql",
        "https://cwe.mitre.org/data/definitions/306.html",
    ],
    bad: &[
        "FROM postgres:18\nENV POSTGRES_HOST_AUTH_METHOD=trust\n",
        "FROM mysql:9\nENV MYSQL_ALLOW_EMPTY_PASSWORD=yes\n",
    ],
    good: &[
        "FROM postgres:18\nENV POSTGRES_HOST_AUTH_METHOD=scram-sha-256\n",
        "FROM mysql:9\nENV MYSQL_ALLOW_EMPTY_PASSWORD=no MYSQL_RANDOM_ROOT_PASSWORD=yes\n",
    ],
    check: Check::Dockerfile(open),
};

fn open(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (pair, value) in variables(file) {
        let value = value.to_ascii_lowercase();
        let on = matches!(value.as_str(), "1" | "true" | "yes" | "on");
        let without = match pair.key.text.as_str() {
            "POSTGRES_HOST_AUTH_METHOD" => value == "trust",
            "NEO4J_AUTH" => value == "none",
            "xpack.security.enabled" => value == "false",
            "DISABLE_AUTH"
            | "DISABLE_SECURITY_PLUGIN"
            | "MYSQL_ALLOW_EMPTY_PASSWORD"
            | "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"
            | "ALLOW_EMPTY_PASSWORD"
            | "ALLOW_ANONYMOUS_LOGIN"
            | "ALLOW_PLAINTEXT_LISTENER"
            | "GF_AUTH_ANONYMOUS_ENABLED" => on,
            _ => false,
        };
        if without {
            found.report(pair.key.span, format!("`{}={value}` lets everyone in", pair.key.text));
        }
    }
}
