//! Ecosystems: their names in OSV, their version schemes, how names are normalised, and which one a package is of.

use std::borrow::Cow;

use boltseal_evidence::{OperatingSystem, Package, PackageType};
use boltseal_version::Scheme;

/// The version scheme of an ecosystem by OSV's name for it; `None` where versions cannot be compared here.
pub(crate) fn scheme_of(ecosystem: &str) -> Option<Scheme> {
    Some(match base(ecosystem) {
        "Debian" | "Ubuntu" => Scheme::Deb,
        "Alpine" | "Wolfi" | "Chainguard" => Scheme::Apk,
        "AlmaLinux" | "Rocky Linux" | "Red Hat" | "Oracle Linux" | "SUSE" | "openSUSE" | "Photon OS" | "Mageia"
        | "openEuler" | "Azure Linux" | "Amazon Linux" => Scheme::Rpm,
        "PyPI" => Scheme::Pep440,
        "npm" => Scheme::Npm,
        "Maven" => Scheme::Maven,
        "RubyGems" => Scheme::RubyGems,
        "NuGet" => Scheme::NuGet,
        "Packagist" => Scheme::Packagist,
        "Go" => Scheme::Go,
        "crates.io" | "Bitnami" => Scheme::SemVer,
        _ => return None,
    })
}

fn base(ecosystem: &str) -> &str {
    ecosystem.split(':').next().unwrap_or_default()
}

/// The key of an ecosystem in the index: Ubuntu's releases without `LTS`, Maven without its repository, Red Hat's
/// products by release. Ubuntu Pro (`Ubuntu:Pro:…`) and Red Hat's extended streams stay apart from the plain release.
pub(crate) fn key_of(ecosystem: &str) -> Cow<'_, str> {
    let mut parts = ecosystem.split(':');
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("Ubuntu", Some(_)) => Cow::Borrowed(ecosystem.strip_suffix(":LTS").unwrap_or(ecosystem)),
        ("Maven", Some(_)) => Cow::Borrowed("Maven"),
        ("Red Hat", Some("enterprise_linux")) => {
            Cow::Owned(format!("Red Hat:{}", parts.next().unwrap_or_default().split('.').next().unwrap_or_default()))
        }
        _ => Cow::Borrowed(ecosystem),
    }
}

/// The key of a package's name in the index.
pub(crate) fn name_key<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    match base(ecosystem) {
        "PyPI" => pep503(name),
        "NuGet" | "Packagist" | "Bitnami" if name.chars().any(char::is_uppercase) => Cow::Owned(name.to_lowercase()),
        _ => Cow::Borrowed(name),
    }
}

/// PEP 503: lower case, runs of `-`, `_` and `.` become one `-`.
fn pep503(name: &str) -> Cow<'_, str> {
    let normal = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if name.as_bytes().iter().all(normal) {
        return Cow::Borrowed(name);
    }
    let mut key = String::with_capacity(name.len());
    for character in name.chars() {
        if !matches!(character, '-' | '_' | '.') {
            key.extend(character.to_lowercase());
        } else if !key.ends_with('-') {
            key.push('-');
        }
    }
    Cow::Owned(key)
}

/// A version as it is compared: Bitnami's without its revision.
pub(crate) fn version_key<'a>(ecosystem: &str, version: &'a str) -> &'a str {
    match base(ecosystem) {
        "Bitnami" => match version.rsplit_once('-') {
            Some((front, revision)) if !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_digit()) => front,
            _ => version,
        },
        _ => version,
    }
}

/// The ecosystem that a package is of, in OSV's words; `None` where no advisories are written for it.
///
/// Of an OS package it is the distribution's with its release, so it depends on the operating system.
pub fn ecosystem_of(package: &Package, os: Option<&OperatingSystem>) -> Option<String> {
    let name = match package.kind {
        PackageType::Deb | PackageType::Apk | PackageType::Rpm => return distribution(os?),
        PackageType::PyPi => "PyPI",
        PackageType::Npm => "npm",
        PackageType::Gem => "RubyGems",
        PackageType::Maven => "Maven",
        PackageType::Golang => "Go",
        PackageType::Cargo => "crates.io",
        PackageType::Composer => "Packagist",
        PackageType::NuGet => "NuGet",
        PackageType::Bitnami => "Bitnami",
        PackageType::Generic => return None,
    };
    Some(name.to_owned())
}

