//! A package that was found, and where.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use packageurl::PackageUrl;
use serde::{Deserialize, Serialize};

/// The kind of a package: the *type* of its package URL (purl-spec, `PURL-TYPES`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "each variant is the purl type that `name` returns")]
pub enum PackageType {
    Deb,
    Apk,
    Rpm,
    PyPi,
    Npm,
    Gem,
    Maven,
    Golang,
    Cargo,
    Composer,
    NuGet,
    Bitnami,
    Generic,
}

impl PackageType {
    /// Every type, in the order that reports use: operating systems first.
    pub const ALL: [Self; 13] = [
        Self::Deb,
        Self::Apk,
        Self::Rpm,
        Self::PyPi,
        Self::Npm,
        Self::Gem,
        Self::Maven,
        Self::Golang,
        Self::Cargo,
        Self::Composer,
        Self::NuGet,
        Self::Bitnami,
        Self::Generic,
    ];

    /// The purl type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::PyPi => "pypi",
            Self::Npm => "npm",
            Self::Gem => "gem",
            Self::Maven => "maven",
            Self::Golang => "golang",
            Self::Cargo => "cargo",
            Self::Composer => "composer",
            Self::NuGet => "nuget",
            Self::Bitnami => "bitnami",
            Self::Generic => "generic",
        }
    }

    /// The package belongs to the operating system's package manager.
    pub fn is_os(self) -> bool {
        matches!(self, Self::Deb | Self::Apk | Self::Rpm)
    }
}

impl fmt::Display for PackageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for PackageType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(())
    }
}

/// Where something was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Location {
    /// The path from the root of the image or tree, with `/` between names and none in front. Inside an
    /// archive: `opt/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar`. Bytes that are not UTF-8 are shown as U+FFFD.
    pub path: String,
    /// The index of the layer that holds this version of the file, from 0 at the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The line, from 1, where the file is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl Location {
    /// A location known by its path alone.
    pub fn at(path: impl Into<String>) -> Self {
        Self { path: path.into(), layer: None, line: None }
    }
}

/// The source package that a binary package was built from; vendors write advisories for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourcePackage {
    /// Debian's source name, Alpine's origin, the name part of `SOURCERPM`.
    pub name: String,
    /// The source version with its epoch, where it is known or equals the binary's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What a lock file says a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Scope {
    /// Needed at run time.
    Runtime,
    /// Needed only to build or test.
    Development,
    /// Installed only where possible or asked for.
    Optional,
}

/// One installed or locked package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Package {
    /// The purl type.
    #[serde(rename = "type")]
    pub kind: PackageType,
    /// The purl namespace: the distribution's id (`debian`), npm's scope with its `@`, Maven's group id, the Go module
    /// path without its last element, Composer's vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name as its ecosystem writes it, without the namespace.
    pub name: String,
    /// The version in the ecosystem's own form, with epoch and release for OS packages (`1:2.3-4`). `None` where the
    /// package has none that can be compared (Go's `(devel)`): then it is *not assessed*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The machine architecture in the package manager's spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The source package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
    /// RPM's modularity label, `nodejs:18:8090020231…` (name:stream:version:context).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Licences as declared, raw; SPDX expressions where the source gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// What the dependency is for, where a lock file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// The cataloger that found it (`dpkg`, `python-installed`).
    pub found_by: String,
    /// Where it was found; the first is the file that lists it.
    pub locations: Vec<Location>,
    /// The index of the layer that first brought this version, from 0 at the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The purl of the OS package that owns this language package's files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Further purl qualifiers (`distro`, `upstream`, `type=war`); `arch` and `epoch` come from the fields above.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub qualifiers: BTreeMap<String, String>,
}

impl Package {
    /// A package of which only type and name are known.
    pub fn new(kind: PackageType, name: impl Into<String>) -> Self {
        Self {
            kind,
            namespace: None,
            name: name.into(),
            version: None,
            architecture: None,
            source: None,
            module: None,
            licenses: Vec::new(),
            scope: None,
            found_by: String::new(),
            locations: Vec::new(),
            layer: None,
            owner: None,
            qualifiers: BTreeMap::new(),
        }
    }

