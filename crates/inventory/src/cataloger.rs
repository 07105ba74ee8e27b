//! What a cataloger is: the files it wants and what it makes of one.

use boltseal_evidence::{NotAssessedReason, OperatingSystem, Package, Problem};
use serde::{Deserialize, Serialize};

/// Which files a cataloger wants, decided by path alone (and, for executables, by mode).
///
/// Paths have `/` between names and none in front. Comparison is by byte and case-sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Exactly this path from the root: `var/lib/dpkg/status`.
    Path(&'static str),
    /// Any file with this name: `package.json`.
    Name(&'static str),
    /// Any file whose name ends so: `.jar`.
    Suffix(&'static str),
    /// Files directly in this directory whose name ends so: `("var/lib/dpkg/info", ".list")`.
    Under(&'static str, &'static str),
    /// Files that end in these two path elements joined by `/`, the first of which may be a suffix of its element:
    /// `(".dist-info", "METADATA")`.
    Within(&'static str, &'static str),
    /// Regular files with an execute bit that begin as ELF, PE or Mach-O files do.
    Executable,
}

/// What is known of a file before its bytes are read.
#[derive(Debug, Clone, Copy)]
pub struct FileMeta<'a> {
    /// The path from the root, with `/` between names and none in front.
    pub path: &'a str,
    /// The size in bytes.
    pub size: u64,
    /// Some execute bit is set.
    pub executable: bool,
}

/// A file that a cataloger asked for.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// The path from the root, with `/` between names and none in front.
    pub path: &'a str,
    /// All of its bytes.
    pub content: &'a [u8],
}

/// The paths that an OS package owns, as far as they matter for other packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// The name of the OS package.
    pub package: String,
    /// Its architecture, where the file says so (`libc6:amd64.list`).
    pub architecture: Option<String>,
    /// Paths as in [`File::path`], with merged-`/usr` names (`bin/x` becomes `usr/bin/x`); only such as
    /// [`crate::Catalogers::may_be_owned`] lets through.
    pub paths: Vec<String>,
}

/// A licence that a file of its own states for an OS package (`usr/share/doc/NAME/copyright`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageLicense {
    /// The name of the OS package.
    pub package: String,
    /// The licences, raw.
    pub licenses: Vec<String>,
}

/// Packages that a file names and that are not among those it told: they are *not assessed*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitted {
    /// Why they were left out.
    pub reason: NotAssessedReason,
    /// How many; 0 where that is not known.
    pub packages: usize,
    /// What is wrong with the first of them, and at which line.
    pub first: String,
}

/// What one file told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Packages; their `locations`, if empty, are filled in with the file's path by the caller, `layer` and `owner`
    /// always are.
    pub packages: Vec<Package>,
    /// Files owned by OS packages.
    pub owned: Vec<Owned>,
    /// Licences stated for OS packages.
    pub licenses: Vec<PackageLicense>,
    /// The operating system.
    pub os: Option<OperatingSystem>,
    /// The release that the package manager's repositories are for (Alpine).
    pub repository_release: Option<String>,
    /// What could not be read, located as precisely as possible.
    pub problems: Vec<Problem>,
    /// What the file names and `packages` lacks, one for each reason; each is told line by line in `problems` too.
    pub omitted: Vec<Omitted>,
    /// The file could not be read as what it should be: its packages are *not assessed*. The sentence says why.
    pub unreadable: Option<String>,
}

impl Records {
    /// Records of a file that could not be understood.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self { unreadable: Some(reason.into()), ..Self::default() }
    }

    /// The file told nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads one kind of file.
pub trait Cataloger: Send + Sync {
    /// The name that packages carry in `found_by`, and that a cache key carries: `dpkg`, `npm-lock`.
    fn name(&self) -> &'static str;

    /// Counted up whenever the same bytes would give other records, so that caches are made anew.
    fn revision(&self) -> u32 {
        1
    }

    /// The files it wants.
    fn patterns(&self) -> &'static [Pattern];

    /// A last look at a path that a pattern let through; for what patterns cannot say.
    fn wants(&self, file: &FileMeta<'_>) -> bool {
        let _ = file;
        true
    }

    /// The largest file it reads, in bytes. A larger one is *not assessed* and named.
    fn max_size(&self) -> u64 {
        32 * 1024 * 1024
    }

    /// Reads one file. Never panics; whatever is wrong with the bytes becomes `problems` or `unreadable`.
    fn catalog(&self, file: &File<'_>) -> Records;
}
