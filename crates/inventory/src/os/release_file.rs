//! The files that name an operating system where there is no os-release: `alpine-release`, `redhat-release` and kin.

use boltseal_evidence::OperatingSystem;

use super::field::{lines, text};

/// Reads the file at `path`; `None` where it names nothing known.
pub(super) fn parse(path: &str, content: &[u8]) -> Option<OperatingSystem> {
    match path {
        "etc/lsb-release" => lsb(content),
        "etc/alpine-release" => alpine(&first_line(content)?),
        "etc/debian_version" => debian(&first_line(content)?),
        _ => red_hat(first_line(content)?, path == "etc/oracle-release"),
    }
}

fn first_line(content: &[u8]) -> Option<String> {
    lines(content).find_map(text)
}

/// `3.19.1`, `3.21.0_alpha20240923`.
fn alpine(line: &str) -> Option<OperatingSystem> {
    line.starts_with(|first: char| first.is_ascii_digit()).then(|| OperatingSystem {
        id: "alpine".to_owned(),
        version: Some(line.to_owned()),
        pretty_name: Some(format!("Alpine Linux {line}")),
        ..OperatingSystem::default()
    })
}

/// `12.5`, or, before a release, `trixie/sid`. The version is the major number alone, as in Debian's os-release.
fn debian(line: &str) -> Option<OperatingSystem> {
    let version = line.split('.').next().filter(|major| major.bytes().all(|byte| byte.is_ascii_digit()));
    let codename = line.strip_suffix("/sid");
    (version.is_some() || codename.is_some()).then(|| OperatingSystem {
        id: "debian".to_owned(),
        version: version.map(str::to_owned),
        codename: codename.map(str::to_owned),
        pretty_name: Some(format!("Debian GNU/Linux {line}")),
        ..OperatingSystem::default()
    })
}

/// Ubuntu's `DISTRIB_ID=Ubuntu`, `DISTRIB_RELEASE=14.04`, `DISTRIB_CODENAME=trusty`.
fn lsb(content: &[u8]) -> Option<OperatingSystem> {
    let mut os = OperatingSystem::default();
    for line in lines(content).filter_map(text) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let value = value.trim_matches(['"', '\'']).to_owned();
        match name {
            "DISTRIB_ID" => os.id = value.to_lowercase(),
            "DISTRIB_RELEASE" => os.version = Some(value),
            "DISTRIB_CODENAME" => os.codename = Some(value),
            "DISTRIB_DESCRIPTION" => os.pretty_name = Some(value),
            _ => {}
        }
    }
    (!os.id.is_empty()).then_some(os)
}

/// `CentOS Linux release 7.9.2009 (Core)`, `Red Hat Enterprise Linux Server release 6.10 (Santiago)`.
fn red_hat(line: String, is_oracle: bool) -> Option<OperatingSystem> {
    const NAMES: [(&str, &str); 10] = [
        ("centos", "centos"),
        ("rocky", "rocky"),
        ("almalinux", "almalinux"),
        ("oracle", "ol"),
        ("fedora", "fedora"),
        ("amazon", "amzn"),
        ("scientific", "scientific"),
        ("cloudlinux", "cloudlinux"),
        ("photon", "photon"),
        ("red hat", "rhel"),
    ];
    let lower = line.to_lowercase();
    let id = NAMES.iter().find(|(name, _)| lower.starts_with(name)).map(|&(_, id)| id)?;
    let version = lower
        .split_once("release ")
        .and_then(|(_, rest)| rest.split_ascii_whitespace().next())
        .filter(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        .map(str::to_owned);
    Some(OperatingSystem {
        id: if is_oracle { "ol" } else { id }.to_owned(),
        version,
        pretty_name: Some(line),
        ..OperatingSystem::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, content: &str, expect: &str) {
        let found = parse(path, content.as_bytes()).map(|os| {
            let part = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            format!("{} {} {}", os.id, part(os.version), part(os.codename))
        });
        assert_eq!(found.as_deref(), (!expect.is_empty()).then_some(expect), "{path}: {content}");
    }

    #[test]
    fn files_of_old_releases_name_id_and_version() {
        for (path, content, expect) in [
            ("etc/alpine-release", "3.4.6\n", "alpine 3.4.6 -"),
            ("etc/alpine-release", "what\n", ""),
            ("etc/debian_version", "6.0.10\n", "debian 6 -"),
            ("etc/debian_version", "trixie/sid\n", "debian - trixie"),
            ("etc/debian_version", "\n", ""),
            ("etc/centos-release", "CentOS release 6.10 (Final)\n", "centos 6.10 -"),
            ("etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)", "rhel 6.10 -"),
            ("etc/redhat-release", "Fedora release 20 (Heisenbug)", "fedora 20 -"),
            ("etc/oracle-release", "Oracle Linux Server release 6.9", "ol 6.9 -"),
            ("etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn 2018.03 -"),
            ("etc/system-release", "Some other system\n", ""),
            (
                "etc/lsb-release",
                "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\n",
                "ubuntu 14.04 trusty",
            ),
        ] {
            check(path, content, expect);
        }
    }
}
