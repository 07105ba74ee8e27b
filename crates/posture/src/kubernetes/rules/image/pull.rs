//! When images are pulled.

use boltseal_evidence::Severity;

use super::reference::{Reference, images};
use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{given, quoted_like};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::set;

/// The image is on a registry that nodes can ask: one without may have been loaded into a node by hand (kind,
/// minikube), and then does not start with `Always`.
fn is_remote(image: &Reference<'_>) -> bool {
    image.registry.is_some_and(|registry| registry.contains('.') && !registry.starts_with("127."))
}

pub(super) const CACHED_LATEST: Rule = Rule {
    id: "BS-K103",
    title: "moving image that a node may have an old copy of",
    severity: Severity::Medium,
    aliases: &["C-0075", "CKV_K8S_15"],
    why: "With `IfNotPresent` each node keeps the `latest` that it saw first: pods of one Deployment run different \
          images, and security updates never arrive.",
    advice: "Name a version or digest; until then use `imagePullPolicy: Always`.",
    references: &[page::IMAGES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:latest
    imagePullPolicy: IfNotPresent
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:latest
    imagePullPolicy: Always
"
        ),
        // The default for `latest` is Always.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app
"
        ),
    ],
    check: Check::Workload(cached_latest),
};

fn cached_latest(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, _, image) in images(workload) {
        if let Some(policy) = container.node.get("imagePullPolicy")
            && policy.as_str() == Some("IfNotPresent")
            && image.is_latest()
        {
            let source = found.source();
            let change = is_remote(&image)
                .then(|| set(source, container.node, &["imagePullPolicy"], &quoted_like(source, policy, "Always")))
                .flatten();
            found
                .report(policy.span, format!("nodes keep the `{}` that they saw first", image.text))
                .within(&container.title())
                .fix("pull the image at each start", change);
        }
    }
}

pub(super) const NOT_ALWAYS: Rule = Rule {
    id: "BS-K104",
    title: "image from the node's cache without asking the registry",
    severity: Severity::Negligible,
    aliases: &["CKV_K8S_15", "container-image-pull-policy", "pullPolicyNotAlways"],
    why: "Without `Always` any pod may run a private image that another pod has brought to the node, without the \
          credentials for it, and a tag that was moved is not noticed.",
    advice: "Set `imagePullPolicy: Always`; only the manifest is fetched if the image is there already. A digest \
             settles what runs, too.",
    references: &[
        page::IMAGES,
        "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages",
    ],
    bad: &[
        container!(
            "    ports:
    - containerPort: 8080
"
        ),
        container!(
            "    imagePullPolicy: IfNotPresent
"
        ),
    ],
    good: &[
        container!(
            "    imagePullPolicy: Always
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  - name: latest
    image: registry.example.com/app
"
        ),
    ],
    check: Check::Workload(not_always),
};

fn not_always(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (container, node, image) in images(workload) {
        if image.digest.is_some() || image.is_latest() {
            continue;
        }
        let policy = given(container.node, "imagePullPolicy");
        let (span, new) = match policy {
            Some(policy) if policy.as_str() == Some("IfNotPresent") => {
                (policy.span, quoted_like(found.source(), policy, "Always"))
            }
            Some(_) => continue,
            None => (node.span, "Always".to_owned()),
        };
        let change =
            is_remote(&image).then(|| set(found.source(), container.node, &["imagePullPolicy"], &new)).flatten();
        found
            .report(
                span,
                format!("container `{}` may run a copy of `{}` that the node has", container.name(), image.text),
            )
            .within(&container.title())
            .fix("ask the registry at each start", change);
    }
}

pub(super) const NEVER: Rule = Rule {
    id: "BS-K105",
    title: "image that is never pulled",
    severity: Severity::Low,
    aliases: &["CKV_K8S_15", "container-image-pull-policy", "pullPolicyNotAlways"],
    why: "With `Never` the container runs whatever image of that name someone put onto the node, and does not start \
          on a node that has none.",
    advice: "Push the image to a registry, and use `Always` or `IfNotPresent` with a digest.",
    references: &[page::IMAGES],
    bad: &[container!(
        "    imagePullPolicy: Never
"
    )],
    good: &[container!(
        "    imagePullPolicy: Always
"
    )],
    check: Check::Workload(never),
};

fn never(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        if let Some(policy) = container.node.get("imagePullPolicy")
            && policy.as_str() == Some("Never")
        {
            found
                .report(policy.span, format!("container `{}` runs what happens to be on the node", container.name()))
                .within(&container.title());
        }
    }
}
