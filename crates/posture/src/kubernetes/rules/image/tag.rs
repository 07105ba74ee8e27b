//! Tags and digests.

use boltseal_evidence::Severity;

use super::reference::images;
use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};

pub(super) const LATEST: Rule = Rule {
    id: "BS-K100",
    title: "image by the tag `latest`",
    severity: Severity::Medium,
    aliases: &["KSV-0013", "CKV_K8S_14", "latest-tag", "container-image-tag", "tagNotSpecified"],
    why: "`latest`, which also counts where no tag is given, is another image tomorrow: pods of one Deployment run \
          different versions, and nobody can say which was scanned or go back to it.",
    advice: "Name the version, best with its digest: `registry.example.com/app:1.4@sha256:…`.",
    references: &[page::IMAGES, "https://kubernetes.io/docs/concepts/configuration/overview/"],
    bad: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:latest
"
        ),
        pod!(
            "  initContainers:
  - name: setup
    image: localhost:5000/setup
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com:5000/app:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  - name: other
    image: registry.example.com/app:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  - name: templated
    image: ${IMAGE}
"
        ),
    ],
    check: Check::Workload(latest),
};

fn latest(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if !image.is_latest() {
            continue;
        }
        let message = match image.tag {
            Some(_) => format!("`{}` is another image tomorrow", image.text),
            None => format!("`{}` has no tag, so `latest` counts", image.text),
        };
        found.report(node.span, message).within(&container.title());
    }
}

pub(super) const NO_DIGEST: Rule = Rule {
    id: "BS-K101",
    title: "image without a digest",
    severity: Severity::Low,
    aliases: &["CKV_K8S_43", "image-not-pinned-by-digest"],
    why: "A tag can be moved: only a digest says which image was reviewed, scanned and signed, and is the same on \
          every node.",
    advice: "Add the digest after the tag (`:1.4@sha256:…`); tools such as Renovate and Kustomize keep it current.",
    references: &[page::IMAGES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"
        ),
        // BS-K100 is enough.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app
"
        ),
    ],
    check: Check::Workload(no_digest),
};

fn no_digest(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if image.digest.is_none() && !image.is_latest() {
            found
                .report(node.span, format!("`{}` is named by a tag, which can be moved", image.text))
                .within(&container.title());
        }
    }
}

/// Tags that are the names of branches and channels.
const CHANNELS: &[&str] = &[
    "main",
    "master",
    "trunk",
    "head",
    "dev",
    "develop",
    "development",
    "devel",
    "edge",
    "nightly",
    "canary",
    "unstable",
    "snapshot",
    "testing",
    "test",
    "staging",
    "stage",
    "stable",
    "release",
    "prod",
    "production",
    "current",
    "rolling",
    "lts",
    "beta",
    "alpha",
    "rc",
    "preview",
    "next",
    "mainline",
];

pub(super) const MOVING: Rule = Rule {
    id: "BS-K102",
    title: "image by the name of a branch or channel",
    severity: Severity::Low,
    aliases: &[],
    why: "Tags such as `main`, `stable` or `nightly` are moved with every build, like `latest` under another name.",
    advice: "Name a version, best with its digest.",
    references: &[page::IMAGES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:main
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:main-20260102-0123abc
  - name: other
    image: registry.example.com/stable:1.4
"
    )],
    check: Check::Workload(moving),
};

fn moving(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if image.digest.is_none()
            && let Some(tag) = image.tag
            && CHANNELS.iter().any(|channel| channel.eq_ignore_ascii_case(tag))
        {
            found
                .report(node.span, format!("tag `{tag}` of `{}` is moved with every build", image.text))
                .within(&container.title());
        }
    }
}
