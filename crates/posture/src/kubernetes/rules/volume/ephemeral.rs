//! Volumes that live as long as their pod.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::{Node, set};

/// The limits of a container, or the pod's, have this resource.
fn is_limited(node: &Node, resource: &str) -> bool {
    node.at(&["resources", "limits", resource]).is_some_and(|limit| !limit.is_empty())
}

pub(super) const UNLIMITED: Rule = Rule {
    id: "BS-K077",
    title: "`emptyDir` without a limit",
    severity: Severity::Low,
    aliases: &[],
    why: "An `emptyDir` lies on the node's disk. Without a limit one pod can fill it, and the kubelet then evicts \
          others.",
    advice: "Set `sizeLimit` on the volume, or an `ephemeral-storage` limit on the containers that mount it.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir", page::RESOURCES],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: tmp
      mountPath: /tmp
  volumes:
  - name: tmp
    emptyDir: {}
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: tmp
      mountPath: /tmp
  volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 100Mi
"
        ),
        // What the pod's containers may use in all holds for the volume too.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    resources:
      limits:
        ephemeral-storage: 1Gi
    volumeMounts:
    - name: tmp
      mountPath: /tmp
  volumes:
  - name: tmp
    emptyDir: {}
"
        ),
    ],
    check: Check::Workload(unlimited),
};

fn unlimited(workload: &Workload<'_>, found: &mut Found<'_>) {
    let all_limited = !workload.containers.is_empty()
        && workload.containers.iter().all(|container| is_limited(container.node, "ephemeral-storage"));
    if all_limited {
        return;
    }
    for_unlimited(workload, |volume, name| {
        if volume.text("medium").unwrap_or_default().is_empty() {
            let span = name.map_or(volume.span, |name| name.span);
            found.report(
                span,
                format!("`emptyDir` volume `{}` has no limit", name.and_then(Node::as_str).unwrap_or("?")),
            );
        }
    });
}

fn for_unlimited(workload: &Workload<'_>, mut judge: impl FnMut(&Node, Option<&Node>)) {
    for volume in workload.spec.list("volumes") {
        if let Some(empty) = volume.get("emptyDir")
            && empty.get("sizeLimit").is_none_or(Node::is_empty)
        {
            judge(empty, volume.get("name"));
        }
    }
}

pub(super) const MEMORY: Rule = Rule {
    id: "BS-K078",
    title: "`emptyDir` in memory without a limit",
    severity: Severity::Medium,
    aliases: &[],
    why: "Files in an `emptyDir` of medium `Memory` count as the memory of the containers that write them: they get \
          killed, or where they have no memory limit either, the node runs out of it.",
    advice: "Set `sizeLimit` on the volume.",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: cache
      mountPath: /cache
  volumes:
  - name: cache
    emptyDir:
      medium: Memory
"
    )],
    good: &[
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: cache
      mountPath: /cache
  volumes:
  - name: cache
    emptyDir:
      medium: Memory
      sizeLimit: 64Mi
"
        ),
        // With memory limits for all of the pod's containers, only it can suffer.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    resources:
      limits:
        memory: 256Mi
    volumeMounts:
    - name: cache
      mountPath: /cache
  volumes:
  - name: cache
    emptyDir:
      medium: Memory
"
        ),
    ],
    check: Check::Workload(memory),
};

fn memory(workload: &Workload<'_>, found: &mut Found<'_>) {
    let all_limited = is_limited(workload.spec, "memory")
        || (!workload.containers.is_empty()
            && workload.containers.iter().all(|container| is_limited(container.node, "memory")));
    if all_limited {
        return;
    }
    for_unlimited(workload, |volume, name| {
        if let Some(medium) = volume.get("medium").filter(|medium| medium.as_str() == Some("Memory")) {
            let name = name.and_then(Node::as_str).unwrap_or("?");
            found.report(medium.span, format!("volume `{name}` takes as much memory as is written to it"));
        }
    });
}

/// A day. Kubernetes gives tokens an hour unless asked.
const LONG: i64 = 86_400;

pub(super) const LONG_TOKEN: Rule = Rule {
    id: "BS-K079",
    title: "service-account token that is valid for days",
    severity: Severity::Low,
    aliases: &["projected-token-long-expiration"],
    why: "A token that someone copied out of the pod works until it expires. The kubelet renews it long before that, \
          so the program gains nothing by a long life.",
    advice: "Set `expirationSeconds: 3600`, or leave it out, and let the program read the file anew.",
    references: &["https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken"],
    bad: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: token
      mountPath: /token
  volumes:
  - name: token
    projected:
      sources:
      - serviceAccountToken:
          path: token
          audience: vault
          expirationSeconds: 31536000
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    volumeMounts:
    - name: token
      mountPath: /token
  volumes:
  - name: token
    projected:
      sources:
      - serviceAccountToken:
          path: token
          audience: vault
          expirationSeconds: 86400
"
    )],
    check: Check::Workload(long_token),
};

fn long_token(workload: &Workload<'_>, found: &mut Found<'_>) {
    for volume in workload.spec.list("volumes") {
        for item in volume.get("projected").map_or(&[][..], |projected| projected.list("sources")) {
            let Some(token) = item.get("serviceAccountToken") else { continue };
            let Some(seconds) = token.get("expirationSeconds") else { continue };
            let Some(number) = seconds.as_int().filter(|number| *number > LONG) else { continue };
            // The kubelet renews tokens at four fifths of their life, so nothing breaks that reads the file as it must.
            let source = found.source();
            let change = set(source, token, &["expirationSeconds"], "3600");
            found
                .report(seconds.span, format!("the token stays valid for {} days", number / LONG))
                .fix("let the token expire after an hour", change);
        }
    }
}