/// A distribution's release in OSV's words. Errata come from the distribution's own feed only, so a derivative
/// (`ID_LIKE`) is not taken for its parent.
fn distribution(os: &OperatingSystem) -> Option<String> {
    let version = os.version.as_deref().unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default();
    let with = |name: &str, release: &str| (!release.is_empty()).then(|| format!("{name}:{release}"));
    match os.id.as_str() {
        "debian" if major.is_empty() => os.codename.as_deref().and_then(debian_release).map(|r| format!("Debian:{r}")),
        "debian" => with("Debian", major),
        "ubuntu" => with("Ubuntu", version),
        "alpine" => match os.repository_release.as_deref().filter(|release| !release.is_empty()) {
            Some(release) => alpine(release),
            None => alpine(version),
        },
        "wolfi" => Some("Wolfi".to_owned()),
        "chainguard" => Some("Chainguard".to_owned()),
        "almalinux" => with("AlmaLinux", major),
        "rocky" => with("Rocky Linux", major),
        "rhel" | "redhat" => with("Red Hat", major),
        "ol" => with("Oracle Linux", major),
        "amzn" => with("Amazon Linux", major),
        "opensuse-leap" => with("openSUSE", &format!("Leap {version}")),
        "photon" => with("Photon OS", version),
        "azurelinux" => with("Azure Linux", major),
        "mageia" => with("Mageia", major),
        _ => None,
    }
}

fn alpine(release: &str) -> Option<String> {
    let release = release.strip_prefix('v').unwrap_or(release);
    if release.starts_with("edge") || release.contains("_alpha") {
        return Some("Alpine:edge".to_owned());
    }
    let mut parts = release.split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) if !major.is_empty() => Some(format!("Alpine:v{major}.{minor}")),
        _ => None,
    }
}

/// The number of a Debian release by its codename (Debian's *Releases* page); `sid` is its own.
pub(crate) fn debian_release(codename: &str) -> Option<&'static str> {
    Some(match codename {
        "jessie" => "8",
        "stretch" => "9",
        "buster" => "10",
        "bullseye" => "11",
        "bookworm" => "12",
        "trixie" => "13",
        "forky" => "14",
        "duke" => "15",
        "sid" => "sid",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(id: &str, version: &str, repository: &str) -> Option<String> {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        distribution(&OperatingSystem {
            id: id.to_owned(),
            version: text(version),
            repository_release: text(repository),
            ..OperatingSystem::default()
        })
    }

    #[test]
    fn releases_are_named_as_in_osv() {
        for (id, version, repository, expected) in [
            ("debian", "11.6", "", Some("Debian:11")),
            ("ubuntu", "22.04", "", Some("Ubuntu:22.04")),
            ("alpine", "3.19.1", "", Some("Alpine:v3.19")),
            ("alpine", "3.19.1", "v3.10", Some("Alpine:v3.10")),
            ("alpine", "3.19.1", "edge", Some("Alpine:edge")),
            ("almalinux", "8.9", "", Some("AlmaLinux:8")),
            ("wolfi", "20230201", "", Some("Wolfi")),
            ("debian", "", "", None),
            ("kali", "2024.1", "", None),
        ] {
            assert_eq!(os(id, version, repository).as_deref(), expected, "{id} {version}");
        }
    }

    #[test]
    fn feeds_names_of_ecosystems_become_keys() {
        for (name, key) in [
            ("Ubuntu:22.04:LTS", "Ubuntu:22.04"),
            ("Ubuntu:Pro:16.04:LTS", "Ubuntu:Pro:16.04"),
            ("Red Hat:enterprise_linux:9::baseos", "Red Hat:9"),
            ("Red Hat:rhel_eus:9.2::baseos", "Red Hat:rhel_eus:9.2::baseos"),
            ("Maven:https://repo.example/", "Maven"),
        ] {
            assert_eq!(key_of(name), key);
        }
        assert_eq!(name_key("PyPI", "Zope.Interface__X"), "zope-interface-x");
        assert_eq!(version_key("Bitnami", "5.15.12-3"), "5.15.12");
    }
}
