//! The release that Alpine's repositories are configured for: `/etc/apk/repositories`.

use super::field::{lines, text};
use crate::cataloger::{Cataloger, File, Pattern, Records};

/// Reads apk's list of repositories.
#[derive(Debug)]
pub(super) struct ApkRepositories;

impl Cataloger for ApkRepositories {
    fn name(&self) -> &'static str {
        "apk-repositories"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Path("etc/apk/repositories")]
    }

    fn max_size(&self) -> u64 {
        1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        Records { repository_release: release(file.content), ..Records::default() }
    }
}

/// The release of the `main` repository, or, without one, of any. `edge` wins over all, then the highest: that is
/// what `apk upgrade` would take. Tagged repositories (`@testing https://…`) serve single packages only.
fn release(content: &[u8]) -> Option<String> {
    let mut best: Option<(bool, (u32, u32), String)> = None;
    for line in lines(content).filter_map(text).filter(|line| !line.starts_with(['#', '@'])) {
        let mut segments = line.split(['/', ' ', '\t']).filter(|segment| !segment.is_empty());
        let Some((rank, release)) = segments.find_map(release_of) else { continue };
        let candidate = (segments.next() == Some("main"), rank, release);
        if best.as_ref().is_none_or(|best| candidate > *best) {
            best = Some(candidate);
        }
    }
    best.map(|(_, _, release)| release)
}

/// The release that a path segment names, and its rank.
fn release_of(segment: &str) -> Option<((u32, u32), String)> {
    if segment == "edge" {
        return Some(((u32::MAX, u32::MAX), segment.to_owned()));
    }
    let release = segment.strip_prefix('v')?;
    let (major, minor) = release.split_once('.')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(major) && is_number(minor))
        .then(|| Some(((major.parse().ok()?, minor.parse().ok()?), release.to_owned())))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_release_of_the_main_repository_counts() {
        for (content, expect) in [
            (
                "https://dl-cdn.alpinelinux.org/alpine/v3.19/main\nhttps://dl-cdn.alpinelinux.org/alpine/v3.19/community\n",
                "3.19",
            ),
            ("http://mirror.example/alpine/v3.18/main\nhttp://mirror.example/alpine/edge/testing\n", "3.18"),
            ("http://mirror.example/alpine/v3.18/main\nhttp://mirror.example/alpine/edge/main\n", "edge"),
            ("http://mirror.example/alpine/v3.9/main\nhttp://mirror.example/alpine/v3.10/main\n", "3.10"),
            ("# https://x/alpine/edge/main\n@edge https://x/alpine/edge/main\nfile:///srv/alpine/v3.17/main\n", "3.17"),
            ("https://x/alpine/v3.16/community", "3.16"),
            ("https://packages.wolfi.dev/os\n", ""),
            ("https://x/alpine/latest-stable/main\n/media/cdrom/apks\n", ""),
            ("https://x/alpine/v3.99999999999/main\n", ""),
        ] {
            assert_eq!(release(content.as_bytes()).unwrap_or_default(), expect, "{content}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>) {
            release(&content);
        }
    }
}
