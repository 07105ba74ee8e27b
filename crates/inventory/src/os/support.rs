//! Until when a release gets security updates: the dates that distributions publish.
//!
//! The date is the last day of updates that come free of charge from the release's own repositories. So Debian's
//! includes LTS, which lands in the security archive that every image has configured; Ubuntu's leaves out ESM, Red
//! Hat's ELS, SUSE's LTSS and Debian's ELTS, which are sold. Rolling distributions (Arch, Wolfi, Chainguard, openSUSE
//! Tumbleweed, Alpine edge, Debian sid) have no entry: they never end.

use boltseal_evidence::OperatingSystem;

/// The releases of one distribution.
struct Distribution {
    /// `ID` of os-release.
    id: &'static str,
    /// How many numbers of `VERSION_ID` name a release: 2 of Alpine's `3.19.1`, 1 of Red Hat's `9.4`.
    precision: usize,
    /// Release and last day.
    releases: &'static [(&'static str, &'static str)],
}

/// The last day of security support, `YYYY-MM-DD`.
pub(super) fn last_day(os: &OperatingSystem) -> Option<&'static str> {
    let version = os.version.as_deref()?;
    let id = match os.id.as_str() {
        "centos" if os.pretty_name.as_deref().is_some_and(|name| name.contains("Stream")) => "centos-stream",
        "opensuse" => "opensuse-leap",
        id => id,
    };
    let distribution = DISTRIBUTIONS.iter().find(|distribution| distribution.id == id)?;
    let end = version.match_indices('.').nth(distribution.precision - 1).map_or(version.len(), |(at, _)| at);
    let release = version.get(..end)?;
    let found = distribution.releases.iter().find(|(name, _)| *name == release);
    found.map(|&(_, date)| date).or_else(|| (id == "amzn" && is_amazon_1(release)).then_some("2023-12-31"))
}

/// Amazon Linux 1 is named by year and month, `2018.03`.
fn is_amazon_1(release: &str) -> bool {
    matches!(release.split_once('.'), Some((year, _)) if ("2010".."2019").contains(&year))
}

