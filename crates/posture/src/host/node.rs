//! Rules on what the kubelet lets pods do, and on kube-proxy.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
const CONFIG: &str = "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/";
const KUBELET: &str = "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/";

pub(super) const RULES: &[Rule] = &[
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

fn static_pods(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Kubelet {
        return;
    }
    if let Some(setting) = host.setting(&["staticPodURL"], "manifest-url").filter(|it| it.value.starts_with("http://"))
    {
        host.report(found, setting.span, format!("{} decides without TLS what runs here", setting.shown));
    }
}
