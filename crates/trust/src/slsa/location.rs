//! Where sources and images are, in the one way that they are compared.

/// A repository of sources, and what was taken of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLocation {
    /// `https://github.com/example/app`: no `git+`, no `.git`, no slash at the end; the host in lower case, and the path
    /// where the host does not tell cases apart.
    pub repository: String,
    /// `refs/heads/main`, as written.
    pub reference: Option<String>,
}

/// The name of an image, as far as a URI gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// `ghcr.io/example/app`, as written.
    pub repository: String,
    /// Its tag.
    pub tag: Option<String>,
}

/// Hosts on which two names that differ only in case are one repository.
const CASELESS: [&str; 3] = ["github.com", "gitlab.com", "bitbucket.org"];

impl SourceLocation {
    /// Reads `git+https://host/path@ref`, `https://host/path.git#ref:folder` or `https://host/path`. None where it is no
    /// such URI, or one that a reader could take for another host (user names, look-alike letters).
    pub fn read(uri: &str) -> Option<Self> {
        if uri.len() > 2048 || !uri.is_ascii() || uri.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') {
            return None;
        }
        let uri = uri.strip_prefix("git+").unwrap_or(uri);
        let (scheme, rest) = uri.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if !matches!(scheme.as_str(), "https" | "http" | "ssh" | "git") {
            return None;
        }
        let (host, path) = rest.split_once('/')?;
        if host.is_empty() || host.contains(['@', '\\', '#', '?', '%']) {
            return None;
        }
        let (path, reference) = match path.split_once('#') {
            // BuildKit: a reference, and perhaps a folder behind a colon.
            Some((path, fragment)) => (path, fragment.split(':').next().filter(|text| !text.is_empty())),
            None => match path.split_once('@') {
                Some((path, reference)) => (path, Some(reference)),
                None => (path, None),
            },
        };
        if path.contains(['?', '\\', '%']) || path.split('/').any(|part| matches!(part, "." | "..")) {
            return None;
        }
        let host = host.to_ascii_lowercase();
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        if path.is_empty() {
            return None;
        }
        let path = match CASELESS.contains(&host.as_str()) {
            true => path.to_ascii_lowercase(),
            false => path.to_owned(),
        };
        Some(Self { repository: format!("{scheme}://{host}/{path}"), reference: reference.map(str::to_owned) })
    }
}

impl ImageName {
    /// Reads `pkg:docker/…`, `pkg:oci/…?repository_url=…`, `oci://…` or `docker://…`.
    pub(super) fn read(uri: &str) -> Option<Self> {
        if uri.len() > 2048 || !uri.is_ascii() {
            return None;
        }
        if let Some(rest) = uri.strip_prefix("pkg:docker/") {
            let (rest, _) = rest.split_once('?').unwrap_or((rest, ""));
            let (name, version) = rest.split_once('@').map_or((rest, None), |(name, version)| (name, Some(version)));
            return Some(Self { repository: decoded(name)?, tag: version.and_then(decoded).filter(|tag| is_tag(tag)) });
        }
        if let Some(rest) = uri.strip_prefix("pkg:oci/") {
            let (_, qualifiers) = rest.split_once('?')?;
            let of = |name: &str| {
                let value = qualifiers.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
                decoded(value)
            };
            return Some(Self { repository: of("repository_url")?, tag: of("tag") });
        }
        let rest = uri.strip_prefix("oci://").or_else(|| uri.strip_prefix("docker://"))?;
        let rest = rest.split_once('@').map_or(rest, |(name, _)| name);
        Some(match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => Self { repository: name.to_owned(), tag: Some(tag.to_owned()) },
            _ => Self { repository: rest.to_owned(), tag: None },
        })
    }
}

fn is_tag(text: &str) -> bool {
    !text.contains(':')
}

/// Percent-decoded, where that gives text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Option<(String, Option<String>)> {
        SourceLocation::read(uri).map(|location| (location.repository, location.reference))
    }

    #[test]
    fn one_repository_has_one_name_however_it_is_written() {
        let app = "https://github.com/example/app".to_owned();
        for uri in [
            "https://github.com/example/app",
            "git+https://github.com/example/app",
            "https://github.com/example/app.git",
            "https://github.com/example/app/",
            "https://GitHub.com/Example/App",
        ] {
            assert_eq!(read(uri), Some((app.clone(), None)), "{uri}");
        }
        for uri in [
            "git+https://github.com/example/app@refs/heads/main",
            "https://github.com/example/app.git#refs/heads/main:docker",
        ] {
            assert_eq!(read(uri), Some((app.clone(), Some("refs/heads/main".to_owned()))), "{uri}");
        }
    }

    #[test]
    fn what_may_be_taken_for_another_host_is_no_location() {
        for uri in [
            "https://github.com@evil.example/example/app",
            "https://github.com\\@evil.example/app",
            "https://gith\u{443}b.com/example/app",
            "https://github.com/example/../other/app",
            "https://github.com/example/app%2f..%2fother",
            "https://github.com",
            "https://github.com/",
            "https:///example/app",
            "javascript://github.com/example/app",
            "github.com/example/app",
            "git@github.com:example/app",
            "",
        ] {
            assert_eq!(read(uri), None, "{uri}");
        }
        assert_ne!(read("https://git.example/Example/app"), read("https://git.example/example/app"));
        assert_ne!(read("http://github.com/example/app"), read("https://github.com/example/app"));
        assert_ne!(read("https://github.com.evil.example/example/app"), read("https://github.com/example/app"));
    }

    #[test]
    fn a_reference_may_hold_an_at_sign() {
        assert_eq!(
            read("git+https://github.com/example/app@refs/tags/@scope/pkg@1.0"),
            Some(("https://github.com/example/app".to_owned(), Some("refs/tags/@scope/pkg@1.0".to_owned())))
        );
    }

    #[test]
    fn images_are_read_from_package_urls_and_schemes() {
        let name = |uri: &str| ImageName::read(uri).map(|name| (name.repository, name.tag.unwrap_or_default()));
        let is = |repository: &str, tag: &str| Some((repository.to_owned(), tag.to_owned()));
        assert_eq!(name("pkg:docker/alpine@3.20?platform=linux%2Famd64"), is("alpine", "3.20"));
        assert_eq!(name("pkg:docker/ghcr.io/example/base@1"), is("ghcr.io/example/base", "1"));
        assert_eq!(name("pkg:docker/registry.example%3A5000/base@sha256:00"), is("registry.example:5000/base", ""));
        assert_eq!(
            name("pkg:oci/base@sha256%3A00?repository_url=ghcr.io/example/base&tag=2"),
            is("ghcr.io/example/base", "2")
        );
        assert_eq!(name("oci://registry.example:5000/base@sha256:00"), is("registry.example:5000/base", ""));
        assert_eq!(name("docker://registry.example:5000/base:3@sha256:00"), is("registry.example:5000/base", "3"));
        for uri in ["pkg:npm/left-pad@1", "git+https://github.com/example/app", "pkg:docker/%zz", "pkg:oci/base", ""] {
            assert_eq!(name(uri), None, "{uri}");
        }
    }
}
