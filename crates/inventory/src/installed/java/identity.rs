//! Which artifact an archive is, and which were merged into it.

use super::EXTENSIONS;
use super::filename::FileName;
use super::group;
use super::manifest::{Coordinates, Manifest};

/// The title that the jars of a Java 8 runtime carry; they belong to it and are no packages.
const RUNTIME: &str = "Java Runtime Environment";

/// All that is known of one archive.
pub(super) struct Identity<'a> {
    /// Its path; the last part is its file name.
    pub(super) path: &'a str,
    pub(super) manifest: Manifest,
    pub(super) properties: Vec<Coordinates>,
    /// Groups and artifacts of `pom.xml` files.
    pub(super) poms: &'a [(&'a str, &'a str)],
    pub(super) has_classes: bool,
}

/// One artifact.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) group: Option<String>,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    pub(super) license: Option<String>,
    /// The extension, where it is not `jar`.
    pub(super) kind: Option<&'static str>,
}

impl Identity<'_> {
    /// The artifacts: the archive's own first where it is known, then those merged in.
    pub(super) fn packages(mut self) -> Vec<Found> {
        let path = self.path;
        let file = path.rsplit('/').next().unwrap_or(path);
        let (stem, kind) = match file.rsplit_once('.') {
            Some((stem, extension)) => {
                (stem, EXTENSIONS.into_iter().find(|known| extension.eq_ignore_ascii_case(known)))
            }
            None => (file, None),
        };
        let kind = kind.filter(|kind| *kind != "jar");
        let license = self.manifest.get("bundle-license").map(str::to_owned);
        let name = FileName::read(stem, self.manifest.version());
        self.properties.sort_by(|a, b| (&a.group, &a.artifact, &a.version).cmp(&(&b.group, &b.artifact, &b.version)));
        self.properties.dedup();
        let mut found = Vec::new();
        match self.own(stem, name) {
            Own::Listed(index) => {
                let one = self.properties.remove(index);
                let version = one.version.or_else(|| self.version(name));
                found.extend(listed(one.group, one.artifact, version, license, kind));
            }
            Own::Guessed { artifact, version } => {
                let named = self.poms.iter().find(|(_, name)| *name == artifact).map(|(group, _)| (*group).to_owned());
                let group = named
                    .or_else(|| group::of_repository(path, &artifact, version.as_deref()))
                    .or_else(|| group::guess(&artifact, version.as_deref(), &self.manifest));
                found.push(Found { group, artifact, version, license, kind });
            }
            Own::None => {}
        }
        for one in self.properties {
            found.extend(listed(one.group, one.artifact, one.version, None, None));
        }
        found
    }

    fn version(&self, name: FileName<'_>) -> Option<String> {
        name.version.or_else(|| self.manifest.version()).map(str::to_owned)
    }

    /// Finds the archive's own artifact.
    fn own(&self, stem: &str, name: FileName<'_>) -> Own {
        let version = self.version(name);
        let same_name = |one: &Coordinates| {
            let Some(artifact) = one.artifact.as_deref() else { return false };
            let group = name.artifact.strip_suffix(artifact).and_then(|rest| rest.strip_suffix('.'));
            artifact == name.artifact || artifact == stem || group.is_some() && group == one.group.as_deref()
        };
        let same_version = |one: &Coordinates| version.is_some() && one.version == version;
        let title = self.manifest.get("implementation-title");
        let index = self.properties.iter().position(same_name).or_else(|| match self.properties.as_slice() {
            // A renamed archive, `app.jar`: the only one listed, unless the archive states another version.
            [one] => (same_version(one) || version.is_none()).then_some(0),
            many => {
                many.iter().position(|one| title.is_some() && one.artifact.as_deref() == title && same_version(one))
            }
        });
        if let Some(index) = index {
            return Own::Listed(index);
        }
        let runtime = self.manifest.get("implementation-title") == Some(RUNTIME);
        // Beside artifacts that are listed, only one that is named with its version is worth a guess.
        let guessable = if self.properties.is_empty() { self.has_classes } else { version.is_some() };
        if runtime || !guessable {
            return Own::None;
        }
        let artifact = self.artifact(stem, name);
        if artifact.is_empty() { Own::None } else { Own::Guessed { artifact, version } }
    }

    /// The artifact's name: the file's where it is one of a release, else the manifest's, else the file's.
    fn artifact(&self, stem: &str, name: FileName<'_>) -> String {
        if name.version.is_some() {
            return group::qualified(name.artifact, name.version).unwrap_or(name.artifact).to_owned();
        }
        if let Some(artifact) = group::tomcat_artifact(stem).filter(|_| self.is_tomcat()) {
            return artifact.to_owned();
        }
        let titles = ["short-name", "extension-name", "implementation-title"];
        let title = titles.into_iter().filter_map(|title| self.manifest.get(title)).find(|title| is_artifact(title));
        let symbolic = || self.manifest.symbolic_name().and_then(|name| name.rsplit('.').next());
        let chosen = match title {
            // With a dot in it, a title is a package's or bundle's name.
            Some(title) if !title.contains('.') => title,
            _ if self.manifest.version().is_some() => symbolic().unwrap_or(stem),
            _ => stem,
        };
        chosen.to_owned()
    }

    fn is_tomcat(&self) -> bool {
        self.manifest.get("implementation-title").is_some_and(|title| title.starts_with("Apache Tomcat"))
            || self.manifest.get("bundle-symbolicname").is_some_and(|name| name.starts_with("org.apache.tomcat"))
    }
}

enum Own {
    /// The listed one at this index.
    Listed(usize),
    Guessed {
        artifact: String,
        version: Option<String>,
    },
    None,
}

fn listed(
    group: Option<String>,
    artifact: Option<String>,
    version: Option<String>,
    license: Option<String>,
    kind: Option<&'static str>,
) -> Option<Found> {
    artifact.map(|artifact| Found { group, artifact, version, license, kind })
}

/// A title that may be an artifact's id rather than a sentence.
fn is_artifact(title: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    title.starts_with(|c: char| c.is_ascii_lowercase()) && title.bytes().all(word)
}
