//! Rules on the kubelet and kube-proxy. Numbers of the CIS Kubernetes Benchmark are those of version 1.10.

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
                    ..ASK
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
                    ..ASK
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
        advice: "Remove `streamingConnectionIdleTimeout`, which is four hours by default, or set `5m`.",
        references: &[CONFIG, CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstreamingConnectionIdleTimeout: 0s\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--streaming-connection-idle-timeout=0\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstreamingConnectionIdleTimeout: 5m\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["streamingConnectionIdleTimeout"],
                    flag: "streaming-connection-idle-timeout",
                    must: Must::NotBe(&["0", "0s", "0m", "0h"]),
                    wrong: "keeps idle sessions open for ever",
                    fix: Some("4h"),
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
            {
                if setting.value.parse::<i64>().is_ok_and(|rate| (1..5).contains(&rate)) {
                    host.report(found, setting.span, format!("{} drops events of an incident", setting.shown));
                }
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
    Rule {
        id: "BS-H048",
        title: "kubelet takes weak ciphers",
        severity: Severity::Medium,
        aliases: &["CIS-K8S-4.2.12", "KCV-0092", "CKV_K8S_151"],
        why: "Ciphers without forward secrecy, with RC4, 3DES or CBC let recorded sessions be read later, or attacked on the way.",
        advice: "Name suites with ECDHE and GCM or ChaCha20 only, or remove the setting on current versions.",
        references: &["https://wiki.mozilla.org/Security/Server_Side_TLS", CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCipherSuites: [TLS_RSA_WITH_3DES_EDE_CBC_SHA]\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--tls-cipher-suites=TLS_ECDHE_RSA_WITH_RC4_128_SHA\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            if host.component == Component::Kubelet {
                super::serverkeys::weak_ciphers(host, found, &["tlsCipherSuites"], "tls-cipher-suites");
            }
        }),
    },
    Rule {
        id: "BS-H049",
        title: "no limit on processes of a pod",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.13"],
        why: "One pod can then start processes until the node has no number left for another, and all pods of the node fail.",
        advice: "Set `podPidsLimit: 4096`, or what the largest pod needs.",
        references: &["https://kubernetes.io/docs/concepts/policy/pid-limiting/", CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\npodPidsLimit: -1\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\npodPidsLimit: 4096\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--pod-max-pids=100\"\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["podPidsLimit"],
                    flag: "pod-max-pids",
                    must: Must::AtLeast(1),
                    wrong: "is no limit",
                    missing: Missing::BadInFile("one pod can use up the process numbers of the node"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H050",
        title: "pods run without seccomp profile by default",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.2.14"],
        why: "Unless a pod asks for a profile it runs without a filter of system calls, and the whole kernel is open to it.",
        advice: "Set `seccompDefault: true`, which gives those pods the runtime's profile.",
        references: &["https://kubernetes.io/docs/tutorials/security/seccomp/", CIS],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nseccompDefault: false\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nseccompDefault: true\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--seccomp-default\"\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["seccompDefault"],
                    flag: "seccomp-default",
                    must: Must::Be(&["true"]),
                    wrong: "leaves pods that ask for no profile without one",
                    missing: Missing::BadInFile("pods that ask for no profile get none"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H051",
        title: "pods may change unsafe kernel settings",
        severity: Severity::Medium,
        aliases: &[],
        why: "Unsafe settings reach beyond the pod that sets them: they can weaken or stop the whole node.",
        advice: "Remove `allowedUnsafeSysctls`, or allow one by its full name on nodes of their own.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nallowedUnsafeSysctls: [\"kernel.msg*\", \"net.core.somaxconn\"]\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--allowed-unsafe-sysctls=kernel.*\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nallowedUnsafeSysctls: []\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["allowedUnsafeSysctls"],
                    flag: "allowed-unsafe-sysctls",
                    must: Must::NotBeSet,
                    wrong: "lets pods change settings of the node",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H052",
        title: "pods from an address without TLS",
        severity: Severity::High,
        aliases: &[],
        why: "The kubelet starts whatever pods the address serves, past the API server and its admission: anyone on the way decides what runs as root here.",
        advice: "Use a directory, `staticPodPath`, or an address with `https`.",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/"],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodURL: http://example.org/pods.yaml\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--manifest-url=http://example.org/pods.yaml\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodURL: https://example.org/pods.yaml\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: /etc/kubernetes/manifests\n",
        ],
        check: Check::Host(static_pods),
    },
    Rule {
        id: "BS-H053",
        title: "tokens are not checked",
        severity: Severity::Low,
        aliases: &[],
        why: "Without the webhook the kubelet does not ask the API server about tokens, so monitoring falls back on the read-only port or strangers' access.",
        advice: "Set `authentication.webhook.enabled: true`, the default.",
        references: &[KUBELET],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  webhook:\n    enabled: false\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--authentication-token-webhook=false\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication:\n  webhook: {enabled: true}\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["authentication", "webhook", "enabled"],
                    flag: "authentication-token-webhook",
                    must: Must::Be(&["true"]),
                    wrong: "leaves tokens unchecked",
                    fix: Some("true"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H054",
        title: "health of the kubelet open to the network",
        severity: Severity::Low,
        aliases: &[],
        why: "The health endpoint asks nobody who they are, and tells of the node's state; it is meant for the node itself.",
        advice: "Leave `healthzBindAddress` at `127.0.0.1`.",
        references: &[CONFIG],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nhealthzBindAddress: 0.0.0.0\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nhealthzBindAddress: 127.0.0.1\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nhealthzBindAddress: 0.0.0.0\nhealthzPort: 0\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            if host.root.integer("healthzPort") != Some(0) {
                ask(
                    host,
                    found,
                    &Ask {
                        of: &[Component::Kubelet],
                        path: &["healthzBindAddress"],
                        flag: "healthz-bind-address",
                        must: Must::BeLocal,
                        wrong: "is open to the network",
                        ..ASK
                    },
                );
            }
        }),
    },
    Rule {
        id: "BS-H055",
        title: "kubelet listens without TLS or lets old versions in",
        severity: Severity::Medium,
        aliases: &[],
        why: "TLS 1.0 and 1.1 have known weaknesses, and no client of a cluster needs them.",
        advice: "Set `tlsMinVersion: VersionTLS12` or `VersionTLS13`, or remove it.",
        references: &["https://datatracker.ietf.org/doc/html/rfc8996", CONFIG],
        bad: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsMinVersion: VersionTLS10\n",
            "=== etc/default/kubelet\nKUBELET_EXTRA_ARGS=\"--tls-min-version=VersionTLS11\"\n",
        ],
        good: &[
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsMinVersion: VersionTLS12\n",
            "=== kubelet.yaml\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Kubelet],
                    path: &["tlsMinVersion"],
                    flag: "tls-min-version",
                    must: Must::NotBe(&["VersionTLS10", "VersionTLS11"]),
                    wrong: "lets in versions with known weaknesses",
                    fix: Some("VersionTLS12"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H056",
        title: "measurements of kube-proxy open to the network",
        severity: Severity::Low,
        aliases: &["CIS-K8S-4.3.1"],
        why: "The measurements show how traffic of the cluster flows, and with profiling on also memory, to whoever reaches the port.",
        advice: "Set `metricsBindAddress: 127.0.0.1:10249`, or leave it out.",
        references: &["https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/", CIS],
        bad: &[
            "=== p.yaml\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: 0.0.0.0:10249\n",
            pod!("kube-proxy", "--metrics-bind-address=0.0.0.0"),
        ],
        good: &[
            "=== p.yaml\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: \"\"\n",
            pod!("kube-proxy", "--config=/var/lib/kube-proxy/config.conf"),
        ],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::KubeProxy],
                    path: &["metricsBindAddress"],
                    flag: "metrics-bind-address",
                    must: Must::BeLocal,
                    wrong: "shows the traffic of the cluster to whoever reaches it",
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
    if !is_signed && !(certificate && key) {
        let message = match (certificate, key) {
            (true, false) => "`tlsCertFile` is set without `tlsPrivateKeyFile`",
            _ => "neither `tlsCertFile` nor `serverTLSBootstrap` is set: nobody signs the certificate of the kubelet",
        };
        let span = host.root.get("tlsCertFile").map_or(host.heading, |node: &Node| node.span);
        host.report(found, span, message);
    }
}

fn static_pods(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Kubelet {
        return;
    }
    if let Some(setting) = host.setting(&["staticPodURL"], "manifest-url").filter(|it| it.value.starts_with("http://"))
    {
        host.report(found, setting.span, format!("{} decides without TLS what runs here", setting.shown));
    }
}
