//! The configuration of an image, what stands out in its files, and the rules on them (BS-I…).
//!
//! OCI image specification 1.1, `config.md`.

use crate::rule::Rule;
use crate::source::Source;
use crate::yaml::Node;

/// An image.
#[derive(Debug)]
pub struct Image<'a> {
    /// The configuration as JSON.
    pub source: &'a Source<'a>,
    /// The configuration.
    pub config: &'a Node,
    /// What stands out in its files; `None` where only the configuration is there.
    pub files: Option<&'a Files>,
}

/// What rules need of an image's files.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Executables with the set-user-id or set-group-id bit, absolute paths.
    pub setuid: Vec<String>,
    /// Shells, absolute paths.
    pub shells: Vec<String>,
    /// Package managers, absolute paths.
    pub package_managers: Vec<String>,
    /// Files that everyone may write outside `/tmp` and the like, absolute paths.
    pub world_writable: Vec<String>,
    /// Files that look like private keys or credentials by their names, absolute paths.
    pub credentials: Vec<String>,
    /// `/etc/passwd`, where it is there.
    pub passwd: Option<String>,
}

/// The rules.
pub(crate) const RULES: &[&[Rule]] = &[];
