//! `boltseal.toml`.

use std::path::{Path, PathBuf};

use boltseal_evidence::Severity;
use serde::Deserialize;

use crate::exit::Failure;

/// The name that is looked for from the working directory upward.
const FILE_NAME: &str = "boltseal.toml";

/// The configuration file. Every key has a flag, which wins, and a `BOLTSEAL_…` variable, which wins over the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) scan: Scan,
    pub(crate) check: Check,
    pub(crate) db: Db,
}

/// `[scan]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Scan {
    pub(crate) format: Option<String>,
    pub(crate) fail_on: Option<Severity>,
    pub(crate) only_fixed: bool,
    pub(crate) allow_not_assessed: bool,
    pub(crate) max_db_age: Option<u32>,
    pub(crate) ignore_file: Option<PathBuf>,
    pub(crate) platform: Option<String>,
    pub(crate) jobs: Option<u16>,
    pub(crate) ca_file: Option<PathBuf>,
}

/// `[check]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Check {
    pub(crate) format: Option<String>,
    pub(crate) fail_on: Option<Severity>,
    pub(crate) allow_not_assessed: bool,
    pub(crate) skip: Vec<String>,
    pub(crate) only: Vec<String>,
    pub(crate) pod_security: Option<String>,
    pub(crate) custom: Vec<PathBuf>,
    pub(crate) no_render: bool,
    pub(crate) max_size: Option<u64>,
}

/// `[db]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Db {
    pub(crate) dir: Option<PathBuf>,
    pub(crate) mirror: Option<String>,
}

impl Config {
    /// Reads the given file, or the nearest `boltseal.toml` from `start` upward, or nothing. Paths in it are relative
    /// to it.
    pub(crate) fn load(explicit: Option<&Path>, start: &Path) -> Result<Self, Failure> {
        let found = match explicit {
            Some(path) => Some(path.to_owned()),
            None => start.ancestors().map(|directory| directory.join(FILE_NAME)).find(|path| path.is_file()),
        };
        let Some(path) = found else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::usage(anyhow::anyhow!("cannot read configuration `{}`: {error}", path.display()))
        })?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            Failure::usage(anyhow::anyhow!("configuration `{}` is not valid: {error}", path.display()))
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        for relative in
            [&mut config.cache_dir, &mut config.scan.ignore_file, &mut config.scan.ca_file, &mut config.db.dir]
        {
            *relative = relative.take().map(|relative| base.join(relative));
        }
        for custom in &mut config.check.custom {
            *custom = base.join(&*custom);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_upward_counts_and_its_paths_are_relative_to_it() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE_NAME), "[scan]\nfail-on = \"high\"\nignore-file = \"ignore.toml\"\n")
            .unwrap();
        let deeper = directory.path().join("a/b");
        std::fs::create_dir_all(&deeper).unwrap();
        let config = Config::load(None, &deeper).unwrap();
        assert_eq!(config.scan.fail_on, Some(Severity::High));
        assert_eq!(config.scan.ignore_file, Some(directory.path().join("ignore.toml")));
    }

    #[test]
    fn an_unknown_key_is_wrong_usage_and_the_message_shows_the_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE_NAME);
        std::fs::write(&path, "[scan]\nfailon = \"high\"\n").unwrap();
        let failure = Config::load(Some(&path), directory.path()).unwrap_err();
        assert!(matches!(failure, Failure::Usage(_)));
        let message = failure.to_string();
        assert!(message.contains("line 2") && message.contains("failon"), "{message}");
    }
}
