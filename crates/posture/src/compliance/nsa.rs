//! The Kubernetes Hardening Guide of NSA and CISA, version 1.2. It has no numbers; these follow its chapters.

use super::{Framework, Section, Sections, aside, by, part};

pub(super) const FRAMEWORK: Framework = Framework {
    id: "nsa",
    aliases: &["nsa-cisa", "k8s-nsa", "nsa-1.2"],
    title: "NSA/CISA Kubernetes Hardening Guide",
    version: "1.2",
    reference: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
    prefix: "NSA-",
    sections: Sections::Listed(SECTIONS),
};

const CLUSTER: &str = "only the running cluster shows it: ask it";
const PRACTICE: &str = "this is a practice of the people who run it, which no file shows";

const SECTIONS: &[Section] = &[
    Section {
        title: "1 Kubernetes pod security",
        components: &[],
        entries: &[
            by("1.1", "Containers run without root", &["BS-K003", "BS-K004", "BS-C007", "BS-D050", "BS-D051"]),
            by("1.2", "File systems of containers cannot be changed", &["BS-K024", "BS-C025"]),
            part(
                "1.3",
                "Images are built from trusted sources and by version",
                &["BS-D030", "BS-D031", "BS-D035", "BS-C041", "BS-K100"],
                "whom you trust no file says",
            ),
            aside("1.4", "Images are scanned", "`boltseal scan` answers it for each image"),
            by("1.5", "No privileged containers", &["BS-K001", "BS-C001"]),
            by(
                "1.6",
                "Not the namespaces of the node",
                &["BS-K050", "BS-K051", "BS-K052", "BS-C011", "BS-C012", "BS-C013"],
            ),
            by("1.7", "No paths of the node", &["BS-K070", "BS-K071", "BS-K072", "BS-K074", "BS-C020", "BS-C021"]),
            by("1.8", "No privilege escalation", &["BS-K002", "BS-C006", "BS-K001", "BS-C001"]),
            by(
                "1.9",
                "Few capabilities",
                &["BS-K010", "BS-K011", "BS-K012", "BS-K021", "BS-C002", "BS-C003", "BS-K001", "BS-C001"],
            ),
            by(
                "1.10",
                "Seccomp, AppArmor and SELinux stay on",
                &["BS-K030", "BS-K031", "BS-K034", "BS-K037", "BS-K038", "BS-C004", "BS-C005", "BS-K001", "BS-C001"],
            ),
            by("1.11", "Tokens of service accounts are not mounted without need", &["BS-K150", "BS-K346"]),
            by("1.12", "A policy for pods is enforced in every namespace", &["BS-K340", "BS-K341"]),
        ],
    },
    Section {
        title: "2 Network separation and hardening",
        components: &["api-server", "etcd", "kubelet"],
        entries: &[
            by("2.1", "NetworkPolicies isolate what should not talk", &["BS-K280", "BS-K281", "BS-K380", "BS-K381"]),
            by("2.2", "Resources are limited", &["BS-K121", "BS-K123", "BS-K394", "BS-K397"]),
            by(
                "2.3",
                "The control plane is hardened",
                &["CIS-K8S-1.2.1", "CIS-K8S-1.2.6", "CIS-K8S-1.2.8", "CIS-K8S-1.2.14", "CIS-K8S-1.2.24"],
            ),
            by("2.4", "etcd only answers with TLS", &["CIS-K8S-2.1", "CIS-K8S-2.2", "CIS-K8S-2.4", "CIS-K8S-2.5"]),
            aside("2.5", "kubeconfig files are protected", "permissions of files on the node decide this: look there"),
            by("2.6", "Kubelets answer no anonymous requests", &["CIS-K8S-4.2.1", "CIS-K8S-4.2.2"]),
            by("2.7", "Traffic is encrypted", &["BS-K320", "BS-K329"]),
            by(
                "2.8",
                "Secrets are encrypted and not in the open",
                &["BS-D080", "BS-D081", "BS-C031", "BS-K260", "BS-K264", "CIS-K8S-1.2.27", "CIS-K8S-1.2.28"],
            ),
            part(
                "2.9",
                "The cloud's metadata service is out of reach",
                &["BS-K284"],
                "what else keeps pods from it is seen in the cluster alone",
            ),
        ],
    },
    Section {
        title: "3 Authentication and authorization",
        components: &["api-server"],
        entries: &[
            by("3.1", "Anonymous requests are refused", &["CIS-K8S-1.2.1"]),
            aside("3.2", "Strong authentication of users", CLUSTER),
            by(
                "3.3",
                "Roles give no more than needed",
                &[
                    "BS-K200", "BS-K201", "BS-K202", "BS-K205", "BS-K207", "BS-K211", "BS-K240", "BS-K241", "BS-K242",
                    "BS-K243",
                ],
            ),
            by("3.4", "Nobody may widen his own rights", &["BS-K213", "BS-K214", "BS-K215", "BS-K223"]),
        ],
    },
    Section {
        title: "4 Audit logging and threat detection",
        components: &["api-server"],
        entries: &[
            by("4.1", "The API server writes an audit log", &["CIS-K8S-1.2.16", "CIS-K8S-3.2.1"]),
            by("4.2", "Logs are kept", &["CIS-K8S-1.2.17", "CIS-K8S-1.2.18", "CIS-K8S-1.2.19"]),
            by("4.3", "Nobody deletes traces", &["BS-K226"]),
            aside("4.4", "Logs are collected and watched", PRACTICE),
        ],
    },
    Section {
        title: "5 Upgrading and application security practices",
        components: &[],
        entries: &[
            aside("5.1", "Updates and patches are applied at once", PRACTICE),
            aside("5.2", "Vulnerability scans and penetration tests", PRACTICE),
            aside("5.3", "Unused components are removed", PRACTICE),
        ],
    },
];
