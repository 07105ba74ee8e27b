//! Names and values that are secrets, and those that only look so.

use super::*;

#[test]
fn names_say_what_is_secret() {
    for name in [
        "PASSWORD",
        "DB_PASSWORD",
        "PGPASSWORD",
        "db-password",
        "dbPassword",
        "MYSQL_ROOT_PASSWORD",
        "GITHUB_TOKEN",
        "githubToken",
        "NPM_TOKEN",
        "API_KEY",
        "apikey",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "SECRET_KEY",
        "SECRET_KEY_BASE",
        "CLIENT_SECRET",
        "DB_PASS",
        "DB_PWD",
        "SSH_PRIVATE_KEY",
        "JWT_SECRET",
        "REDIS_AUTH",
        "STRIPE_API_KEY",
        "APP_KEY",
        "AZURE_CLIENT_SECRET",
        "SONAR_TOKEN",
        "passphrase",
        "spring.datasource.password",
    ] {
        assert!(is_secret_name(name), "{name}");
    }
}

#[test]
fn names_about_secrets_are_none() {
    for name in [
        "PWD",
        "OLDPWD",
        "PATH",
        "PASSWORD_FILE",
        "POSTGRES_PASSWORD_FILE",
        "TOKEN_URL",
        "GPG_KEY",
        "GPG_KEYS",
        "PUBLIC_KEY",
        "ALLOW_EMPTY_PASSWORD",
        "MYSQL_RANDOM_ROOT_PASSWORD",
        "SSH_AUTH_SOCK",
        "KEYSPACE",
        "KEYCLOAK_VERSION",
        "MAX_TOKENS",
        "SECRET_NAME",
        "TOKENIZERS_PARALLELISM",
        "MONKEY",
        "AUTH_URL",
        "PASSENGER_VERSION",
        "COMPASS",
        "BYPASS",
        "KEY",
        "NGINX_GPGKEY",
        "KEYS",
        "PASSWORD_MIN_LENGTH",
        "SECRET_KEY_BASE_DUMMY",
        "AUTHOR",
        "HOTKEY",
        "",
    ] {
        assert!(!is_secret_name(name), "{name}");
    }
}

#[test]
fn values_that_hold_nothing_are_placeholders() {
    for value in [
        "",
        "$X",
        "${X}",
        "${X:-y}",
        "<your-token>",
        "your-token",
        "/run/secrets/db",
        "true",
        "0",
        "xxxx",
        "****",
        "{{ x }}",
        "vault:secret/a",
        "none",
        "%TOKEN%",
        "replace_me",
        "TOKEN_HERE",
        "dummy",
    ] {
        assert!(is_placeholder(value), "{value}");
        assert_eq!(secret_of("DB_PASSWORD", value), None, "{value}");
    }
    for value in ["changeme", "hunter2", "password", "postgres", "example", "1234"] {
        assert_eq!(secret_of("DB_PASSWORD", value), Some("a password"), "{value}");
    }
}

#[test]
fn tokens_are_known_by_their_shape_under_any_name() {
    let table = [
        (concat!("AKIA", "IOSFODNN7QWERTYU"), Some("an AWS access key id")),
        (concat!("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"), Some("a GitHub personal access token")),
        (concat!("x=glpat-", "4x6Zq9Tb2Lw8Kd1Rm7Yv"), Some("a GitLab personal access token")),
        (concat!("xoxb-", "123456789012-abcdefGHIJKL"), Some("a Slack bot token")),
        (concat!("sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"), Some("a Stripe secret key")),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl", Some("a private key")),
        ("-----BEGIN PUBLIC KEY-----", None),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----", None),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9", Some("a JSON web token")),
        ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", None),
        ("debian:12", None),
        ("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", None),
    ];
    for (value, expected) in table {
        assert_eq!(secret_in(value), expected, "{value}");
    }
}

#[test]
fn a_random_value_decides_where_the_name_only_hints() {
    assert!(secret_of("ROLLBAR_KEY", "9dK3fLq0ZxV7bN2mT5yR8wPc").is_some());
    assert_eq!(secret_of("ROLLBAR_KEY", "the-name-of-a-thing-to-do"), None);
    assert_eq!(secret_of("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568"), None);
    assert_eq!(secret_of("NGINX_SHA", "9dK3fLq0ZxV7bN2mT5yR8wPc"), None);
}

#[test]
fn addresses_give_their_passwords_away() {
    let table = [
        ("https://anna:s3cret@example.org/x", Some("s3cret")),
        ("git clone https://x-access-token:abcdef@github.com/a/b", Some("abcdef")),
        ("https://user:${TOKEN}@example.org", None),
        ("https://$USER:$PASS@example.org", None),
        ("https://example.org/a@b:c", None),
        ("ssh://git@github.com/a/b", None),
        ("https://example.org:8080/x", None),
        ("postgres://app:p%40ss@db/x", Some("p%40ss")),
        ("https://user:<password>@example.org", None),
    ];
    for (text, expected) in table {
        assert_eq!(credentials_in_url(text).map(|range| &text[range]), expected, "{text}");
    }
}
