//! Which subjects a rule or an exception is meant for. What matches here decides what is let through: a security
//! boundary.
//!
//! A pattern is a digest, `**` for everything, or registry and repository: `ghcr.io/example/*`. The registry is always
//! written out, without wildcards. `*` stands for any characters within one segment, `**` as a whole segment for any
//! number of them; at the end for at least one, so that `ghcr.io/example/**` is what lies *below* `ghcr.io/example`.

use boltseal_evidence::{Digest, JudgedSubject};

/// Patterns, any of which may match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subjects(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Everything,
    Digest(Digest),
    Repository { registry: String, segments: Vec<String> },
}

/// Whether a subject is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    Yes,
    No,
    /// The subject has no repository by which to tell.
    Unknown,
}

/// The longest pattern, in bytes.
const LONGEST: usize = 512;

impl Subjects {
    /// Reads a pattern and adds it.
    ///
    /// # Errors
    /// What is wrong with it, and the way out.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), String> {
        self.0.push(Pattern::parse(text)?);
        Ok(())
    }

    /// No pattern was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A pattern matches a subject.
    pub(crate) fn meant(&self, target: &Target<'_>) -> Meant {
        let (subject, repository) = (target.subject, &target.repository);
        let mut meant = Meant::No;
        for pattern in &self.0 {
            match pattern {
                Pattern::Everything => return Meant::Yes,
                Pattern::Digest(digest) => {
                    let own = [Some(&subject.digest), subject.manifest.as_ref(), subject.configuration.as_ref()];
                    if own.into_iter().flatten().any(|own| own == digest) {
                        return Meant::Yes;
                    }
                }
                Pattern::Repository { registry, segments } => match repository {
                    None => meant = Meant::Unknown,
                    Some(repository) if repository.registry != *registry => {}
                    Some(repository) if all_match(segments, &repository.segments) => return Meant::Yes,
                    Some(_) => {}
                },
            }
        }
        meant
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let shown = text.chars().take(80).collect::<String>();
        if text.len() > LONGEST {
            return Err(format!("`{shown}…` is longer than {LONGEST} bytes"));
        }
        if text == "**" {
            return Ok(Self::Everything);
        }
        if text.starts_with("sha256:") || text.starts_with("sha512:") {
            return text.parse().map(Self::Digest).map_err(|error: boltseal_evidence::DigestError| error.to_string());
        }
        if text.contains('@') {
            return Err(format!("`{shown}` names a digest too: write the digest alone, `sha256:…`"));
        }
        let (registry, rest) = text.split_once('/').unwrap_or((text, ""));
        let is_registry = registry.contains(['.', ':']) || registry == "localhost";
        if registry.contains('*') || !is_registry {
            return Err(format!(
                "`{shown}` names no registry: write it out, as in `docker.io/library/debian` or `ghcr.io/example/**`, or \
                 `**` for everything"
            ));
        }
        if rest.is_empty() {
            return Err(format!("`{shown}` names a registry alone: write `{registry}/**` for all of it"));
        }
        if text.chars().any(|each| each.is_ascii_uppercase()) {
            return Err(format!("`{shown}` has capitals, which no repository has: write it in lower case"));
        }
        if rest.contains(':') {
            return Err(format!("`{shown}` names a tag, which can be moved: write the repository, or a digest"));
        }
        let segments: Vec<String> = rest.split('/').map(str::to_owned).collect();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-*".contains(&byte);
        for segment in &segments {
            if segment.is_empty() || !segment.bytes().all(allowed) || matches!(segment.as_str(), "." | "..") {
                return Err(format!("`{shown}` is not a repository: `{segment}` cannot be a part of one"));
            }
            if segment.contains("**") && segment != "**" {
                return Err(format!("`{shown}` has `**` within a name: write `*` there, or `**` between slashes"));
            }
        }
        Ok(Self::Repository { registry: normal_registry(registry), segments })
    }
}

/// A subject, read once for all patterns.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    subject: &'a JudgedSubject,
    repository: Option<Repository<'a>>,
}

impl<'a> Target<'a> {
    pub(crate) fn of(subject: &'a JudgedSubject) -> Self {
        Self { subject, repository: subject.repository.as_deref().map(Repository::of) }
    }
}

#[derive(Debug)]
struct Repository<'a> {
    registry: String,
    segments: Vec<&'a str>,
}

impl<'a> Repository<'a> {
    fn of(repository: &'a str) -> Self {
        let (registry, rest) = repository.split_once('/').unwrap_or((repository, ""));
        Self { registry: normal_registry(registry), segments: rest.split('/').collect() }
    }
}

/// One spelling of the registries that are the same one: case, the dot at the end of a name, the port of HTTPS, and the
/// names of Docker Hub. Without it a rule for a registry would be evaded by another spelling.
pub(crate) fn normal_registry(registry: &str) -> String {
    let lower = registry.to_ascii_lowercase();
    let name = lower.strip_suffix(":443").unwrap_or(&lower);
    let (name, port) = match name.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
        _ => (name, None),
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let name = match name {
        "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => "docker.io",
        name => name,
    };
    port.map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

/// Takes time in proportion to the product of both numbers of segments.
pub(crate) fn all_match(pattern: &[String], segments: &[&str]) -> bool {
    // `reached[i]`: the pattern so far can match the first `i` segments.
    let mut reached = vec![false; segments.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for (number, part) in pattern.iter().enumerate() {
        let is_last = number + 1 == pattern.len();
        let mut after = vec![false; segments.len() + 1];
        let mut open = false;
        for (index, cell) in after.iter_mut().enumerate() {
            let here = reached.get(index).copied().unwrap_or(false);
            let before = index.checked_sub(1);
            *cell = if part == "**" {
                let was_open = open;
                open |= here;
                if is_last { was_open } else { open }
            } else {
                before.is_some_and(|before| {
                    reached.get(before).copied().unwrap_or(false)
                        && segments.get(before).is_some_and(|segment| segment_matches(part, segment))
                })
            };
        }
        reached = after;
    }
    reached.last().copied().unwrap_or(false)
}

/// `*` stands for any characters, none too; a segment is never empty.
pub(crate) fn segment_matches(pattern: &str, segment: &str) -> bool {
    if segment.is_empty() {
        return false;
    }
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == segment };
    let Some(mut left) = segment.strip_prefix(head) else { return false };
    let Some((middle, tail)) = rest.rsplit_once('*') else {
        return left.ends_with(rest);
    };
    let Some(body) = left.strip_suffix(tail) else { return false };
    left = body;
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests;
