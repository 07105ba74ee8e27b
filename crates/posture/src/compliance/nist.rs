//! NIST SP 800-190, Application Container Security Guide: the countermeasures of its chapter 4.

use super::{Framework, Section, Sections, aside, by, part};

pub(super) const FRAMEWORK: Framework = Framework {
    id: "nist-800-190",
    aliases: &["nist", "sp-800-190"],
    title: "NIST SP 800-190 Application Container Security Guide",
    version: "2017",
    reference: "https://csrc.nist.gov/pubs/sp/800/190/final",
    prefix: "NIST-800-190-",
    sections: Sections::Listed(SECTIONS),
};

const SCAN: &str = "`boltseal scan` answers it for each image";
const REGISTRY: &str = "the registry's own settings decide this";
const CLUSTER: &str = "only the running cluster shows it: ask it";
const HOST: &str = "the state of the host decides this: look on the host";

const SECTIONS: &[Section] = &[
    Section {
        title: "4.1 Image countermeasures",
        components: &[],
        entries: &[
            aside("4.1.1", "Image vulnerabilities", SCAN),
            by(
                "4.1.2",
                "Image configuration defects",
                &["BS-D037", "BS-D039", "BS-D050", "BS-D051", "BS-D106", "BS-D128", "BS-I001", "BS-I006", "BS-I021"],
            ),
            aside("4.1.3", "Embedded malware", "no rule looks for malware in images"),
            by(
                "4.1.4",
                "Embedded secrets in clear text",
                &[
                    "BS-D080", "BS-D081", "BS-D082", "BS-D083", "BS-D084", "BS-D085", "BS-D086", "BS-D087", "BS-D088",
                    "BS-D089", "BS-D090", "BS-D092", "BS-D093", "BS-D065", "BS-I004", "BS-I005", "BS-I016", "BS-I024",
                ],
            ),
            part(
                "4.1.5",
                "Use of untrusted images",
                &["BS-D030", "BS-D031", "BS-D034", "BS-D035", "BS-C041", "BS-K100"],
                "whom you trust no file says",
            ),
        ],
    },
    Section {
        title: "4.2 Registry countermeasures",
        components: &["docker-daemon", "containerd"],
        entries: &[
            by("4.2.1", "Insecure connections to registries", &["CIS-Docker-2.5", "BS-H023", "BS-H024"]),
            part(
                "4.2.2",
                "Stale images in registries",
                &["BS-D031", "BS-D037", "BS-D038", "BS-C041", "BS-K100"],
                "how old an image is, is seen in its registry",
            ),
            aside("4.2.3", "Insufficient authentication and authorization", REGISTRY),
        ],
    },
    Section {
        title: "4.3 Orchestrator countermeasures",
        components: &["api-server", "kubelet", "etcd"],
        entries: &[
            by(
                "4.3.1",
                "Unbounded administrative access",
                &["BS-K200", "BS-K201", "BS-K202", "BS-K213", "BS-K214", "BS-K240", "BS-K246"],
            ),
            by(
                "4.3.2",
                "Unauthorized access",
                &["CIS-K8S-1.2.1", "CIS-K8S-1.2.6", "CIS-K8S-4.2.1", "CIS-K8S-4.2.2", "BS-K241", "BS-K242"],
            ),
            by("4.3.3", "Poorly separated traffic between containers", &["BS-K280", "BS-K285", "BS-K380", "BS-C018"]),
            aside(
                "4.3.4",
                "Workloads of different sensitivity side by side",
                "how sensitive a workload is no file says",
            ),
            by("4.3.5", "Trust in nodes", &["CIS-K8S-1.2.5", "CIS-K8S-1.2.7", "CIS-K8S-1.2.14", "BS-K219"]),
        ],
    },
    Section {
        title: "4.4 Container countermeasures",
        components: &[],
        entries: &[
            aside("4.4.1", "Vulnerabilities of the runtime", HOST),
            by("4.4.2", "Unbounded network access from containers", &["BS-K052", "BS-K281", "BS-K381", "BS-C011"]),
            by(
                "4.4.3",
                "Insecure configuration at run time",
                &[
                    "BS-K001", "BS-K002", "BS-K003", "BS-K004", "BS-K010", "BS-K011", "BS-K031", "BS-K072", "BS-C001",
                    "BS-C002", "BS-C003", "BS-C004", "BS-C006", "BS-C020",
                ],
            ),
            part("4.4.4", "App vulnerabilities", &["BS-K024", "BS-C025"], "the app itself is not looked at"),
            aside("4.4.5", "Rogue containers", CLUSTER),
        ],
    },
    Section {
        title: "4.5 Host OS countermeasures",
        components: &[],
        entries: &[
            aside("4.5.1", "A large attack surface", HOST),
            part(
                "4.5.2",
                "A shared kernel",
                &["BS-K012", "BS-K013", "BS-K018", "BS-K039", "BS-C010"],
                "what shares a kernel is seen in the cluster alone",
            ),
            aside("4.5.3", "Vulnerabilities of the host's components", HOST),
            aside("4.5.4", "Improper access rights of users", HOST),
            by(
                "4.5.5",
                "Tampering with the host's files",
                &["BS-K070", "BS-K071", "BS-K072", "BS-K073", "BS-C020", "BS-C021"],
            ),
        ],
    },
    Section {
        title: "4.6 Hardware countermeasures",
        components: &[],
        entries: &[aside("4.6", "A root of trust in hardware", HOST)],
    },
];
