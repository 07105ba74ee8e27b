//! One validated value out of flags, variables and the configuration file.

use std::path::PathBuf;

use boltseal_store::Cache;

use boltseal_evidence::Platform;

use crate::args::{Global, JudgeArguments, TargetArguments};
use crate::config::Config;
use crate::exit::Failure;
use crate::output::Console;

/// Looked for beside the working directory when no ignore file is named.
const IGNORE_FILE: &str = ".boltseal-ignore.toml";

/// A database older than this many days is too old to say "clean" under `--fail-on`, unless told otherwise.
const MAX_DB_AGE_DAYS: u32 = 7;

/// What holds for this run.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) db_dir: Option<PathBuf>,
    /// The folder of what is trusted, where the user names it.
    pub(crate) trust_dir: Option<PathBuf>,
    /// The day of this run in UTC, `YYYY-MM-DD`: expiry and support dates are judged by it.
    pub(crate) today: String,
    /// The moment of this run, RFC 3339 in UTC.
    pub(crate) now: String,
}

/// How findings are judged: flags over variables over the file.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) format: boltseal_report::Format,
    pub(crate) fail_on: Option<boltseal_evidence::Severity>,
    pub(crate) only_fixed: bool,
    pub(crate) allow_not_assessed: bool,
    pub(crate) max_db_age: u32,
    pub(crate) ignore_file: Option<PathBuf>,
    pub(crate) all: bool,
    pub(crate) with_source: bool,
}

impl Settings {
    pub(crate) fn load(global: &Global) -> Result<Self, Failure> {
        let start =
            std::env::current_dir().map_err(|error| anyhow::anyhow!("cannot tell the working directory: {error}"))?;
        let config = Config::load(global.config.as_deref(), &start)?;
        let moment = time::OffsetDateTime::now_utc();
        let now = moment.replace_nanosecond(0).unwrap_or(moment);
        Ok(Self {
            cache_dir: global.cache_dir.clone().or_else(|| config.cache_dir.clone()).or_else(Cache::default_directory),
            db_dir: global.db_dir.clone().or_else(|| config.db.dir.clone()),
            trust_dir: global.trust_dir.clone(),
            config,
            today: now.date().to_string(),
            now: now.format(&time::format_description::well_known::Rfc3339).map_err(anyhow::Error::from)?,
        })
    }

    /// The moment of this run, in seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        seconds(&self.now)
    }

    /// The cache of this run.
    pub(crate) fn cache(&self, disabled: bool) -> Cache {
        match &self.cache_dir {
            Some(directory) if !disabled => Cache::at(directory),
            _ => Cache::disabled(),
        }
    }

    /// How targets are read in this run.
    pub(crate) fn scan_options(
        &self,
        arguments: &TargetArguments,
        console: &Console,
    ) -> Result<boltseal_scan::Options, Failure> {
        let file = &self.config.scan;
        let mut image = boltseal_image::Options::default();
        if let Some(jobs) = arguments.jobs.or(file.jobs) {
            image.parallel = usize::from(jobs).max(1);
        }
        image.platform = arguments.platform.as_deref().or(file.platform.as_deref()).map(parse_platform).transpose()?;
        image.plain_http = arguments.plain_http;
        image.certificate_authorities.extend(arguments.ca_file.clone().or_else(|| file.ca_file.clone()));
        if arguments.plain_http {
            console.note("speaking plain HTTP: whoever is on the way can read and change what passes");
        }
        Ok(boltseal_scan::Options { image, cache: self.cache(arguments.no_cache) })
    }

    /// The judgement of this run.
    pub(crate) fn judgement(&self, arguments: &JudgeArguments) -> Result<Judgement, Failure> {
        let file = &self.config.scan;
        let format = arguments.format.as_deref().or(file.format.as_deref()).unwrap_or("table");
        let default_ignore = || Some(PathBuf::from(IGNORE_FILE)).filter(|path| path.is_file());
        Ok(Judgement {
            format: format.parse().map_err(Failure::usage)?,
            fail_on: arguments.fail_on.or(file.fail_on),
            only_fixed: arguments.only_fixed || file.only_fixed,
            allow_not_assessed: arguments.allow_not_assessed || file.allow_not_assessed,
            max_db_age: arguments.max_db_age.or(file.max_db_age).unwrap_or(MAX_DB_AGE_DAYS),
            ignore_file: arguments.ignore_file.clone().or_else(|| file.ignore_file.clone()).or_else(default_ignore),
            all: arguments.all,
            with_source: arguments.with_source,
        })
    }
}

/// Seconds since 1970 of a moment in RFC 3339; 0 for what is none.
pub(crate) fn seconds(moment: &str) -> i64 {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    OffsetDateTime::parse(moment, &Rfc3339).map(OffsetDateTime::unix_timestamp).unwrap_or(0)
}

/// Reads `os/architecture[/variant]`.
pub(crate) fn parse_platform(text: &str) -> Result<Platform, Failure> {
    let mut parts = text.split('/').map(str::to_owned);
    let platform = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(os), Some(architecture), variant, None) => Platform { os, architecture, variant },
        _ => return Err(not_a_platform(text)),
    };
    let empty = platform.os.is_empty() || platform.architecture.is_empty() || platform.variant.as_deref() == Some("");
    if empty { Err(not_a_platform(text)) } else { Ok(platform) }
}

fn not_a_platform(text: &str) -> Failure {
    Failure::usage(anyhow::anyhow!("`{text}` is not a platform: write os/architecture[/variant], such as linux/arm64"))
}
