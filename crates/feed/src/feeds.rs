//! The feeds: their names, public addresses, and places in a mirror.

/// How a feed is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// A zip archive of OSV records.
    OsvZip,
    /// A security database in Alpine's format that speaks for this ecosystem.
    Secdb {
        /// OSV's name of the ecosystem: `Alpine:v3.19`.
        ecosystem: String,
    },
    /// The JSON of Debian's security tracker.
    DebianTracker,
    /// CISA's catalogue of known exploited vulnerabilities.
    Kev,
    /// FIRST's scores, a gzipped CSV.
    Epss,
}

/// One feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its name in reports: `osv/PyPI`, `alpine/v3.19/main`.
    pub name: String,
    /// How it is written.
    pub format: Format,
    /// Its public address.
    pub url: String,
    /// Its path under a mirror.
    pub mirror_path: String,
    /// It may well not exist (a release that is not out yet), so its absence is not worth telling.
    pub optional: bool,
}

/// Ecosystems of which all records are taken from OSV's bucket.
const OSV: [&str; 17] = [
    "AlmaLinux",
    "Azure Linux",
    "Bitnami",
    "Debian",
    "Go",
    "Maven",
    "Mageia",
    "NuGet",
    "Packagist",
    "PyPI",
    "Red Hat",
    "Rocky Linux",
    "RubyGems",
    "Ubuntu",
    "crates.io",
    "npm",
    "openSUSE",
];

/// The last minor release of Alpine 3 that is asked for; those that do not exist yet are simply not there.
const LAST_ALPINE: u32 = 30;

/// Every feed that is known, in the order of their names.
pub fn feeds() -> Vec<Feed> {
    let mut feeds: Vec<Feed> = OSV.iter().map(|ecosystem| osv(ecosystem)).collect();
    let releases = (2..=LAST_ALPINE).map(|minor| format!("v3.{minor}")).chain(["edge".to_owned()]);
    feeds.extend(releases.flat_map(|release| ["main", "community"].map(|repository| alpine(&release, repository))));
    feeds.push(apk("wolfi", "Wolfi", "https://packages.wolfi.dev/os/security.json", "wolfi/os/security.json"));
    feeds.push(apk(
        "chainguard",
        "Chainguard",
        "https://packages.cgr.dev/chainguard/security.json",
        "chainguard/security.json",
    ));
    let plain = [
        (
            "debian",
            Format::DebianTracker,
            "https://security-tracker.debian.org/tracker/data/json",
            "debian/tracker.json",
        ),
        (
            "cisa-kev",
            Format::Kev,
            "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
            "cisa/known_exploited_vulnerabilities.json",
        ),
        (
            "epss",
            Format::Epss,
            "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
            "epss/epss_scores-current.csv.gz",
        ),
    ];
    feeds.extend(plain.map(|(name, format, url, path)| Feed {
        name: name.to_owned(),
        format,
        url: url.to_owned(),
        mirror_path: path.to_owned(),
        optional: false,
    }));
    feeds.sort_by(|a, b| a.name.cmp(&b.name));
    feeds
}

fn osv(ecosystem: &str) -> Feed {
    let encoded = ecosystem.replace(' ', "%20");
    Feed {
        name: format!("osv/{ecosystem}"),
        format: Format::OsvZip,
        url: format!("https://osv-vulnerabilities.storage.googleapis.com/{encoded}/all.zip"),
        mirror_path: format!("osv/{ecosystem}/all.zip"),
        optional: false,
    }
}

fn alpine(release: &str, repository: &str) -> Feed {
    Feed {
        name: format!("alpine/{release}/{repository}"),
        format: Format::Secdb { ecosystem: format!("Alpine:{release}") },
        url: format!("https://secdb.alpinelinux.org/{release}/{repository}.json"),
        mirror_path: format!("alpine/{release}/{repository}.json"),
        optional: true,
    }
}

fn apk(name: &str, ecosystem: &str, url: &str, path: &str) -> Feed {
    Feed {
        name: name.to_owned(),
        format: Format::Secdb { ecosystem: ecosystem.to_owned() },
        url: url.to_owned(),
        mirror_path: path.to_owned(),
        optional: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_unique_and_stay_inside_a_mirror() {
        let all = feeds();
        let names: std::collections::BTreeSet<_> = all.iter().map(|feed| &feed.name).collect();
        assert_eq!(names.len(), all.len());
        for feed in &all {
            assert!(feed.url.starts_with("https://") && !feed.url.contains(' '), "{}", feed.url);
            assert!(!feed.mirror_path.contains("..") && !feed.mirror_path.starts_with('/'));
        }
    }
}
