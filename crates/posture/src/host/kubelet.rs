//! Rules on the kubelet: who gets in, and how it is set up.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const CONFIG: &str = "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/";
const KUBELET: &str = "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H036",
        title: "kubelet answers strangers",
        severity: Severity::High,
        aliases: &["CIS-K8S-4.2.1", "KCV-0079", "CKV_K8S_138"],
        why: "Through the kubelet's API one lists pods, reads logs and runs commands in every container of the node. With anonymous access, so may whoever reaches port 10250, unless authorization stops them.",
        advice: "Set `authentication.anonymous.enabled: false`; the API server comes with a certificate.",
        references: &[KUBELET, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  anonymous:\n    enabled: true\n",
            "=== kubelet.service\n[Service]\nExecStart=/usr/bin/kubelet \\\n  --anonymous-auth=true --config=/k\n",
            "=== kubelet.service\n[Service]\nExecStart=/usr/bin/kubelet \\\n  --v=2\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  anonymous:\n    enabled: false\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
            "=== kubelet.service\n[Service]\nExecStart=/usr/bin/kubelet \\\n  --config=/var/lib/kubelet/config.yaml\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--anonymous-auth=false\"\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["authentication", "anonymous", "enabled"],
                    flag: "anonymous-auth",
                    must: Must::Be(&["false"]),
                    wrong: "lets strangers ask the kubelet",
                    missing: Missing::BadAsFlag("strangers may ask the kubelet"),
                    fix: Some("false"),
                },
            );
        }),
    },
    Rule {
        id: "BS-H037",
        title: "kubelet allows everything",
        severity: Severity::Critical,
        aliases: &["CIS-K8S-4.2.2", "KCV-0080", "CKV_K8S_139"],
        why: "With `AlwaysAllow` whoever the kubelet lets in may run commands in every container of the node.",
        advice: "Set `authorization.mode: Webhook`, so that the kubelet asks the API server.",
        references: &[KUBELET, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthorization:\n  mode: AlwaysAllow\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--authorization-mode=AlwaysAllow\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthorization:\n  mode: Webhook\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["authorization", "mode"],
                    flag: "authorization-mode",
                    must: Must::NotHave("AlwaysAllow"),
                    wrong: "allows everything to whoever is let in",
                    missing: Missing::BadAsFlag("everything is allowed to whoever is let in"),
                    fix: Some("Webhook"),
                },
            );
        }),
    },
    Rule {
        id: "BS-H038",
        title: "kubelet cannot check client certificates",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-4.2.3", "KCV-0081", "CKV_K8S_140"],
        why: "Without the authority's certificate the kubelet cannot tell the API server by its certificate, so people open it to strangers or tokens instead.",
        advice: "Set `authentication.x509.clientCAFile` to the cluster's authority, `/etc/kubernetes/pki/ca.crt` mostly.",
        references: &[KUBELET, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  webhook: {enabled: true}\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--v=2\"\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["authentication", "x509", "clientCAFile"],
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
        id: "BS-H039",
        title: "port that asks nobody who they are",
        severity: Severity::High,
        aliases: &["CIS-K8S-4.2.4", "KCV-0082", "CKV_K8S_141"],
        why: "The read-only port tells whoever reaches it which pods run on the node with their environment, without any authentication.",
        advice: "Set `readOnlyPort: 0`; monitoring reads the same from port 10250 with a token.",
        references: &[CONFIG, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--read-only-port=10255\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 0\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["readOnlyPort"],
                    flag: "read-only-port",
                    must: Must::Be(&["0"]),
                    wrong: "tells whoever reaches the port what runs here",
                    missing: Missing::BadAsFlag("port 10255 tells whoever reaches it what runs here"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H040",
        title: "idle sessions stay open for ever",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.5", "KCV-0085", "CKV_K8S_143"],
        why: "Sessions of `exec` and `port-forward` that nobody closes keep connections and ports, until the node has none left.",
        advice: "Remove the flag: the default is four hours. In a KubeletConfiguration 0 stands for the default.",
        references: &[CONFIG, CIS],
        bad: &["=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--streaming-connection-idle-timeout=0\"\n"],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstreamingConnectionIdleTimeout: 0s\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--streaming-connection-idle-timeout=5m\"\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    flag: "streaming-connection-idle-timeout",
                    must: Must::NotBe(&["0", "0s", "0m", "0h"]),
                    wrong: "keeps idle sessions open for ever",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H041",
        title: "kubelet changes kernel settings by itself",
        severity: Severity::Low,
        aliases: &["KCV-0083", "CKV_K8S_144"],
        why: "Without `protectKernelDefaults` the kubelet overwrites kernel settings that the administrator hardened, and says nothing.",
        advice: "Set `protectKernelDefaults: true`, and set the few values that the kubelet wants with sysctl.",
        references: &[CONFIG, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nprotectKernelDefaults: false\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nprotectKernelDefaults: true\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["protectKernelDefaults"],
                    flag: "protect-kernel-defaults",
                    must: Must::Be(&["true"]),
                    wrong: "overwrites kernel settings",
                    missing: Missing::BadInFile("the kubelet overwrites kernel settings"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H042",
        title: "kubelet does not set up its packet filter",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.6", "KCV-0084", "CKV_K8S_145"],
        why: "Without its chains the packet filter of the node may not fit how pods are reached: what should be dropped is not.",
        advice: "Remove `makeIPTablesUtilChains`, which is true by default.",
        references: &[CONFIG, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmakeIPTablesUtilChains: false\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmakeIPTablesUtilChains: true\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["makeIPTablesUtilChains"],
                    flag: "make-iptables-util-chains",
                    must: Must::Be(&["true"]),
                    wrong: "leaves out rules of the packet filter",
                    fix: Some("true"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H043",
        title: "node under another name",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.7", "KCV-0086", "CKV_K8S_146"],
        why: "A name other than the host's breaks the tie between the node and its certificate, and makes logs hard to match with machines.",
        advice: "Remove `--hostname-override`, unless the cloud provider asks for it.",
        references: &["https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/", CIS],
        bad: &["=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--hostname-override=node1\"\n"],
        good: &["=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--v=2\"\n"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    flag: "hostname-override",
                    must: Must::NotBeSet,
                    wrong: "breaks the tie between the node and its certificate",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H044",
        title: "events of the node get lost",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.8", "KCV-0087", "CKV_K8S_147"],
        why: "Events tell what happened on the node. With so few a second the ones of an incident are dropped.",
        advice: "Remove `eventRecordQPS`, which is 50 by default.",
        references: &[CONFIG, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\neventRecordQPS: 1\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\neventRecordQPS: 50\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\neventRecordQPS: 0\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            if let Some(setting) =
                host.setting(&["eventRecordQPS"], "event-qps").filter(|_| host.component == Component::Kubelet)
                && setting.value.parse::<i64>().is_ok_and(|rate| (1..5).contains(&rate))
            {
                host.report(found, setting.span, format!("{} drops events of an incident", setting.shown));
            }
        }),
    },
    Rule {
        id: "BS-H045",
        title: "kubelet makes its own certificate",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.9", "KCV-0088", "KCV-0089", "CKV_K8S_148"],
        why: "Without a certificate the kubelet makes one that nobody signed, so the API server cannot tell it from an impostor who waits for `exec` sessions.",
        advice: "Set `serverTLSBootstrap: true` and approve the requests, or give `tlsCertFile` and `tlsPrivateKeyFile`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/", CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCertFile: /c.pem\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nserverTLSBootstrap: true\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCertFile: /c.pem\ntlsPrivateKeyFile: /k.pem\n",
        ],
        check: Check::Host(certificate),
    },
    Rule {
        id: "BS-H046",
        title: "kubelet's certificate is not renewed",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-4.2.10", "KCV-0090", "CKV_K8S_149"],
        why: "A client certificate that is not rotated runs out, and the node with it; until then a stolen one stays good.",
        advice: "Set `rotateCertificates: true`.",
        references: &["https://kubernetes.io/docs/tasks/tls/certificate-rotation/", CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nrotateCertificates: false\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--rotate-certificates=false\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nrotateCertificates: true\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["rotateCertificates"],
                    flag: "rotate-certificates",
                    must: Must::Be(&["true"]),
                    wrong: "lets the certificate of the node run out",
                    fix: Some("true"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H047",
        title: "kubelet's server certificate is not renewed",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-4.2.11", "KCV-0091"],
        why: "Without rotation the certificate by which the API server knows the kubelet runs out, and gets replaced by one that nobody signed.",
        advice: "Remove the feature gate `RotateKubeletServerCertificate`, which is on by default, and set `serverTLSBootstrap: true`.",
        references: &["https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/", CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n  RotateKubeletServerCertificate: false\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--feature-gates=RotateKubeletServerCertificate=false\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n  RotateKubeletServerCertificate: true\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["featureGates", "RotateKubeletServerCertificate"],
                    must: Must::Be(&["true"]),
                    wrong: "lets the certificate of the kubelet run out",
                    ..ASK
                },
            );
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    flag: "feature-gates",
                    must: Must::NotHave("RotateKubeletServerCertificate=false"),
                    wrong: "lets the certificate of the kubelet run out",
                    ..ASK
                },
            );
        }),
    },
];

fn certificate(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Kubelet || !host.is_complete {
        return;
    }
    let is_signed =
        host.setting(&["serverTLSBootstrap"], "rotate-server-certificates").is_some_and(|it| it.value == "true");
    let has = |path: &[&str], flag| host.setting(path, flag).is_some_and(|setting| !setting.value.is_empty());
    let (certificate, key) =
        (has(&["tlsCertFile"], "tls-cert-file"), has(&["tlsPrivateKeyFile"], "tls-private-key-file"));
    let is_given = certificate && key;
    if !is_signed && !is_given {
        let message = match (certificate, key) {
            (true, false) => "`tlsCertFile` is set without `tlsPrivateKeyFile`",
            _ => "neither `tlsCertFile` nor `serverTLSBootstrap` is set: nobody signs the certificate of the kubelet",
        };
        let span = host.root.get("tlsCertFile").map_or(host.heading, |node: &Node| node.span);
        host.report(found, span, message);
    }
}
