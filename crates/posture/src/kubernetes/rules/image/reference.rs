//! The parts of an image's name.

use crate::kubernetes::{Container, Workload};
use crate::yaml::Node;

/// An image as a container names it.
pub(super) struct Reference<'a> {
    /// The whole name.
    pub(super) text: &'a str,
    /// The registry, if the name has one: a first part with a dot, a colon, or `localhost`.
    pub(super) registry: Option<&'a str>,
    /// The repository within the registry.
    pub(super) repository: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        let last = rest.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match rest.get(last..).and_then(|part| part.find(':')) {
            Some(colon) => (rest.get(..last + colon).unwrap_or(rest), rest.get(last + colon + 1..)),
            None => (rest, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((first, repository)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(first), repository)
            }
            _ => (None, name),
        };
        Self { text, registry, repository, tag, digest }
    }

    /// The tag is `latest`, said or not, and no digest counts more.
    pub(super) fn is_latest(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(|tag| tag == "latest")
    }
}

/// The images of all containers, but for those that a tool fills in: `${IMAGE}`, `{{ .image }}`, `<image>`, and a
/// bare word that Kustomize, Skaffold and the like replace cannot be told from a real one.
pub(super) fn images<'w, 'a>(
    workload: &'w Workload<'a>,
) -> impl Iterator<Item = (&'w Container<'a>, &'a Node, Reference<'a>)> {
    workload.containers.iter().filter_map(|container| {
        let node = container.node.get("image")?;
        let text =
            node.as_str().map(str::trim).filter(|text| !text.is_empty() && !text.contains(['$', '{', '<', '%']))?;
        Some((container, node, Reference::new(text)))
    })
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn images_are_taken_apart() {
        let digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
        let long = format!("localhost:5000/a:1@{digest}");
        let table = [
            ("nginx", None, "nginx", None, None),
            ("nginx:1.29", None, "nginx", Some("1.29"), None),
            ("library/nginx:1", None, "library/nginx", Some("1"), None),
            ("ghcr.io/a/b", Some("ghcr.io"), "a/b", None, None),
            ("registry:5000/a", Some("registry:5000"), "a", None, None),
            (long.as_str(), Some("localhost:5000"), "a", Some("1"), Some(digest)),
        ];
        for (text, registry, repository, tag, digest) in table {
            let reference = Reference::new(text);
            assert_eq!(
                (reference.registry, reference.repository, reference.tag, reference.digest),
                (registry, repository, tag, digest),
                "{text}"
            );
        }
    }
}
