//! Rules on the API server's keys and certificates, and on TLS of all components.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask};
use super::server::both;
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const FLAGS: &str = "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H083",
        title: "tokens of deleted accounts stay good",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.21", "KCV-0024", "CKV_K8S_96"],
        why: "Without the lookup the API server only checks the signature of a service account's token: who was removed gets in all the same.",
        advice: "Remove `--service-account-lookup=false`.",
        references: &[FLAGS, CIS],
        bad: &[pod!("kube-apiserver", "--service-account-lookup=false")],
        good: &[pod!("kube-apiserver", "--service-account-lookup=true"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "service-account-lookup",
                    must: Must::Be(&["true"]),
                    wrong: "lets in accounts that were deleted",
                    fix: Some("true"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H084",
        title: "tokens are signed with the key of the server",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.22", "KCV-0025", "CKV_K8S_97"],
        why: "Without a key of their own, tokens of service accounts are checked with the server's TLS key, and neither can be changed without the other.",
        advice: "Set `--service-account-key-file` to a key pair made for it.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/", CIS],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--service-account-key-file=/etc/kubernetes/pki/sa.pub")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "service-account-key-file",
                    must: Must::BeSet,
                    wrong: "names no key",
                    missing: Missing::Bad("tokens are checked with the server's own key"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H085",
        title: "API server shows etcd no certificate",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.23", "KCV-0026", "CKV_K8S_99"],
        why: "etcd holds every secret of the cluster. If the API server shows no certificate, etcd has to let in whoever reaches it.",
        advice: "Set `--etcd-certfile` and `--etcd-keyfile`.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/", CIS],
        bad: &[
            pod!("kube-apiserver", "--etcd-servers=https://127.0.0.1:2379"),
            pod!("kube-apiserver", "--etcd-certfile=/c.crt"),
        ],
        good: &[pod!("kube-apiserver", "--etcd-certfile=/c.crt", "--etcd-keyfile=/c.key")],
        check: Check::Host(|host, found| {
            both(
                host,
                found,
                &[Component::ApiServer],
                ["etcd-certfile", "etcd-keyfile"],
                "etcd cannot tell the API server from a stranger",
            )
        }),
    },
    Rule {
        id: "BS-H086",
        title: "API server with a certificate of its own making",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.24", "KCV-0027", "CKV_K8S_100"],
        why: "Without a certificate the server makes one that nobody signed, so clients get used to not checking it.",
        advice: "Set `--tls-cert-file` and `--tls-private-key-file`.",
        references: &["https://kubernetes.io/docs/setup/best-practices/certificates/", CIS],
        bad: &[pod!("kube-apiserver", "--tls-cert-file=/c.crt"), pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--tls-cert-file=/c.crt", "--tls-private-key-file=/c.key")],
        check: Check::Host(|host, found| {
            both(
                host,
                found,
                &[Component::ApiServer],
                ["tls-cert-file", "tls-private-key-file"],
                "nobody signs the certificate of the server",
            )
        }),
    },
    Rule {
        id: "BS-H087",
        title: "API server cannot check client certificates",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.25", "KCV-0028"],
        why: "Without the authority's certificate nodes and components cannot log in with theirs, and weaker ways take their place.",
        advice: "Set `--client-ca-file`.",
        references: &[
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates",
            CIS,
        ],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--client-ca-file=/etc/kubernetes/pki/ca.crt")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "client-ca-file",
                    must: Must::BeSet,
                    wrong: "names no authority",
                    missing: Missing::Bad("certificates of clients cannot be checked"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H088",
        title: "API server believes any etcd",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.26", "KCV-0029", "CKV_K8S_102"],
        why: "Without the authority's certificate the API server takes whoever answers for etcd, and believes the state of the cluster that it is told.",
        advice: "Set `--etcd-cafile`.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/", CIS],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "etcd-cafile",
                    must: Must::BeSet,
                    wrong: "names no authority",
                    missing: Missing::Bad("etcd's certificate is not checked"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H089",
        title: "secrets in clear in etcd",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.27", "KCV-0030", "CKV_K8S_104"],
        why: "Without encryption whoever gets at etcd's disk or a backup of it reads every Secret of the cluster.",
        advice: "Set `--encryption-provider-config` to a configuration with a KMS, or `secretbox` at the least.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/", CIS],
        bad: &[pod!("kube-apiserver", "--v=2")],
        good: &[pod!("kube-apiserver", "--encryption-provider-config=/etc/kubernetes/encryption.yaml")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "encryption-provider-config",
                    must: Must::BeSet,
                    wrong: "names no configuration",
                    missing: Missing::Bad("Secrets are stored in clear"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H090",
        title: "weak ciphers",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-1.2.29", "CKV_K8S_105"],
        why: "Ciphers without forward secrecy, with RC4, 3DES or CBC let recorded sessions be read later, or attacked on the way.",
        advice: "Name suites with ECDHE and GCM or ChaCha20 only, or remove the flag on current versions.",
        references: &["https://wiki.mozilla.org/Security/Server_Side_TLS", CIS],
        bad: &[
            pod!("kube-apiserver", "--tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA"),
            pod!("etcd", "--cipher-suites=TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
        ],
        good: &[pod!(
            "kube-apiserver",
            "--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384"
        )],
        check: Check::Host(|host, found| {
            if host.is(&[Component::Etcd]) {
                weak_ciphers(host, found, &[], "cipher-suites");
            }
            if host.is(&[Component::ApiServer, Component::ControllerManager, Component::Scheduler]) {
                weak_ciphers(host, found, &[], "tls-cipher-suites");
            }
        }),
    },
    Rule {
        id: "BS-H091",
        title: "versions of TLS with known weaknesses",
        severity: Severity::Medium,
        aliases: &[],
        why: "TLS 1.0 and 1.1 have known weaknesses, and no client of a cluster needs them.",
        advice: "Set `--tls-min-version=VersionTLS12` or higher, or remove the flag.",
        references: &["https://datatracker.ietf.org/doc/html/rfc8996", FLAGS],
        bad: &[pod!("kube-apiserver", "--tls-min-version=VersionTLS10")],
        good: &[pod!("kube-apiserver", "--tls-min-version=VersionTLS13"), pod!("kube-apiserver", "--v=2")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer, Component::ControllerManager, Component::Scheduler, Component::Etcd],
                    flag: "tls-min-version",
                    must: Must::NotBe(&["VersionTLS10", "VersionTLS11", "TLS1.0", "TLS1.1"]),
                    wrong: "lets in versions with known weaknesses",
                    fix: Some("VersionTLS12"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H092",
        title: "tokens of pods are good for a year",
        severity: Severity::Low,
        aliases: &["CIS-K8S-1.2.30"],
        why: "Tokens that pods get are meant to last an hour, but the server extends them to a year for old clients: a stolen one stays good that long.",
        advice: "Set `--service-account-extend-token-expiration=false` once all programs read their token again, as current client libraries do.",
        references: &[FLAGS, CIS],
        bad: &[
            pod!("kube-apiserver", "--service-account-extend-token-expiration=true"),
            pod!("kube-apiserver", "--v=2"),
        ],
        good: &[pod!("kube-apiserver", "--service-account-extend-token-expiration=false")],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::ApiServer],
                    flag: "service-account-extend-token-expiration",
                    must: Must::Be(&["false"]),
                    wrong: "makes stolen tokens good for a year",
                    missing: Missing::Bad("stolen tokens of pods are good for a year"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H093",
        title: "etcd without TLS",
        severity: Severity::High,
        aliases: &[],
        why: "Everything that the cluster stores, Secrets too, goes to etcd in clear, and etcd lets in whoever reaches the port.",
        advice: "Write `https://` in `--etcd-servers`, with `--etcd-cafile`, `--etcd-certfile` and `--etcd-keyfile`.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/"],
        bad: &[pod!("kube-apiserver", "--etcd-servers=http://10.0.0.5:2379")],
        good: &[pod!("kube-apiserver", "--etcd-servers=https://10.0.0.5:2379")],
        check: Check::Host(etcd_servers),
    },
];

/// Reports cipher suites with known weaknesses.
pub(super) fn weak_ciphers(host: &Host<'_>, found: &mut Found<'_>, path: &[&str], flag: &str) {
    let Some(setting) = host.setting(path, flag) else { return };
    let is_weak = |suite: &&str| {
        suite.starts_with("TLS_RSA_")
            || ["_RC4_", "_3DES_", "_DES_", "_CBC_", "_NULL_", "_anon_"].iter().any(|part| suite.contains(part))
    };
    let weak: Vec<String> = setting.items().filter(is_weak).take(3).map(|suite| format!("`{suite}`")).collect();
    if !weak.is_empty() {
        let verb = if weak.len() == 1 { "is weak" } else { "are weak" };
        host.report(found, setting.span, format!("{} {verb}", weak.join(", ")));
    }
}

fn etcd_servers(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::ApiServer {
        return;
    }
    if let Some(setting) = host.setting(&[], "etcd-servers")
        && let Some(server) = setting.items().find(|server| server.starts_with("http://"))
    {
        host.report(found, setting.span, format!("`{server}` gets everything that the cluster stores in clear"));
    }
}
