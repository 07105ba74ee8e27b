//! Registries and names.

use boltseal_evidence::Severity;

use super::reference::{Reference, images};
use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::Style;

pub(super) const NO_REGISTRY: Rule = Rule {
    id: "BS-K106",
    title: "image without a registry",
    severity: Severity::Low,
    aliases: &[],
    why: "Where the image comes from is left to the node: usually Docker Hub, with its limits on anonymous pulls, but \
          CRI-O may look elsewhere, where someone else can own the name.",
    advice: "Write the registry, best one of your own that you mirror into: `docker.io/library/nginx:1.29`.",
    references: &[page::IMAGES, page::HARDENING],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: nginx:1.29
"
        ),
        pod!(
            "  containers:
  - name: app
    image: team/app:1.4
"
        ),
    ],
    good: &[pod!(
        "  containers:
  - name: app
    image: docker.io/library/nginx:1.29
  - name: local
    image: localhost/app:1.4
  - name: mirror
    image: registry:5000/app:1.4
"
    )],
    check: Check::Workload(no_registry),
};

fn no_registry(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if image.registry.is_none() && complaint(&image).is_none() {
            found.report(node.span, format!("`{}` names no registry", image.text)).within(&container.title());
        }
    }
}

pub(super) const ADDRESS: Rule = Rule {
    id: "BS-K107",
    title: "registry by its address",
    severity: Severity::Medium,
    aliases: &[],
    why: "Certificates rarely hold for an IP address, so the nodes are usually told to trust it without TLS: who sits \
          between can send another image.",
    advice: "Give the registry a name and a certificate.",
    references: &["https://kubernetes.io/docs/concepts/security/cloud-native-security/", page::IMAGES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: 10.1.2.3:5000/app:1.4
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com:5000/app:1.4
  - name: own
    image: 127.0.0.1:5000/app:1.4
"
    )],
    check: Check::Workload(address),
};

fn address(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        let Some(registry) = image.registry else { continue };
        let host = registry.split_once(':').map_or(registry, |(host, _)| host);
        if let Ok(address) = host.parse::<std::net::Ipv4Addr>()
            && !address.is_loopback()
        {
            found.report(node.span, format!("registry `{registry}` has no name")).within(&container.title());
        }
    }
}

pub(super) const INVALID: Rule = Rule {
    id: "BS-K108",
    title: "name that no image can have",
    severity: Severity::Medium,
    aliases: &[],
    why: "The runtime refuses the name, so the pod stays in `InvalidImageName`.",
    advice: "Write `registry/repository:tag@sha256:…`: no scheme before it, the repository in lower case.",
    references: &[page::IMAGES, "https://github.com/distribution/reference"],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: https://registry.example.com/app:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/App:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app@sha256:1234
"
        ),
    ],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/team/app_one-two.three:V1.4-RC
  - name: upper
    image: Registry.Example.com/app:1.4
"
    )],
    check: Check::Workload(invalid),
};

fn invalid(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if let Some(complaint) = complaint(&image) {
            found
                .report(node.span, format!("`{}` cannot be pulled: {complaint}", image.text))
                .within(&container.title());
        }
    }
}

/// What is wrong with a name, by the grammar of the distribution project.
fn complaint(image: &Reference<'_>) -> Option<&'static str> {
    if image.text.contains("://") {
        return Some("a name has no scheme");
    }
    if image.text.contains(char::is_whitespace) {
        return Some("a name has no blanks");
    }
    if image.repository.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("a repository is in lower case");
    }
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
    if image.repository.split('/').any(str::is_empty) || !image.repository.bytes().all(fits) {
        return Some("a repository has parts of letters, digits and `._-` between slashes");
    }
    if let Some(tag) = image.tag {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if tag.is_empty() || tag.len() > 128 || tag.starts_with(['.', '-']) || !tag.bytes().all(fits) {
            return Some("a tag has up to 128 letters, digits and `._-`");
        }
    }
    if let Some(digest) = image.digest {
        let (kind, hex) = digest.split_once(':').unwrap_or(("", digest));
        let length = match kind {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => return Some("a digest is `sha256:` and 64 digits"),
        };
        if hex.len() != length || !hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return Some("the digest is cut off or mistyped");
        }
    }
    None
}

pub(super) const RETIRED: Rule = Rule {
    id: "BS-K109",
    title: "image from a registry that is no longer filled",
    severity: Severity::Medium,
    aliases: &[],
    why: "`k8s.gcr.io` was frozen in April 2023: it gets no new images and no security updates, and may go away.",
    advice: "Use `registry.k8s.io`, which has the same images under the same names.",
    references: &["https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: k8s.gcr.io/pause:3.9
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.k8s.io/pause:3.9
  - name: mirror
    image: mirror.example.com/k8s.gcr.io/pause:3.9
"
    )],
    check: Check::Workload(retired),
};

fn retired(workload: &Workload<'_>, found: &mut Found<'_>) {
    const OLD: &str = "k8s.gcr.io";
    for (container, node, image) in images(workload) {
        if image.registry != Some(OLD) {
            continue;
        }
        // Within quotes the name starts one byte later; block scalars are left alone.
        let start = node.span.start + usize::from(node.style == Style::Quoted);
        let span = Span::new(start, start + OLD.len());
        let same = !node.shared && found.source().slice(span) == OLD;
        found
            .report(node.span, format!("`{}` is from the frozen registry `{OLD}`", image.text))
            .within(&container.title())
            .fix("use registry.k8s.io", same.then(|| (span, "registry.k8s.io".to_owned())));
    }
}

pub(super) const TILLER: Rule = Rule {
    id: "BS-K110",
    title: "Tiller of Helm 2",
    severity: Severity::High,
    aliases: &["KSV-0102", "CKV_K8S_34"],
    why: "Tiller, the server of Helm 2, does in the cluster what anyone who reaches its port asks, usually as \
          administrator. It has had no updates since 2020.",
    advice: "Move to Helm 3 or later, which needs no server, and remove Tiller.",
    references: &["https://helm.sh/docs/topics/v2_v3_migration/"],
    bad: &[pod!(
        "  containers:
  - name: tiller
    image: gcr.io/kubernetes-helm/tiller:v2.17.0
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/tiller-exporter:1.0
"
    )],
    check: Check::Workload(tiller),
};

fn tiller(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if image.repository.rsplit('/').next() == Some("tiller") {
            found.report(node.span, format!("`{}` is the server of Helm 2", image.text)).within(&container.title());
        }
    }
}

pub(super) const DASHBOARD: Rule = Rule {
    id: "BS-K111",
    title: "Kubernetes Dashboard",
    severity: Severity::Low,
    aliases: &["CKV_K8S_33"],
    why: "The Dashboard acts in the cluster with the rights of its account or of whoever logs in; exposed ones have \
          been the way into many clusters. The project is no longer maintained.",
    advice: "Use a tool on your own machine instead (`kubectl`, Headlamp), or keep the Dashboard behind a login and \
             with no rights of its own.",
    references: &["https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/"],
    bad: &[pod!(
        "  containers:
  - name: dashboard
    image: docker.io/kubernetesui/dashboard:v2.7.0
"
    )],
    good: &[pod!(
        "  containers:
  - name: dashboard
    image: registry.example.com/shop/dashboard:1.4
"
    )],
    check: Check::Workload(dashboard),
};

fn dashboard(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        let name = image.repository;
        if name.starts_with("kubernetesui/dashboard") || name.contains("kubernetes-dashboard") {
            found.report(node.span, format!("`{}` is the Kubernetes Dashboard", image.text)).within(&container.title());
        }
    }
}
