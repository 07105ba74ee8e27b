//! Packages of languages: pip, npm, yarn, pnpm, gem, bundler, go, cargo, composer (BS-D200–229).

use super::run::Manager;

pub(super) mod compiled;
pub(super) mod javascript;
pub(super) mod locked;
pub(super) mod python;
pub(super) mod ruby;

/// npm and its relatives.
const NPM: Manager = Manager {
    programs: &["npm", "cnpm"],
    short: "Cw",
    long: &["prefix", "registry", "workspace", "cache", "loglevel", "tag", "userconfig", "omit", "include"],
};
