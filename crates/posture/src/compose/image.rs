//! Rules on the image of a service.

use boltseal_evidence::Severity;

use super::Compose;
use super::values::resolve;
use crate::finding::Found;
use crate::rule::{Check, Rule};

const IMAGE: &str = "https://docs.docker.com/reference/compose-file/services/#image";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C041",
        title: "image by the tag `latest` or none",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.28"],
        why: "`latest` is whatever was pushed last: two hosts run different programs from one file, and a bad push arrives with the next pull.",
        advice: "Name the version, such as `postgres:17.2`, and best of all the digest too.",
        references: &[IMAGE, "https://docs.docker.com/dhi/core-concepts/digests/"],
        bad: &[
            "services:\n  a:\n    image: nginx\n",
            "services:\n  a:\n    image: registry.example.org:5000/nginx:latest\n",
            "services:\n  a:\n    image: nginx:${TAG:-latest}\n",
        ],
        good: &[
            "services:\n  a:\n    image: nginx:1.27.3\n  b:\n    image: nginx:${TAG}\n  c:\n    image: nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
            "services:\n  a:\n    build: .\n    image: own\n",
        ],
        check: Check::Compose(latest),
    },
    Rule {
        id: "BS-C042",
        title: "image by a tag that can be moved",
        severity: Severity::Negligible,
        aliases: &[],
        why: "A tag can be pushed again with other contents, by the maintainers or by who took over their account; a digest cannot.",
        advice: "Add the digest after the tag, `image:1.2@sha256:…`, and let a bot keep both up to date.",
        references: &["https://docs.docker.com/dhi/core-concepts/digests/", IMAGE],
        bad: &["services:\n  a:\n    image: nginx:1.27.3\n"],
        good: &[
            "services:\n  a:\n    image: nginx:1.27.3@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
            "services:\n  a:\n    build: .\n    image: own:1.2\n  b:\n    image: ${IMAGE}\n",
        ],
        check: Check::Compose(|compose, found| {
            each(compose, found, |text, tag| {
                tag.filter(|tag| *tag != "latest" && !text.contains('@'))
                    .map(|tag| format!("tag `{tag}` can be pushed again with other contents: the digest is missing"))
            });
        }),
    },
];

fn latest(compose: &Compose<'_>, found: &mut Found<'_>) {
    each(compose, found, |text, tag| match tag {
        _ if text.contains('@') => None,
        None => Some(format!("`{text}` names no version, so it is `latest`")),
        Some("latest") => Some(format!("`{text}` is whatever was pushed last")),
        Some(_) => None,
    });
}

/// Judges the image of each service that is not built here: its text with variables in place, and its tag.
fn each(compose: &Compose<'_>, found: &mut Found<'_>, judge: impl Fn(&str, Option<&str>) -> Option<String>) {
    for service in compose.services.iter().filter(|service| service.get("build").is_none()) {
        let Some(node) = service.get("image") else { continue };
        let Some(text) = node.as_str().and_then(resolve).filter(|text| !text.is_empty()) else { continue };
        let name = text.split('@').next().unwrap_or_default();
        let last = name.rsplit('/').next().unwrap_or_default();
        let tag = last.rsplit_once(':').map(|(_, tag)| tag);
        if let Some(message) = judge(&text, tag) {
            service.report(found, node, message);
        }
    }
}
