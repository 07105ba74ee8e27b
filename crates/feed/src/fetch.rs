//! Fetching one feed: conditionally, resuming what was interrupted, within bounds.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{
    CONTENT_RANGE, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};
use reqwest::{Client, StatusCode, Url};

use crate::copies::{Copy, Stamp};
use crate::origin::Place;
use crate::progress::Progress;

/// A feed larger than this is not one.
pub(crate) const MAX_FEED: u64 = 2 << 30;
const ATTEMPTS: u32 = 4;

/// Who hears of the download of which feed.
#[derive(Clone, Copy)]
pub(crate) struct Watch<'a> {
    pub progress: &'a dyn Progress,
    pub feed: &'a str,
}

/// How fetching ended, if it did not fail.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// There is a new download at [`Copy::part`], with this stamp.
    New(Stamp),
    /// The last good copy is still the newest.
    Unchanged(Stamp),
    /// Nothing was fetched on purpose; there is a last good copy.
    NotAsked(Stamp),
    /// The origin has no such feed.
    Missing,
}

/// Why a feed could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{}", chain(.0))]
    Http(#[from] reqwest::Error),
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the download that was broken off cannot be resumed")]
    Stale,
    #[error("it is larger than {} MiB", MAX_FEED >> 20)]
    TooLarge,
    #[error("{0}")]
    File(#[from] io::Error),
}

impl FetchError {
    /// Trying again may help.
    fn passes(&self) -> bool {
        match self {
            Self::Http(error) => !error.is_builder() && !error.is_redirect(),
            Self::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            Self::Stale => true,
            Self::TooLarge | Self::File(_) => false,
        }
    }
}

/// An error with its causes, and without the address, which is told beside it.
fn chain(error: &reqwest::Error) -> String {
    let mut text = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "the server did not answer in time".to_owned(),
        (_, true) => "cannot connect to the server".to_owned(),
        _ => "the download broke off".to_owned(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Fetches what lies at `place` into the copy's part file.
pub(crate) async fn fetch(
    client: &Client,
    place: &Place,
    copy: &Copy,
    watch: Watch<'_>,
) -> Result<Fetched, FetchError> {
    let url = match place {
        Place::File(path) => return from_file(path, copy),
        Place::Url(url) => url,
    };
    let mut wait = Duration::from_millis(300);
    for attempt in 1.. {
        match from_url(client, url, &place.shown(), copy, watch).await {
            Err(error) if error.passes() && attempt < ATTEMPTS => tokio::time::sleep(wait).await,
            result => return result,
        }
        wait *= 3;
    }
    Ok(Fetched::Missing)
}

fn from_file(path: &Path, copy: &Copy) -> Result<Fetched, FetchError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Fetched::Missing),
        Err(error) => return Err(error.into()),
    };
    if metadata.len() > MAX_FEED {
        return Err(FetchError::TooLarge);
    }
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let stamp = Stamp {
        source: path.display().to_string(),
        last_modified: Some(format!("{}.{:09}", modified.as_secs(), modified.subsec_nanos())),
        size: metadata.len(),
        ..Stamp::default()
    };
    if let Some(known) = copy.stamp()
        && (&known.source, &known.last_modified, known.size) == (&stamp.source, &stamp.last_modified, stamp.size)
    {
        return Ok(Fetched::Unchanged(known));
    }
    copy.discard();
    io::copy(&mut fs::File::open(path)?, &mut fs::File::create(copy.part())?)?;
    Ok(Fetched::New(Stamp { size: fs::metadata(copy.part())?.len(), ..stamp }))
}

async fn from_url(
    client: &Client,
    url: &Url,
    source: &str,
    copy: &Copy,
    watch: Watch<'_>,
) -> Result<Fetched, FetchError> {
    let known = copy.stamp().filter(|stamp| stamp.source == source);
    let partial = copy.partial().filter(|(stamp, _)| stamp.source == source && stamp.strong().is_some());
    let mut request = client.get(url.clone());
    match (&partial, &known) {
        (Some((stamp, size)), _) => {
            request =
                request.header(RANGE, format!("bytes={size}-")).header(IF_RANGE, stamp.strong().unwrap_or_default());
        }
        (None, Some(stamp)) => {
            if let Some(etag) = &stamp.etag {
                request = request.header(IF_NONE_MATCH, etag);
            } else if let Some(date) = &stamp.last_modified {
                request = request.header(IF_MODIFIED_SINCE, date);
            }
        }
        (None, None) => {}
    }
    let response = request.send().await?;
    let status = response.status();
    let resumed = match (status, known, &partial) {
        (StatusCode::NOT_MODIFIED, Some(stamp), None) => return Ok(Fetched::Unchanged(stamp)),
        (StatusCode::NOT_FOUND | StatusCode::GONE, ..) => return Ok(Fetched::Missing),
        (StatusCode::PARTIAL_CONTENT, _, Some((_, size))) if starts_at(response.headers(), *size) => *size,
        (StatusCode::OK, ..) => 0,
        _ if partial.is_some() && !status.is_server_error() => {
            // The part that was kept fits nothing that the server has now: begin anew.
            copy.discard();
            return Err(FetchError::Stale);
        }
        _ => return Err(FetchError::Status(status)),
    };
    let stamp = match partial {
        Some((stamp, _)) if resumed > 0 => stamp,
        _ => stamp_of(response.headers(), source),
    };
    receive(response, resumed, stamp, copy, watch).await
}

fn starts_at(headers: &HeaderMap, size: u64) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {size}-")))
}

fn stamp_of(headers: &HeaderMap, source: &str) -> Stamp {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Stamp { source: source.to_owned(), etag: text(ETAG), last_modified: text(LAST_MODIFIED), fetched: None, size: 0 }
}

async fn receive(
    mut response: reqwest::Response,
    resumed: u64,
    stamp: Stamp,
    copy: &Copy,
    watch: Watch<'_>,
) -> Result<Fetched, FetchError> {
    let total = response.content_length().map(|length| length.saturating_add(resumed));
    if total.is_some_and(|total| total > MAX_FEED) {
        return Err(FetchError::TooLarge);
    }
    let mut file = if resumed > 0 {
        fs::OpenOptions::new().append(true).open(copy.part())?
    } else {
        copy.discard();
        copy.begin(&stamp)?;
        fs::File::create(copy.part())?
    };
    let mut size = resumed;
    while let Some(chunk) = response.chunk().await? {
        size = size.saturating_add(chunk.len() as u64);
        if size > MAX_FEED {
            drop(file);
            copy.discard();
            return Err(FetchError::TooLarge);
        }
        file.write_all(&chunk)?;
        watch.progress.received(watch.feed, size, total);
    }
    file.sync_all()?;
    Ok(Fetched::New(Stamp { size, ..stamp }))
}
