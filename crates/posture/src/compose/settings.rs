//! Rules on what is obsolete or hides what happens.

use boltseal_evidence::Severity;

use super::Compose;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::remove;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C047",
        title: "obsolete key `version`",
        severity: Severity::Negligible,
        aliases: &[],
        why: "Compose ignores `version` and warns of it; readers believe that the file is held to an old format.",
        advice: "Remove the line: the file means the same without it.",
        references: &["https://docs.docker.com/reference/compose-file/version-and-name/"],
        bad: &["version: \"3.8\"\nservices:\n  a:\n    image: example.org/a:1.2\n"],
        good: &["name: shop\nservices:\n  a:\n    image: example.org/a:1.2\n"],
        check: Check::Compose(|compose, found| {
            if let Some((key, value)) = compose.root.entry("version") {
                let message = format!("`version: {}` counts for nothing", value.as_str().unwrap_or_default());
                let change = remove(compose.source, compose.root, "version");
                found.report(key.span, message).fix("remove `version`", change);
            }
        }),
    },
    Rule {
        id: "BS-C048",
        title: "links between containers",
        severity: Severity::Low,
        aliases: &[],
        why: "Links are a legacy feature: besides a name they hand over every environment variable of the other container on the default bridge, passwords among them.",
        advice: "Remove `links`: services of one network find each other by name; `depends_on` sets the order.",
        references: &["https://docs.docker.com/engine/network/links/"],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    links: [b]\n  b:\n    image: example.org/b:1.2\n"],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    depends_on: [b]\n  b:\n    image: example.org/b:1.2\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                for key in ["links", "external_links"] {
                    if let Some(node) = service.get(key).filter(|node| !node.is_empty()) {
                        service.report(found, node, format!("`{key}` is a legacy feature"));
                    }
                }
            }
        }),
    },
    Rule {
        id: "BS-C049",
        title: "logging switched off",
        severity: Severity::Low,
        aliases: &["CIS-Docker-2.13"],
        why: "With the driver `none` what the service says is lost, so nobody can tell afterwards what an intruder did.",
        advice: "Use a driver that keeps logs, such as `local`, and limit its size with `max-size`.",
        references: &["https://docs.docker.com/engine/logging/configure/"],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    logging:\n      driver: none\n"],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    logging:\n      driver: local\n      options: {max-size: 10m}\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                if let Some(node) = service.at(&["logging", "driver"]).filter(|node| node.as_str() == Some("none")) {
                    service.report(found, node, "with the logging driver `none` everything the service says is lost");
                }
            }
        }),
    },
    Rule {
        id: "BS-C050",
        title: "no authentication",
        severity: Severity::High,
        aliases: &[],
        why: "The setting makes the program let in whoever reaches its port: every other service of the network, and everyone if the port is published.",
        advice: "Remove the setting and give a password as a secret, such as `POSTGRES_PASSWORD_FILE: /run/secrets/db`.",
        references: &[
            "https://docs.docker.com/compose/how-tos/use-secrets/",
            "https://cwe.mitre.org/data/definitions/306.html",
        ],
        bad: &[
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n",
            "services:\n  db:\n    image: mysql:9.1\n    environment: [MYSQL_ALLOW_EMPTY_PASSWORD=yes]\n",
            "services:\n  es:\n    image: elasticsearch:8.17.0\n    environment:\n      - xpack.security.enabled=false\n",
            "services:\n  r:\n    image: redis:7.4\n    command: redis-server --protected-mode no\n",
        ],
        good: &[
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: scram-sha-256\n      MYSQL_ALLOW_EMPTY_PASSWORD: \"no\"\n",
        ],
        check: Check::Compose(no_authentication),
    },
    Rule {
        id: "BS-C051",
        title: "certificates are not verified",
        severity: Severity::High,
        aliases: &[],
        why: "With verification off the program talks to whoever answers: anyone on the way can read and change what it sends, passwords included.",
        advice: "Remove the variable; for a certificate authority of your own, mount its certificate and name it with `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE`.",
        references: &[
            "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
            "https://cwe.mitre.org/data/definitions/295.html",
        ],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    environment:\n      NODE_TLS_REJECT_UNAUTHORIZED: \"0\"\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    environment: [GIT_SSL_NO_VERIFY=true]\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    environment:\n      NODE_TLS_REJECT_UNAUTHORIZED: \"1\"\n      GIT_SSL_NO_VERIFY: \"\"\n",
        ],
        check: Check::Compose(no_verification),
    },
];

fn no_authentication(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for variable in service.environment() {
            let value = variable.value.unwrap_or_default().trim_matches(['"', '\'']).to_ascii_lowercase();
            let is_on = matches!(value.as_str(), "1" | "yes" | "true" | "on");
            let is_off = matches!(value.as_str(), "0" | "no" | "false" | "off");
            let is_open = match variable.name {
                "POSTGRES_HOST_AUTH_METHOD" => value == "trust",
                "MYSQL_ALLOW_EMPTY_PASSWORD"
                | "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"
                | "ALLOW_EMPTY_PASSWORD"
                | "ALLOW_ANONYMOUS_LOGIN"
                | "ALLOW_PLAINTEXT_LISTENER"
                | "QDRANT_ALLOW_ANONYMOUS" => {
                    // MySQL's image takes any value for yes.
                    is_on || (variable.name.starts_with('M') && !value.is_empty() && !is_off)
                }
                "xpack.security.enabled" | "ME_CONFIG_BASICAUTH" => is_off,
                "DISABLE_SECURITY_PLUGIN" => is_on,
                "NEO4J_AUTH" => value == "none",
                "GF_AUTH_ANONYMOUS_ENABLED" => is_on,
                _ => false,
            };
            if is_open {
                let message = format!("`{}` lets in whoever reaches the port", variable.name);
                service.report(found, variable.node, message);
            }
        }
        let command = service.command();
        for ((word, node), (next, _)) in command.iter().zip(command.iter().skip(1)) {
            let is_open = (*word == "--protected-mode" && *next == "no") || (*word == "--auth" && *next == "none");
            if is_open {
                service.report(found, node, format!("`{word} {next}` lets in whoever reaches the port"));
            }
        }
        if let Some((word, node)) = command.iter().find(|(word, _)| matches!(*word, "--skip-grant-tables" | "--noauth"))
        {
            service.report(found, node, format!("`{word}` lets in whoever reaches the port"));
        }
    }
}

fn no_verification(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for variable in service.environment() {
            let value = variable.value.unwrap_or_default().trim();
            if is_verification_off(variable.name, value) {
                let message = format!("`{}={value}` makes the program believe any certificate", variable.name);
                service.report(found, variable.node, message);
            }
        }
    }
}

/// A variable makes programs believe any certificate.
pub(crate) fn is_verification_off(name: &str, value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    match name.to_ascii_uppercase().as_str() {
        "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" => value == "0",
        "GIT_SSL_NO_VERIFY" => !matches!(value.as_str(), "" | "0" | "false" | "no"),
        "NPM_CONFIG_STRICT_SSL" => matches!(value.as_str(), "false" | "0"),
        "VAULT_SKIP_VERIFY" => matches!(value.as_str(), "1" | "true"),
        "CONSUL_HTTP_SSL_VERIFY" => matches!(value.as_str(), "0" | "false"),
        "LDAPTLS_REQCERT" => value == "never" || value == "allow",
        _ => false,
    }
}
