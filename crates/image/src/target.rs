//! What the user names as a target, turned into a value.

mod recognise;

use std::fmt;
use std::path::{Path, PathBuf};

use boltseal_evidence::Digest;
use oci_spec::distribution::Reference;

/// Something that can be looked at.
///
/// | text | target |
/// |---|---|
/// | `debian:13`, `registry:ghcr.io/a/b@sha256:…` | an image in a registry |
/// | `docker-archive:FILE[:REFERENCE]` | an image in a `docker save` archive |
/// | `oci-archive:FILE[:TAG]` | an image in a tar of an OCI layout |
/// | `oci:DIR[:TAG]`, `oci:DIR@DIGEST` | an image in an OCI layout |
/// | `rootfs:DIR` | the root file system of a machine or container |
/// | `dir:DIR` | a source tree |
/// | `sbom:FILE` | a software bill of materials |
/// | an existing path | recognised by its content |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An image in a registry.
    Registry(Reference),
    /// An image in a `docker save` archive.
    DockerArchive {
        /// The archive.
        path: PathBuf,
        /// The tag, image ID or `@NUMBER` that chooses among several images.
        reference: Option<String>,
    },
    /// An image in a tar of an OCI layout.
    OciArchive {
        /// The archive.
        path: PathBuf,
        /// Which of its images.
        choice: Option<Choice>,
    },
    /// An image in an OCI layout.
    OciLayout {
        /// The directory.
        path: PathBuf,
        /// Which of its images.
        choice: Option<Choice>,
    },
    /// A root file system.
    RootFs(PathBuf),
    /// A source tree.
    Directory(PathBuf),
    /// A software bill of materials.
    Sbom(PathBuf),
}

/// Which image of an OCI layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The one with this `org.opencontainers.image.ref.name`.
    Tag(String),
    /// The manifest or index with this digest.
    Digest(Digest),
}

/// Why a text is not a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing was named.
    #[error("no target is named: give an image reference, an archive or a directory")]
    Empty,
    /// A scheme that needs a daemon.
    #[error(
        "`{scheme}:` is not read from the daemon: save the image with `{command}` and name it as `docker-archive:{file}`"
    )]
    Daemon {
        /// The scheme.
        scheme: String,
        /// What saves the image.
        command: String,
        /// What it writes.
        file: &'static str,
    },
    /// Not a reference either.
    #[error("`{text}` is neither an existing path nor an image reference: {reason}")]
    Reference {
        /// The text.
        text: String,
        /// Why not.
        reason: String,
    },
    /// A path is there, and its content is nothing that is read.
    #[error("`{}` is {content}: expected a directory, an OCI layout, or an archive of `docker save` or of an OCI layout", path.display())]
    Content {
        /// The path.
        path: PathBuf,
        /// What it seems to be.
        content: String,
    },
    /// A target of this kind holds no image.
    #[error("`{0}` is not an image")]
    NotAnImage(String),
}

impl Target {
    /// Reads a target as the user wrote it. Looks at the file system only to tell paths from references and tags.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        if text.is_empty() {
            return Err(TargetError::Empty);
        }
        let Some((scheme, rest)) = text.split_once(':') else { return Self::bare(text) };
        match scheme {
            "registry" => Self::reference(rest),
            "docker-archive" => {
                let (path, reference) = split_reference(rest);
                Ok(Self::DockerArchive { path, reference })
            }
            "oci-archive" => {
                let (path, choice) = split_choice(rest);
                Ok(Self::OciArchive { path, choice })
            }
            "oci" => {
                let (path, choice) = split_choice(rest);
                Ok(Self::OciLayout { path, choice })
            }
            "rootfs" => Ok(Self::RootFs(rest.into())),
            "dir" => Ok(Self::Directory(rest.into())),
            "sbom" => Ok(Self::Sbom(rest.into())),
            "docker" | "podman" | "containerd" if is_daemon_form(rest) => Err(daemon(scheme, rest)),
            _ => Self::bare(text),
        }
    }

    /// The target holds an image, rather than a directory or a bill of materials.
    pub fn is_image(&self) -> bool {
        matches!(
            self,
            Self::Registry(_) | Self::DockerArchive { .. } | Self::OciArchive { .. } | Self::OciLayout { .. }
        )
    }

    fn bare(text: &str) -> Result<Self, TargetError> {
        let path = Path::new(text);
        if path.exists() { recognise::recognise(path) } else { Self::reference(text) }
    }

    fn reference(text: &str) -> Result<Self, TargetError> {
        Reference::try_from(text)
            .map(Self::Registry)
            .map_err(|error| TargetError::Reference { text: text.to_owned(), reason: error.to_string() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(reference) => write!(f, "{reference}"),
            Self::DockerArchive { path, reference } => {
                write!(f, "docker-archive:{}", path.display())?;
                reference.as_ref().map_or(Ok(()), |reference| write!(f, ":{reference}"))
            }
            Self::OciArchive { path, choice } => write_choice(f, "oci-archive", path, choice.as_ref()),
            Self::OciLayout { path, choice } => write_choice(f, "oci", path, choice.as_ref()),
            Self::RootFs(path) => write!(f, "rootfs:{}", path.display()),
            Self::Directory(path) => write!(f, "dir:{}", path.display()),
            Self::Sbom(path) => write!(f, "sbom:{}", path.display()),
        }
    }
}

fn write_choice(f: &mut fmt::Formatter<'_>, scheme: &str, path: &Path, choice: Option<&Choice>) -> fmt::Result {
    write!(f, "{scheme}:{}", path.display())?;
    match choice {
        None => Ok(()),
        Some(Choice::Tag(tag)) => write!(f, ":{tag}"),
        Some(Choice::Digest(digest)) => write!(f, "@{digest}"),
    }
}

/// `FILE:name:tag`: the file ends at the first colon, unless a file of the whole name exists.
fn split_reference(text: &str) -> (PathBuf, Option<String>) {
    match text.split_once(':') {
        Some((path, reference)) if !Path::new(text).exists() => (path.into(), Some(reference.to_owned())),
        _ => (text.into(), None),
    }
}

fn split_choice(text: &str) -> (PathBuf, Option<Choice>) {
    if Path::new(text).exists() {
        return (text.into(), None);
    }
    if let Some((path, digest)) = text.rsplit_once('@')
        && let Ok(digest) = digest.parse()
    {
        return (path.into(), Some(Choice::Digest(digest)));
    }
    // A tag may hold slashes (`oci:dir:ghcr.io/a/b`), so the longest prefix that exists is the path.
    let existing = text.match_indices(':').map(|(at, _)| text.split_at(at)).rfind(|(path, _)| Path::new(path).exists());
    match existing.or_else(|| text.find(':').map(|at| text.split_at(at))) {
        Some((path, tag)) => (path.into(), Some(Choice::Tag(tag.trim_start_matches(':').to_owned()))),
        None => (text.into(), None),
    }
}

/// `docker:debian:13` and `docker:debian` name an image in the daemon; `docker:27-dind` is a tag of the image `docker`.
fn is_daemon_form(rest: &str) -> bool {
    rest.contains([':', '/', '@']) || !rest.starts_with(|first: char| first.is_ascii_digit()) && rest != "latest"
}

fn daemon(scheme: &str, image: &str) -> TargetError {
    let command = match scheme {
        "containerd" => format!("ctr images export image.tar {image}"),
        _ => format!("{scheme} save -o image.tar {image}"),
    };
    TargetError::Daemon { scheme: scheme.to_owned(), command, file: "image.tar" }
}
