//! Lock files and manifests of source trees.
//!
//! One file per format. Each is a [`LockFile`]: the names it has and a function from decoded text ([`Source`]) to
//! entries in a [`Listing`]. Entries of the project itself, of workspace members and of local paths are left out:
//! no registry knows them, so no advisory is about them.

use crate::cataloger::{Cataloger, File, Pattern, Records};

mod bun;
mod cargo;
mod composer;
mod deno;
mod gemfile;
mod go_mod;
mod gradle;
mod json;
mod lines;
mod listing;
mod npm;
mod nuget;
mod pipfile;
mod pnpm;
mod poetry;
mod pom;
mod pylock;
mod reach;
mod requirements;
mod tables;
mod uv;
mod yaml;
mod yarn;

use lines::Source;
use listing::Listing;

/// The catalogers of this group.
pub(crate) fn catalogers() -> Vec<Box<dyn Cataloger>> {
    FORMATS.iter().map(|format| Box::new(*format) as Box<dyn Cataloger>).collect()
}

const FORMATS: [LockFile; 18] = [
    cargo::CARGO,
    npm::NPM,
    yarn::YARN,
    pnpm::PNPM,
    poetry::POETRY,
    uv::UV,
    requirements::REQUIREMENTS,
    gemfile::GEMFILE,
    composer::COMPOSER,
    go_mod::GO_MOD,
    pom::POM,
    gradle::GRADLE,
    pipfile::PIPFILE,
    pylock::PDM,
    pylock::PYLOCK,
    nuget::NUGET,
    bun::BUN,
    deno::DENO,
];

/// The largest lock file that is read line by line or entry by entry.
const STREAMED: u64 = 100 * 1024 * 1024;
/// The largest one that is first made into a tree: a hostile one takes some fifty times its size in memory.
const TREE: u64 = 16 * 1024 * 1024;

/// One format of lock file.
#[derive(Clone, Copy)]
struct LockFile {
    name: &'static str,
    patterns: &'static [Pattern],
    max_size: u64,
    /// Reads the entries into the listing; an error is of the whole file.
    read: fn(&Source<'_>, &mut Listing<'_>) -> Result<(), String>,
}

impl Cataloger for LockFile {
    fn name(&self) -> &'static str {
        self.name
    }

    /// Of all formats at once: they share the listing.
    fn revision(&self) -> u32 {
        2
    }

    fn patterns(&self) -> &'static [Pattern] {
        self.patterns
    }

    fn max_size(&self) -> u64 {
        self.max_size
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let source = match Source::decode(file.content) {
            Ok(source) => source,
            Err(reason) => return Records::unreadable(reason),
        };
        let mut listing = Listing::new(file.path);
        match (self.read)(&source, &mut listing) {
            Ok(()) => listing.into_records(),
            Err(reason) => Records::unreadable(reason),
        }
    }
}

#[cfg(test)]
mod tests;
