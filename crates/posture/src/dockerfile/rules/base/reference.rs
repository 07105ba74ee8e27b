//! References to images: registry, path, tag, digest.

/// An image reference in its parts, not made canonical. Grammar: `distribution/reference`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dockerfile::rules) struct Reference<'a> {
    /// `ghcr.io`, `localhost:5000`; absent for Docker Hub's short form.
    pub(in crate::dockerfile::rules) registry: Option<&'a str>,
    /// `library/debian`, `debian`, `a/b/c`.
    pub(in crate::dockerfile::rules) path: &'a str,
    /// What follows `:`.
    pub(in crate::dockerfile::rules) tag: Option<&'a str>,
    /// What follows `@`.
    pub(in crate::dockerfile::rules) digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    pub(in crate::dockerfile::rules) fn parse(text: &'a str) -> Self {
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
        let last = name.rfind('/').map_or(0, |at| at + 1);
        let colon = name.get(last..).and_then(|rest| rest.rfind(':')).map(|at| last + at);
        let tag = colon.and_then(|at| name.get(at + 1..));
        let name = colon.and_then(|at| name.get(..at)).unwrap_or(name);
        let (registry, path) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
            _ => (None, name),
        };
        Self { registry, path, tag, digest }
    }

    /// It comes from Docker Hub.
    pub(in crate::dockerfile::rules) fn is_on_docker_hub(&self) -> bool {
        self.registry.is_none_or(|registry| {
            matches!(registry, "docker.io" | "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com")
        })
    }

    /// The name of an official image of Docker Hub: `debian`. Mirrors of it that are known to hold the same count too.
    pub(in crate::dockerfile::rules) fn official(&self) -> Option<&'a str> {
        let path = match self.registry {
            Some("public.ecr.aws") => self.path.strip_prefix("docker/")?,
            Some("mirror.gcr.io") => self.path,
            _ if self.is_on_docker_hub() => self.path,
            _ => return None,
        };
        let name = path.strip_prefix("library/").unwrap_or(path);
        (!name.contains('/')).then_some(name)
    }

    /// Registry and path: `ghcr.io/a/b`.
    pub(in crate::dockerfile::rules) fn repository(&self) -> String {
        match self.registry {
            Some(registry) => format!("{registry}/{}", self.path),
            None => self.path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_fall_into_their_parts() {
        let table = [
            ("debian", (None, "debian", None, None)),
            ("debian:12", (None, "debian", Some("12"), None)),
            ("debian:12@sha256:ab", (None, "debian", Some("12"), Some("sha256:ab"))),
            ("localhost:5000/a", (Some("localhost:5000"), "a", None, None)),
            ("ghcr.io/a/b:1", (Some("ghcr.io"), "a/b", Some("1"), None)),
            ("someone/b", (None, "someone/b", None, None)),
        ];
        for (text, (registry, path, tag, digest)) in table {
            assert_eq!(Reference::parse(text), Reference { registry, path, tag, digest }, "{text}");
        }
        assert_eq!(Reference::parse("docker.io/library/debian").official(), Some("debian"));
        assert_eq!(Reference::parse("ghcr.io/debian").official(), None);
    }
}