const DISTRIBUTIONS: &[Distribution] = &[
    Distribution {
        id: "debian",
        precision: 1,
        // With LTS. The security team's own support ended (or ends): 6 2014-05-31, 7 2016-04-25, 8 2018-06-17,
        // 9 2020-07-18, 10 2022-09-10, 11 2024-08-14, 12 2026-07-11, 13 2028-08-09.
        releases: &[
            ("4", "2010-02-15"),
            ("5", "2012-02-06"),
            ("6", "2016-02-29"),
            ("7", "2018-05-31"),
            ("8", "2020-06-30"),
            ("9", "2022-06-30"),
            ("10", "2024-06-30"),
            ("11", "2026-08-31"),
            ("12", "2028-06-30"),
            ("13", "2030-06-30"),
        ],
    },
    Distribution {
        id: "ubuntu",
        precision: 2,
        releases: &[
            ("10.04", "2015-04-30"),
            ("10.10", "2012-04-10"),
            ("11.04", "2012-10-28"),
            ("11.10", "2013-05-09"),
            ("12.04", "2017-04-28"),
            ("12.10", "2014-05-16"),
            ("13.04", "2014-01-27"),
            ("13.10", "2014-07-17"),
            ("14.04", "2019-04-25"),
            ("14.10", "2015-07-23"),
            ("15.04", "2016-02-04"),
            ("15.10", "2016-07-28"),
            ("16.04", "2021-04-30"),
            ("16.10", "2017-07-20"),
            ("17.04", "2018-01-13"),
            ("17.10", "2018-07-19"),
            ("18.04", "2023-05-31"),
            ("18.10", "2019-07-18"),
            ("19.04", "2020-01-23"),
            ("19.10", "2020-07-17"),
            ("20.04", "2025-05-29"),
            ("20.10", "2021-07-22"),
            ("21.04", "2022-01-20"),
            ("21.10", "2022-07-14"),
            ("22.04", "2027-06-01"),
            ("22.10", "2023-07-20"),
            ("23.04", "2024-01-25"),
            ("23.10", "2024-07-11"),
            ("24.04", "2029-05-31"),
            ("24.10", "2025-07-10"),
            ("25.04", "2026-01-15"),
            ("25.10", "2026-07-09"),
            ("26.04", "2031-05-29"),
            ("26.10", "2027-07-15"),
        ],
    },
    Distribution {
        id: "alpine",
        precision: 2,
        releases: &[
            ("2.1", "2012-11-01"),
            ("2.2", "2013-05-01"),
            ("2.3", "2013-11-01"),
            ("2.4", "2014-05-01"),
            ("2.5", "2014-11-01"),
            ("2.6", "2015-05-01"),
            ("2.7", "2015-11-01"),
            ("3.0", "2016-05-01"),
            ("3.1", "2016-11-01"),
            ("3.2", "2017-05-01"),
            ("3.3", "2017-11-01"),
            ("3.4", "2018-05-01"),
            ("3.5", "2018-11-01"),
            ("3.6", "2019-05-01"),
            ("3.7", "2019-11-01"),
            ("3.8", "2020-05-01"),
            ("3.9", "2020-11-01"),
            ("3.10", "2021-05-01"),
            ("3.11", "2021-11-01"),
            ("3.12", "2022-05-01"),
            ("3.13", "2022-11-01"),
            ("3.14", "2023-05-01"),
            ("3.15", "2023-11-01"),
            ("3.16", "2024-05-23"),
            ("3.17", "2024-11-22"),
            ("3.18", "2025-05-09"),
            ("3.19", "2025-11-01"),
            ("3.20", "2026-04-01"),
            ("3.21", "2026-11-01"),
            ("3.22", "2027-05-01"),
            ("3.23", "2027-11-01"),
        ],
    },
    Distribution {
        id: "rhel",
        precision: 1,
        releases: &[
            ("4", "2012-02-29"),
            ("5", "2017-03-31"),
            ("6", "2020-11-30"),
            ("7", "2024-06-30"),
            ("8", "2029-05-31"),
            ("9", "2032-05-31"),
            ("10", "2035-05-31"),
        ],
    },
    Distribution {
        id: "centos",
        precision: 1,
        releases: &[("5", "2017-03-31"), ("6", "2020-11-30"), ("7", "2024-06-30"), ("8", "2021-12-31")],
    },
    Distribution { id: "centos-stream", precision: 1, releases: &[("8", "2024-05-31"), ("9", "2027-05-31")] },
    Distribution {
        id: "rocky",
        precision: 1,
        releases: &[("8", "2029-05-31"), ("9", "2032-05-31"), ("10", "2035-05-31")],
    },
    Distribution {
        id: "almalinux",
        precision: 1,
        releases: &[("8", "2029-03-01"), ("9", "2032-05-31"), ("10", "2035-05-31")],
    },
    Distribution {
        id: "ol",
        precision: 1,
        releases: &[
            ("5", "2017-06-30"),
            ("6", "2021-03-31"),
            ("7", "2024-12-31"),
            ("8", "2029-07-31"),
            ("9", "2032-06-30"),
            ("10", "2035-06-30"),
        ],
    },
    Distribution { id: "amzn", precision: 2, releases: &[("2", "2026-06-30"), ("2023", "2029-06-30")] },
    Distribution {
        id: "fedora",
        precision: 1,
        releases: &[
            ("20", "2015-06-23"),
            ("21", "2015-12-01"),
            ("22", "2016-07-19"),
            ("23", "2016-12-20"),
            ("24", "2017-08-08"),
            ("25", "2017-12-12"),
            ("26", "2018-05-29"),
            ("27", "2018-11-30"),
            ("28", "2019-05-28"),
            ("29", "2019-11-26"),
            ("30", "2020-05-26"),
            ("31", "2020-11-24"),
            ("32", "2021-05-25"),
            ("33", "2021-11-30"),
            ("34", "2022-06-07"),
            ("35", "2022-12-13"),
            ("36", "2023-05-16"),
            ("37", "2023-12-05"),
            ("38", "2024-05-21"),
            ("39", "2024-11-26"),
            ("40", "2025-05-13"),
            ("41", "2025-12-15"),
            ("42", "2026-05-13"),
            ("43", "2026-12-09"),
        ],
    },
    Distribution {
        id: "opensuse-leap",
        precision: 2,
        releases: &[
            ("13.1", "2016-02-03"),
            ("13.2", "2017-01-17"),
            ("42.1", "2017-05-17"),
            ("42.2", "2018-01-26"),
            ("42.3", "2019-07-01"),
            ("15.0", "2019-12-03"),
            ("15.1", "2021-02-02"),
            ("15.2", "2022-01-04"),
            ("15.3", "2022-12-31"),
            ("15.4", "2023-12-07"),
            ("15.5", "2024-12-31"),
            ("15.6", "2026-04-30"),
            ("16.0", "2027-10-31"),
        ],
    },
    Distribution {
        id: "sles",
        precision: 2,
        releases: &[
            ("11", "2010-12-31"),
            ("11.1", "2012-08-31"),
            ("11.2", "2014-01-31"),
            ("11.3", "2016-01-31"),
            ("11.4", "2019-03-31"),
            ("12", "2016-06-30"),
            ("12.1", "2017-05-31"),
            ("12.2", "2018-03-31"),
            ("12.3", "2019-06-30"),
            ("12.4", "2020-06-30"),
            ("12.5", "2024-10-31"),
            ("15", "2019-12-31"),
            ("15.1", "2021-01-31"),
            ("15.2", "2021-12-31"),
            ("15.3", "2022-12-31"),
            ("15.4", "2023-12-31"),
            ("15.5", "2024-12-31"),
            ("15.6", "2025-12-31"),
            ("15.7", "2031-07-31"),
            ("16.0", "2027-11-30"),
        ],
    },
    Distribution {
        id: "photon",
        precision: 2,
        releases: &[("1.0", "2022-02-28"), ("2.0", "2022-12-31"), ("3.0", "2024-03-01")],
    },
    Distribution { id: "mariner", precision: 2, releases: &[("1.0", "2023-08-31"), ("2.0", "2025-07-31")] },
    Distribution { id: "azurelinux", precision: 2, releases: &[("3.0", "2027-08-31")] },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, version: &str, pretty_name: &str, expect: Option<&str>) {
        let os = OperatingSystem {
            id: id.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
            pretty_name: Some(pretty_name.to_owned()),
            ..OperatingSystem::default()
        };
        assert_eq!(last_day(&os), expect, "{id} {version}");
    }

    #[test]
    fn releases_are_found_by_as_many_numbers_as_name_them() {
        for (id, version, expect) in [
            ("debian", "12", Some("2028-06-30")),
            ("debian", "12.5", Some("2028-06-30")),
            ("alpine", "3.19.1", Some("2025-11-01")),
            ("alpine", "3.1", Some("2016-11-01")),
            ("alpine", "3.99.0", None),
            ("ubuntu", "22.04", Some("2027-06-01")),
            ("rhel", "9.4", Some("2032-05-31")),
            ("centos", "6.10", Some("2020-11-30")),
            ("sles", "15", Some("2019-12-31")),
            ("sles", "15.5", Some("2024-12-31")),
            ("amzn", "2", Some("2026-06-30")),
            ("amzn", "2018.03", Some("2023-12-31")),
            ("amzn", "2023", Some("2029-06-30")),
            ("azurelinux", "3.0", Some("2027-08-31")),
            ("wolfi", "20230201", None),
            ("arch", "", None),
            ("debian", "...", None),
        ] {
            check(id, version, "", expect);
        }
    }

    #[test]
    fn centos_stream_is_told_from_centos_linux() {
        check("centos", "8", "CentOS Linux 8", Some("2021-12-31"));
        check("centos", "8", "CentOS Stream 8", Some("2024-05-31"));
    }

    #[test]
    fn the_table_holds_real_dates_and_no_release_twice() {
        let mut ids = std::collections::BTreeSet::new();
        for distribution in DISTRIBUTIONS {
            assert!(ids.insert(distribution.id) && distribution.precision > 0);
            let mut releases = std::collections::BTreeSet::new();
            for (release, date) in distribution.releases {
                assert!(releases.insert(release), "{} {release}", distribution.id);
                let parts: Vec<u32> = date.split('-').map(|part| part.parse().unwrap()).collect();
                assert!(matches!(parts[..], [2010..2040, 1..=12, 1..=31]), "{date}");
            }
        }
    }
}
