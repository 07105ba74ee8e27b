//! What advisories of distributions are written for: Debian's source packages, Alpine's origins, RPM's binaries and
//! module streams.

use boltseal_evidence::{Package, PackageType};

use super::Query;
use crate::osv::is_modular;
use crate::record::{Affected, End};

/// The name and version to look up for an OS package.
pub(super) fn subject(package: &Package) -> Option<(String, String)> {
    let version = package.version.as_deref().filter(|version| !version.is_empty())?;
    let source = package.source.as_ref().filter(|source| !source.name.is_empty());
    let name = source.map_or(&package.name, |source| &source.name);
    Some(match package.kind {
        PackageType::Deb => {
            let known = source.and_then(|source| source.version.as_deref()).filter(|version| !version.is_empty());
            (name.clone(), known.unwrap_or_else(|| without_rebuild(version)).to_owned())
        }
        // An origin's packages share its version.
        PackageType::Apk => (name.clone(), version.to_owned()),
        _ => (package.name.clone(), version.to_owned()),
    })
}

/// A binary version without the suffix of a rebuild, `+b1`: the source has none.
fn without_rebuild(version: &str) -> &str {
    match version.rsplit_once("+b") {
        Some((front, count)) if !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()) => front,
        _ => version,
    }
}

/// `nodejs:18` of RPM's label `nodejs:18:8090020231…:rhel8`.
pub(super) fn module_stream(package: &Package) -> Option<String> {
    let mut parts = package.module.as_deref()?.split(':');
    match (parts.next(), parts.next()) {
        (Some(name), Some(stream)) if !name.is_empty() && !stream.is_empty() => Some(format!("{name}:{stream}")),
        _ => None,
    }
}

/// A statement about a module's packages is for packages of the same stream, and one about other packages for
/// packages outside of modules.
pub(super) fn same_stream(query: &Query, affected: &Affected) -> bool {
    let from_module = query.module.is_some() || is_modular(&query.version);
    match (from_module, affected.modular) {
        (false, false) => true,
        (true, true) => match &query.module {
            Some(stream) if !affected.modules.is_empty() => affected.modules.contains(stream),
            // The label or the erratum does not tell the stream: streams differ in the upstream version.
            _ => affected.ranges.iter().any(|range| match &range.end {
                End::Fixed(fixed) => upstream_major(fixed) == upstream_major(&query.version),
                _ => false,
            }),
        },
        _ => false,
    }
}

fn upstream_major(version: &str) -> &str {
    let upstream = version.split_once(':').map_or(version, |(_, rest)| rest);
    upstream.split(['.', '-']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use boltseal_evidence::SourcePackage;

    use super::*;

    #[test]
    fn debian_is_asked_by_source_package_and_source_version() {
        let mut package = Package::new(PackageType::Deb, "libc6");
        package.version = Some("2.31-13+deb11u5+b1".to_owned());
        assert_eq!(subject(&package), Some(("libc6".into(), "2.31-13+deb11u5".into())));
        package.source = Some(SourcePackage { name: "glibc".into(), version: Some("2.31-13".into()) });
        assert_eq!(subject(&package), Some(("glibc".into(), "2.31-13".into())));
    }

    #[test]
    fn rpm_is_asked_by_binary_package() {
        let mut package = Package::new(PackageType::Rpm, "openssl-libs");
        package.version = Some("1:3.0.7-6.el9".to_owned());
        package.source = Some(SourcePackage { name: "openssl".into(), version: None });
        assert_eq!(subject(&package).map(|asked| asked.0), Some("openssl-libs".into()));
    }
}
