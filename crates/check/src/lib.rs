//! A tree of files from the walk to the report of what is wrong in them.
//!
//! [`check`] walks paths (leaving out what `.gitignore` names), lets an installed `helm` or `kubectl` render charts and
//! kustomizations, has [`boltseal_posture`] judge every file in parallel, and puts the answers together into one
//! [`CheckReport`], sorted by path. [`fix`] applies the safe fixes and writes the files. The command line, the language
//! server and later the server share this flow; it prints nothing and knows no output format.
//!
//! A file that cannot be read costs one problem. Programs that render are run without network access being asked for,
//! with a time limit, and not at all where [`Options::render`] says so.

mod custom;
mod file;
mod fixes;
mod image;
mod parallel;
mod render;
mod report;
mod walk;

use std::path::PathBuf;
use std::sync::Arc;

pub use boltseal_evidence::CheckReport;
pub use custom::load as load_custom;
pub use fixes::{FileFix, FixOutcome, fix};
pub use report::{Check, check, check_text};

/// How to check.
#[derive(Debug, Clone)]
pub struct Options {
    /// What files are judged by. With Pod Security Standards in it, only those are reported unless `only` says
    /// otherwise.
    pub posture: boltseal_posture::Options,
    /// Checks of people's own, asked about every file.
    pub custom: Option<Arc<boltseal_policy::Library>>,
    /// Rules that are left out, by id or alias.
    pub skip: Vec<String>,
    /// The only rules that count, by id or alias; empty for all.
    pub only: Vec<String>,
    /// Let `helm` and `kubectl` (or `kustomize`) render charts and kustomizations, if they are installed.
    pub render: bool,
    /// Files judged at the same time.
    pub jobs: usize,
    /// The largest file that is read, in bytes.
    pub max_size: u64,
    /// How images are opened.
    pub image: boltseal_image::Options,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            posture: boltseal_posture::Options::default(),
            custom: None,
            skip: Vec::new(),
            only: Vec::new(),
            render: true,
            jobs: std::thread::available_parallelism().map_or(2, usize::from),
            max_size: 16 << 20,
            image: boltseal_image::Options::default(),
        }
    }
}

/// What to look at.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A file or folder.
    Path(PathBuf),
    /// An image.
    Image {
        /// As reports call it: what the user wrote.
        shown: String,
        /// Where it is.
        target: boltseal_image::Target,
    },
}

/// Nothing could be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path that was named is not there, or cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Path {
        /// The path.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A name that is no rule.
    #[error("`{0}` is no rule: `boltseal rules` lists them with their ids and the names that other tools use")]
    UnknownRule(String),
    /// The image could not be read.
    #[error(transparent)]
    Image(#[from] boltseal_image::Error),
}
