//! Bringing the database up to date.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use boltseal_advisory::{Builder, Skipped};
use boltseal_evidence::{DatabaseKind, Problem};
use boltseal_store::{Database, DatabaseError};
use futures_util::StreamExt;
use futures_util::stream;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::copies::{Copy, Stamp};
use crate::feeds::{Feed, feeds};
use crate::fetch::{Fetched, Watch, fetch};
use crate::origin::Origin;
use crate::parse::{Said, parse};
use crate::progress::Progress;

/// How to update.
#[derive(Debug, Clone)]
pub struct UpdateOptions {
    /// The database to update.
    pub database: Database,
    /// Where the feeds come from.
    pub origin: Origin,
    /// The feeds to fetch, by name; all where it is `None`. Of the others the last good copies are used.
    pub only: Option<Vec<String>>,
    /// How many feeds are fetched at once.
    pub parallel: usize,
    /// Wait for another process that is updating the same database, rather than give up.
    pub wait: bool,
    /// The time that is written into the database; the clock's where it is `None`.
    pub now: Option<OffsetDateTime>,
}

impl UpdateOptions {
    /// All feeds of the origin, four at a time.
    pub fn new(database: Database, origin: Origin) -> Self {
        Self { database, origin, only: None, parallel: 4, wait: true, now: None }
    }
}

/// How one feed fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedState {
    /// It was fetched.
    Fetched {
        /// Its size as it was sent.
        bytes: u64,
    },
    /// It has not changed since it was last fetched.
    Unchanged,
    /// It was not asked for; its last good copy is used as it is.
    NotAsked,
    /// The origin does not have it.
    Missing,
    /// It could not be fetched or read.
    Failed {
        /// Why.
        reason: String,
        /// The last good copy is used in its place; it is of this time.
        kept: Option<String>,
    },
}

/// One feed after an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedReport {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// How it fared.
    pub state: FeedState,
    /// The records (or entries, or scores) taken in.
    pub advisories: u64,
    /// What was left out of it.
    pub skipped: Skipped,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

/// What an update did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateReport {
    /// The feeds, by name. Those that may well not exist and do not are left out.
    pub feeds: Vec<FeedReport>,
    /// The records in the index.
    pub records: usize,
    /// The packages that the index speaks of.
    pub packages: usize,
    /// The index file's size in bytes.
    pub size: u64,
    /// When it was built, RFC 3339.
    pub built: String,
}

impl UpdateReport {
    /// The feeds that could not be fetched or read.
    pub fn failed(&self) -> impl Iterator<Item = &FeedReport> {
        self.feeds.iter().filter(|feed| matches!(feed.state, FeedState::Failed { .. }))
    }
}

/// The database could not be updated; the old one is still there.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// The files of the database cannot be used, or another process is using them.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is nothing to build a database from.
    #[error("no advisory feed could be read from {origin}{}", .first.as_ref().map(|first| format!(": {first}")).unwrap_or_default())]
    NoFeed {
        /// Where feeds were looked for.
        origin: String,
        /// The first failure.
        first: Option<String>,
    },
    /// A feed was asked for that is not known.
    #[error("`{0}` is not a known feed")]
    UnknownFeed(String),
    /// The network cannot be used at all.
    #[error("cannot set up downloads: {0}")]
    Setup(String),
}