    /// The canonical package URL (purl-spec): PyPI names normalised as in PEP 503, RPM's epoch as a qualifier.
    pub fn purl(&self) -> String {
        let name = match self.kind {
            PackageType::PyPi => normalize_pypi(&self.name),
            _ => self.name.clone(),
        };
        let mut qualifiers = self.qualifiers.clone();
        if let Some(architecture) = &self.architecture {
            qualifiers.insert("arch".to_owned(), architecture.clone());
        }
        let mut version = self.version.clone();
        if self.kind == PackageType::Rpm
            && let Some((epoch, rest)) = self.version.as_deref().and_then(|version| version.split_once(':'))
        {
            qualifiers.insert("epoch".to_owned(), epoch.to_owned());
            version = Some(rest.to_owned());
        }
        build_purl(self.kind.name(), self.namespace.as_deref(), &name, version.as_deref(), &qualifiers)
    }

    /// The name as people write it: `@scope/name`, `group:artifact`, `vendor/name`, the whole Go module path; OS
    /// packages without their distribution.
    pub fn full_name(&self) -> String {
        match (&self.namespace, self.kind) {
            (Some(namespace), PackageType::Maven) => format!("{namespace}:{}", self.name),
            (Some(namespace), kind) if !kind.is_os() => format!("{namespace}/{}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// A project name normalised as PEP 503 says: lower case, runs of `-`, `_` and `.` become one `-`.
fn normalize_pypi(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(character.to_lowercase());
        }
    }
    normal
}

fn build_purl(
    kind: &str,
    namespace: Option<&str>,
    name: &str,
    version: Option<&str>,
    qualifiers: &BTreeMap<String, String>,
) -> String {
    let build = || -> Result<String, packageurl::Error> {
        let mut purl = PackageUrl::new(kind, name)?;
        if let Some(namespace) = namespace.filter(|namespace| !namespace.is_empty()) {
            purl.with_namespace(namespace)?;
        }
        if let Some(version) = version {
            purl.with_version(version)?;
        }
        for (key, value) in qualifiers.iter().filter(|(_, value)| !value.is_empty()) {
            purl.add_qualifier(key.as_str(), value.as_str())?;
        }
        Ok(purl.to_string())
    };
    // Only a name or qualifier that no package manager would write fails; the package must still be listed.
    build().unwrap_or_else(|_| {
        let plain = |text: &str| {
            text.chars()
                .map(|c| if c.is_ascii_alphanumeric() || "-._~".contains(c) { c } else { '_' })
                .collect::<String>()
        };
        format!("pkg:{kind}/{}@{}", plain(name), plain(version.unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn purl(kind: PackageType, namespace: &str, name: &str, version: &str) -> String {
        let mut package = Package::new(kind, name);
        package.namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
        package.version = Some(version.to_owned());
        package.purl()
    }

    #[test]
    fn purls_are_canonical() {
        assert_eq!(purl(PackageType::PyPi, "", "Zope.Interface__X", "5"), "pkg:pypi/zope-interface-x@5");
        assert_eq!(purl(PackageType::Npm, "@angular", "core", "1.0.0"), "pkg:npm/%40angular/core@1.0.0");
        assert_eq!(purl(PackageType::Maven, "org.apache", "log4j", "2"), "pkg:maven/org.apache/log4j@2");
        assert_eq!(purl(PackageType::Golang, "golang.org/x", "net", "v0.1.0"), "pkg:golang/golang.org/x/net@v0.1.0");
        assert_eq!(purl(PackageType::Rpm, "rhel", "bash", "1:5.1-2.el9"), "pkg:rpm/rhel/bash@5.1-2.el9?epoch=1");
    }

    #[test]
    fn debian_versions_keep_epoch_and_plus_readable_by_the_purl_rules() {
        assert_eq!(purl(PackageType::Deb, "debian", "g++", "4:12.2.0-3+b1"), "pkg:deb/debian/g%2B%2B@4:12.2.0-3%2Bb1");
    }

    proptest! {
        #[test]
        fn any_name_gives_a_purl(name in "\\PC{0,30}", version in "\\PC{0,30}", namespace in "\\PC{0,30}") {
            for kind in PackageType::ALL {
                prop_assert!(purl(kind, &namespace, &name, &version).starts_with("pkg:"));
            }
        }
    }
}
