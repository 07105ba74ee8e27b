//! What advisories of language ecosystems are written for.

use boltseal_evidence::Package;

/// The name and version to look up for a language package.
///
/// Names are the ecosystem's own ([`Package::full_name`]), normalised by the index; never a guess from a vendor and
/// product (CPE). A Go module that was built from a local directory has the version `(devel)`, which is none.
pub(super) fn subject(package: &Package) -> Option<(String, String)> {
    let version = package.version.as_deref().filter(|version| !version.is_empty() && *version != "(devel)")?;
    Some((package.full_name(), version.to_owned()))
}