/// Fetches what has changed, builds the index and puts it in place. Readers of the old index are not disturbed.
///
/// Blocks until done; it brings its own async runtime and must not be called from inside another.
///
/// # Errors
/// Nothing could be read, or the database cannot be written. A single feed that fails is told in the report.
pub fn update(options: &UpdateOptions, progress: &dyn Progress) -> Result<UpdateReport, UpdateError> {
    let chosen = choose(options)?;
    let writer = options.database.lock(options.wait)?;
    let directory = options.database.feeds();
    std::fs::create_dir_all(&directory).map_err(|source| DatabaseError::File {
        action: "create",
        path: directory.clone(),
        source,
    })?;
    let now = options.now.unwrap_or_else(OffsetDateTime::now_utc);
    // Seconds are enough, and shorter to read.
    let now = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default();
    progress.begin(chosen.iter().filter(|(_, asked)| *asked).count());
    let setup = |error: &dyn std::fmt::Display| UpdateError::Setup(error.to_string());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|e| setup(&e))?;
    let client = client(&options.origin).map_err(|e| setup(&e))?;
    let job = Arc::new(Job { directory, origin: options.origin.clone(), client, now: now.clone() });
    let mut taken: Vec<Taken> = runtime.block_on(
        stream::iter(chosen)
            .map(|(feed, asked)| take(Arc::clone(&job), feed, asked, progress))
            .buffer_unordered(options.parallel.clamp(1, 32))
            .collect(),
    );
    taken.sort_by(|a, b| a.report.name.cmp(&b.report.name));
    progress.building();

    if !taken.iter().any(|taken| matches!(taken.said, Some(Said::Advisories(_)))) {
        let first = taken.iter().find_map(|taken| match &taken.report.state {
            FeedState::Failed { reason, .. } => Some(format!("{}: {reason}", taken.report.source)),
            _ => None,
        });
        return Err(UpdateError::NoFeed { origin: origin_name(&options.origin), first });
    }
    let mut builder = Builder::new(DatabaseKind::Full, Some(now.clone()));
    let mut reports = Vec::new();
    for Taken { report, stamp, said, optional } in taken {
        let (source, fetched) = (&stamp.source, stamp.fetched);
        match said {
            Some(Said::Advisories(parsed)) => builder.add(&report.name, source, fetched, parsed),
            Some(Said::Exploited(catalogue)) => builder.exploited(source, fetched, catalogue),
            Some(Said::Scores(scores)) => builder.epss(source, fetched, scores),
            None => {}
        }
        if !(optional && report.state == FeedState::Missing) {
            reports.push(report);
        }
    }
    let built = builder.finish();
    writer.replace(&built.bytes)?;
    Ok(UpdateReport {
        feeds: reports,
        records: built.records,
        packages: built.packages,
        size: built.bytes.len() as u64,
        built: now,
    })
}

/// Every feed, and whether it is to be fetched.
fn choose(options: &UpdateOptions) -> Result<Vec<(Feed, bool)>, UpdateError> {
    let all = feeds();
    let Some(only) = &options.only else { return Ok(all.into_iter().map(|feed| (feed, true)).collect()) };
    if let Some(unknown) = only.iter().find(|name| !all.iter().any(|feed| feed.name == **name)) {
        return Err(UpdateError::UnknownFeed(unknown.clone()));
    }
    Ok(all
        .into_iter()
        .map(|feed| {
            let asked = only.contains(&feed.name);
            (feed, asked)
        })
        .collect())
}

fn origin_name(origin: &Origin) -> String {
    match origin {
        Origin::Public => "the public addresses".to_owned(),
        Origin::Mirror(url) => format!("`{}`", crate::origin::Place::Url(url.clone()).shown()),
        Origin::Directory(path) => format!("`{}`", path.display()),
    }
}

