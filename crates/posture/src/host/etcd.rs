//! Rules on etcd.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask, is_local};
use super::server::both;
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const SECURITY: &str = "https://etcd.io/docs/v3.6/op-guide/security/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H105",
        title: "etcd serves without TLS",
        severity: Severity::High,
        aliases: &["CIS-K8S-2.1", "KCV-0042", "CKV_K8S_116"],
        why: "etcd holds every Secret of the cluster. Without a certificate it hands them out in clear.",
        advice: "Set `--cert-file` and `--key-file`.",
        references: &[SECURITY, CIS],
        bad: &[pod!("etcd", "--cert-file=/c.crt"), pod!("etcd", "--name=a")],
        good: &[pod!("etcd", "--cert-file=/c.crt", "--key-file=/c.key")],
        check: Check::Host(|host, found| {
            both(
                host,
                found,
                &[Component::Etcd],
                ["cert-file", "key-file"],
                "what is stored goes over the network in clear",
            )
        }),
    },
    Rule {
        id: "BS-H106",
        title: "etcd lets in whoever reaches it",
        severity: Severity::Critical,
        aliases: &["CIS-K8S-2.2", "KCV-0043", "CKV_K8S_117"],
        why: "Without client certificates whoever reaches port 2379 reads and changes everything in the cluster, past the API server.",
        advice: "Set `--client-cert-auth=true` with `--trusted-ca-file`.",
        references: &[SECURITY, CIS],
        bad: &[
            pod!("etcd", "--client-cert-auth=false"),
            pod!("etcd", "--name=a"),
            "=== etc/default/etcd\nETCD_CLIENT_CERT_AUTH=\"false\"\n",
        ],
        good: &[
            pod!("etcd", "--client-cert-auth=true"),
            pod!("etcd", "--client-cert-auth"),
            "=== etc/default/etcd\nETCD_CLIENT_CERT_AUTH=\"true\"\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Etcd],
                    flag: "client-cert-auth",
                    must: Must::Be(&["true"]),
                    wrong: "lets in whoever reaches the port",
                    missing: Missing::Bad("whoever reaches the port is let in"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H107",
        title: "certificates that nobody signed",
        severity: Severity::High,
        aliases: &["CIS-K8S-2.3", "KCV-0044", "CKV_K8S_118"],
        why: "With `--auto-tls` etcd makes certificates by itself, which clients cannot check, so anyone on the way can pose as etcd.",
        advice: "Remove `--auto-tls` and give certificates with `--cert-file` and `--key-file`.",
        references: &[SECURITY, CIS],
        bad: &[pod!("etcd", "--auto-tls=true"), pod!("etcd", "--auto-tls")],
        good: &[pod!("etcd", "--auto-tls=false"), pod!("etcd", "--name=a")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Etcd],
                    flag: "auto-tls",
                    must: Must::Be(&["false"]),
                    wrong: "makes certificates that nobody can check",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H108",
        title: "members of etcd talk without TLS",
        severity: Severity::High,
        aliases: &["CIS-K8S-2.4", "KCV-0045", "CKV_K8S_119"],
        why: "Members send each other everything that is stored. Without certificates it goes over the network in clear.",
        advice: "Set `--peer-cert-file` and `--peer-key-file`.",
        references: &[SECURITY, CIS],
        bad: &[pod!("etcd", "--peer-cert-file=/p.crt"), pod!("etcd", "--name=a")],
        good: &[pod!("etcd", "--peer-cert-file=/p.crt", "--peer-key-file=/p.key")],
        check: Check::Host(|host, found| {
            both(
                host,
                found,
                &[Component::Etcd],
                ["peer-cert-file", "peer-key-file"],
                "members send each other what is stored in clear",
            )
        }),
    },
    Rule {
        id: "BS-H109",
        title: "any program may become a member of etcd",
        severity: Severity::Critical,
        aliases: &["CIS-K8S-2.5", "KCV-0046", "CKV_K8S_121"],
        why: "Without certificates of members whoever reaches port 2380 can join, and gets a copy of everything.",
        advice: "Set `--peer-client-cert-auth=true` with `--peer-trusted-ca-file`.",
        references: &[SECURITY, CIS],
        bad: &[pod!("etcd", "--peer-client-cert-auth=false"), pod!("etcd", "--name=a")],
        good: &[pod!("etcd", "--peer-client-cert-auth=true")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Etcd],
                    flag: "peer-client-cert-auth",
                    must: Must::Be(&["true"]),
                    wrong: "lets any program become a member",
                    missing: Missing::Bad("any program may become a member"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H110",
        title: "certificates of members that nobody signed",
        severity: Severity::High,
        aliases: &["CIS-K8S-2.6", "KCV-0047"],
        why: "With `--peer-auto-tls` members make certificates by themselves, which the others cannot check.",
        advice: "Remove `--peer-auto-tls` and give certificates with `--peer-cert-file` and `--peer-key-file`.",
        references: &[SECURITY, CIS],
        bad: &[pod!("etcd", "--peer-auto-tls=true")],
        good: &[pod!("etcd", "--peer-auto-tls=false"), pod!("etcd", "--name=a")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Etcd],
                    flag: "peer-auto-tls",
                    must: Must::Be(&["false"]),
                    wrong: "makes certificates that no member can check",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H111",
        title: "etcd trusts the cluster's authority",
        severity: Severity::Medium,
        aliases: &[],
        why: "If etcd takes certificates of the cluster's own authority, every node and every user with a certificate may read all of it.",
        advice: "Give etcd an authority of its own in `--trusted-ca-file`, as kubeadm does with `pki/etcd/ca.crt`.",
        references: &[SECURITY, CIS],
        bad: &[pod!("etcd", "--trusted-ca-file=/etc/kubernetes/pki/ca.crt")],
        good: &[pod!("etcd", "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Etcd],
                    flag: "trusted-ca-file",
                    must: Must::NotBe(&[
                        "/etc/kubernetes/pki/ca.crt",
                        "/etc/kubernetes/ssl/ca.crt",
                        "/var/lib/kubernetes/ca.pem",
                    ]),
                    wrong: "lets in every certificate of the cluster",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H112",
        title: "etcd listens without TLS",
        severity: Severity::High,
        aliases: &[],
        why: "An address with `http` serves everything that is stored to whoever reaches it, whatever certificates are set.",
        advice: "Write `https://` in the address, or listen on 127.0.0.1 for health checks and measurements only.",
        references: &[SECURITY],
        bad: &[
            pod!("etcd", "--listen-client-urls=https://10.0.0.5:2379,http://0.0.0.0:2379"),
            pod!("etcd", "--listen-peer-urls", "http://10.0.0.5:2380"),
            "=== etc/default/etcd\nETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379\n",
        ],
        good: &[pod!("etcd", "--listen-client-urls=https://10.0.0.5:2379,http://127.0.0.1:2379")],
        check: Check::Host(listens),
    },
];

fn listens(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Etcd {
        return;
    }
    for flag in ["listen-client-urls", "listen-peer-urls", "listen-metrics-urls"] {
        let Some(setting) = host.setting(&[], flag) else { continue };
        if let Some(url) = setting.items().find(|url| url.starts_with("http://") && !is_local(url)) {
            // Measurements hold no secrets.
            let severity = if flag == "listen-metrics-urls" { Severity::Low } else { Severity::High };
            host.report(found, setting.span, format!("etcd listens on `{url}` without TLS")).severity(severity);
        }
    }
}
