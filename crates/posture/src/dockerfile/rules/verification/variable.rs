//! Variables that switch checks off, in `ENV`, `ARG` and `RUN` alike.

use boltseal_evidence::Severity;

use super::{is_off, is_on, report_settings};
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D253",
        title: "pip told by a variable to trust hosts without a valid certificate",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_16"],
        why: "pip then takes packages from this host without looking at its certificate, or without encryption at all: \
              anyone on the way can send other code, which runs while it is installed.",
        advice: "Give the index a valid certificate; for one of your own authority, point `PIP_CERT` at its certificate.",
        references: &["https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host"],
        bad: &[
            "FROM python:3.12\nENV PIP_TRUSTED_HOST=pypi.example.com\n",
            "FROM python:3.12\nRUN PIP_TRUSTED_HOST=pypi.example.com pip install -r requirements.txt\n",
        ],
        good: &[
            "FROM python:3.12\nENV PIP_CERT=/etc/ssl/certs/example.pem\n",
            "FROM python:3.12\nARG PIP_TRUSTED_HOST\nENV PIP_TRUSTED_HOST=\n",
        ],
        check: Check::Dockerfile(|file, found| {
            let what = "makes pip take packages from there without checking the certificate";
            report_settings(file, found, &["PIP_TRUSTED_HOST"], |value| !value.is_empty(), what);
        }),
    },
    Rule {
        id: "BS-D254",
        title: "certificate check of Python switched off",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_5"],
        why: "No program in Python then checks whom it talks to: anyone on the way can read and change everything, \
              passwords and downloaded code included.",
        advice: "Remove the setting, and add the missing authority to the image's certificates (`update-ca-certificates`) \
                 or name it in `SSL_CERT_FILE`.",
        references: &[
            "https://peps.python.org/pep-0493/",
            "https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",
        ],
        bad: &[
            "FROM python:2.7\nENV PYTHONHTTPSVERIFY=0\n",
            "FROM python:2.7\nARG PYTHONHTTPSVERIFY=0\n",
            "FROM python:3.12\nRUN export PYTHONHTTPSVERIFY=0 && python get.py\n",
            "FROM python:3.12\nENV CURL_CA_BUNDLE=\"\"\n",
        ],
        good: &[
            "FROM python:3.12\nENV PYTHONHTTPSVERIFY=1 REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt\n",
            "FROM python:3.12\nARG PYTHONHTTPSVERIFY\n",
        ],
        check: Check::Dockerfile(|file, found| {
            let what = "switches off Python's check of certificates";
            report_settings(file, found, &["PYTHONHTTPSVERIFY"], is_off, what);
            for setting in super::settings(file, &["CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"]) {
                let env = matches!(setting.instruction.body, crate::dockerfile::Body::Env(_));
                if env && setting.value.is_empty() {
                    found.report(setting.span, format!("an empty `{}` {what} where requests is used", setting.name));
                }
            }
        }),
    },
    Rule {
        id: "BS-D255",
        title: "certificate check of Node.js switched off",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_6"],
        why: "No program in Node.js then checks whom it talks to: anyone on the way can read and change everything, \
              tokens and downloaded code included.",
        advice: "Remove the setting, and name the missing authority in `NODE_EXTRA_CA_CERTS`.",
        references: &["https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue"],
        bad: &[
            "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\n",
            "FROM node:22\nRUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci\n",
            "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED 0\n",
        ],
        good: &[
            "FROM node:22\nENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/example.pem\n",
            "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\n",
        ],
        check: Check::Dockerfile(|file, found| {
            let what = "switches off the check of certificates in Node.js";
            report_settings(file, found, &["NODE_TLS_REJECT_UNAUTHORIZED"], |value| value == "0", what);
        }),
    },
    Rule {
        id: "BS-D265",
        title: "certificate check of npm or yarn switched off by a variable",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_12"],
        why: "The registry is no longer checked for being the right one: anyone on the way can send other packages, whose \
              scripts run while they are installed.",
        advice: "Remove the setting, and name the missing authority with `NPM_CONFIG_CAFILE` or `NODE_EXTRA_CA_CERTS`.",
        references: &["https://docs.npmjs.com/cli/v11/using-npm/config#strict-ssl"],
        bad: &[
            "FROM node:22\nENV NPM_CONFIG_STRICT_SSL=false\n",
            "FROM node:22\nRUN npm_config_strict_ssl=false npm ci\n",
            "FROM node:22\nENV YARN_ENABLE_STRICT_SSL=0\n",
        ],
        good: &["FROM node:22\nENV NPM_CONFIG_STRICT_SSL=true NPM_CONFIG_CAFILE=/etc/ssl/certs/example.pem\n"],
        check: Check::Dockerfile(|file, found| {
            let names = ["NPM_CONFIG_STRICT_SSL", "YARN_ENABLE_STRICT_SSL", "YARN_STRICT_SSL"];
            report_settings(file, found, &names, is_off, "switches off the check of the registry's certificate");
        }),
    },
    Rule {
        id: "BS-D267",
        title: "certificate check of git switched off by a variable",
        severity: Severity::High,
        aliases: &["CKV2_DOCKER_14"],
        why: "git then clones from whoever answers: anyone on the way can send other source code, and see the tokens that \
              are sent along.",
        advice: "Remove the setting, and name the missing authority in `GIT_SSL_CAINFO`.",
        references: &["https://git-scm.com/book/en/v2/Git-Internals-Environment-Variables"],
        bad: &[
            "FROM debian:12\nENV GIT_SSL_NO_VERIFY=true\n",
            "FROM debian:12\nRUN GIT_SSL_NO_VERIFY=1 git clone https://example.com/a.git\n",
        ],
        good: &[
            "FROM debian:12\nENV GIT_SSL_CAINFO=/etc/ssl/certs/example.pem\n",
            "FROM debian:12\nARG GIT_SSL_NO_VERIFY\n",
        ],
        check: Check::Dockerfile(|file, found| {
            // git looks whether it is set, then whether that is a no.
            let off = |value: &str| !value.is_empty() && !is_off(value);
            report_settings(file, found, &["GIT_SSL_NO_VERIFY"], off, "switches off git's check of certificates");
        }),
    },
    Rule {
        id: "BS-D269",
        title: "check of Go modules switched off",
        severity: Severity::Medium,
        aliases: &[],
        why: "`GOSUMDB=off` and `GONOSUMDB=*` take any content for a module version, `GOINSECURE` fetches it without a valid \
              certificate: code that was exchanged on the way or at its host goes unnoticed.",
        advice: "Leave the checksum database on; for private modules name their paths, and only them, in `GOPRIVATE`.",
        references: &["https://go.dev/ref/mod#environment-variables"],
        bad: &[
            "FROM golang:1.23\nENV GOSUMDB=off\n",
            "FROM golang:1.23\nRUN GOINSECURE=git.example.com go mod download\n",
            "FROM golang:1.23\nENV GOFLAGS=-insecure\n",
        ],
        good: &[
            "FROM golang:1.23\nENV GOPRIVATE=git.example.com/team/* GOSUMDB=sum.golang.org GOFLAGS=-mod=readonly\n",
            "FROM golang:1.23\nENV GONOSUMDB=git.example.com/team\n",
        ],
        check: Check::Dockerfile(|file, found| {
            let what = "switches off a check of Go modules";
            report_settings(file, found, &["GOSUMDB"], |value| value == "off", what);
            report_settings(file, found, &["GOINSECURE"], |value| !value.is_empty(), what);
            report_settings(
                file,
                found,
                &["GONOSUMDB", "GONOSUMCHECK", "GOPRIVATE"],
                |value| matches!(value, "*" | "1"),
                what,
            );
            report_settings(file, found, &["GOFLAGS"], |value| value.contains("-insecure"), what);
        }),
    },
    Rule {
        id: "BS-D279",
        title: "other check of certificates or signatures switched off by a variable",
        severity: Severity::Medium,
        aliases: &[],
        why: "Variables like this one exist for debugging; in an image they make a program accept whatever answers in the \
              place of the real server.",
        advice: "Remove the setting, and add the missing authority to the image's certificates instead.",
        references: &["https://owasp.org/www-community/attacks/Manipulator-in-the-middle_attack"],
        bad: &[
            "FROM ruby:3.3\nENV BUNDLE_SSL_VERIFY_MODE=0\n",
            "FROM continuumio/miniconda3\nENV CONDA_SSL_VERIFY=false\n",
            "FROM debian:12\nENV VAULT_SKIP_VERIFY=true\n",
            "FROM debian:12\nENV HELM_KUBEINSECURE_SKIP_TLS_VERIFY=true\n",
        ],
        good: &["FROM ruby:3.3\nENV BUNDLE_SSL_VERIFY_MODE=1 CONDA_SSL_VERIFY=/etc/ssl/certs/example.pem\n"],
        check: Check::Dockerfile(|file, found| {
            let what = "switches off a check of certificates";
            report_settings(
                file,
                found,
                &["BUNDLE_SSL_VERIFY_MODE", "CONDA_SSL_VERIFY", "MAMBA_SSL_VERIFY"],
                is_off,
                what,
            );
            let on = ["VAULT_SKIP_VERIFY", "HELM_KUBEINSECURE_SKIP_TLS_VERIFY", "UV_INSECURE_NO_ZIP_VALIDATION"];
            report_settings(file, found, &on, is_on, what);
            report_settings(file, found, &["UV_INSECURE_HOST"], |value| !value.is_empty(), what);
            report_settings(file, found, &["CONSUL_HTTP_SSL_VERIFY", "ANSIBLE_HOST_KEY_CHECKING"], is_off, what);
        }),
    },
];