fn client(origin: &Origin) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .user_agent(concat!("boltseal/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(Duration::from_secs(60))
        .https_only(*origin == Origin::Public)
        .build()
}

/// What all feeds of one update share.
struct Job {
    directory: PathBuf,
    origin: Origin,
    client: reqwest::Client,
    now: String,
}

/// A feed with what it says.
struct Taken {
    report: FeedReport,
    stamp: Stamp,
    said: Option<Said>,
    optional: bool,
}

async fn take(job: Arc<Job>, feed: Feed, asked: bool, progress: &dyn Progress) -> Taken {
    let copy = Copy::of(&job.directory, &feed.name);
    let place = job.origin.place(&feed);
    let source = place.as_ref().map_or_else(|| feed.url.clone(), |place| place.shown());
    let fetched = match &place {
        _ if !asked => Ok(copy.stamp().map_or(Fetched::Missing, Fetched::NotAsked)),
        Some(place) => fetch(&job.client, place, &copy, Watch { progress, feed: &feed.name })
            .await
            .map_err(|error| error.to_string()),
        None => Err("its address is not a URL".to_owned()),
    };
    // A mirror need not have everything; a public address that is gone is a failure, and the last good copy serves on.
    let fetched = match fetched {
        Ok(Fetched::Missing) if asked && job.origin == Origin::Public && !feed.optional => {
            Err("the server has no such file".to_owned())
        }
        fetched => fetched,
    };
    let (name, now) = (feed.name.clone(), job.now.clone());
    let optional = feed.optional || !asked;
    let read = tokio::task::spawn_blocking(move || settle(&feed, &copy, fetched, &now)).await;
    if asked {
        progress.done(&name);
    }
    let (state, stamp, said) = read
        .unwrap_or_else(|error| (FeedState::Failed { reason: error.to_string(), kept: None }, Stamp::default(), None));
    let mut report =
        FeedReport { name, source, state, advisories: 0, skipped: Skipped::default(), problems: Vec::new() };
    match &said {
        Some(Said::Advisories(parsed)) => {
            report.advisories = parsed.advisories.len() as u64;
            report.skipped = parsed.skipped;
            report.problems.clone_from(&parsed.problems);
        }
        Some(Said::Exploited(catalogue)) => {
            report.advisories = catalogue.entries.len() as u64;
            report.skipped.broken = catalogue.broken;
        }
        Some(Said::Scores(scores)) => {
            report.advisories = scores.scores.len() as u64;
            report.skipped.broken = scores.broken;
        }
        None => {}
    }
    Taken { report, stamp, said, optional }
}

/// Reads what was fetched and makes it the last good copy, or falls back on that.
fn settle(feed: &Feed, copy: &Copy, fetched: Result<Fetched, String>, now: &str) -> (FeedState, Stamp, Option<Said>) {
    let reason = match fetched {
        Ok(Fetched::Missing) => return (FeedState::Missing, Stamp::default(), None),
        Ok(Fetched::New(stamp)) => match parse(&feed.name, &feed.format, &copy.part()) {
            Ok(said) => {
                let stamp = Stamp { fetched: Some(now.to_owned()), ..stamp };
                // What was read is good even where it cannot be kept for the next time.
                if copy.keep(&stamp).is_err() {
                    copy.discard();
                }
                return (FeedState::Fetched { bytes: stamp.size }, stamp, Some(said));
            }
            Err(error) => {
                copy.discard();
                error.to_string()
            }
        },
        Ok(Fetched::Unchanged(stamp)) => match parse(&feed.name, &feed.format, &copy.data()) {
            Ok(said) => {
                let stamp = Stamp { fetched: Some(now.to_owned()), ..stamp };
                let _ = copy.restamp(&stamp);
                return (FeedState::Unchanged, stamp, Some(said));
            }
            Err(error) => error.to_string(),
        },
        Ok(Fetched::NotAsked(stamp)) => match parse(&feed.name, &feed.format, &copy.data()) {
            Ok(said) => return (FeedState::NotAsked, stamp, Some(said)),
            Err(error) => error.to_string(),
        },
        Err(reason) => reason,
    };
    match copy.stamp().map(|stamp| (parse(&feed.name, &feed.format, &copy.data()), stamp)) {
        Some((Ok(said), stamp)) => {
            let kept = stamp.fetched.clone().or_else(|| Some("an earlier time".to_owned()));
            (FeedState::Failed { reason, kept }, stamp, Some(said))
        }
        _ => (FeedState::Failed { reason, kept: None }, Stamp::default(), None),
    }
}
