//! Dart: Semantic Versioning in which build metadata counts (`pub_semver`).

use std::cmp::Ordering;

use crate::semver::{Case, SemVer, compare_identifiers};

#[derive(Debug, Clone, Copy)]
pub(crate) struct DartVersion<'a>(SemVer<'a>);

impl<'a> DartVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        SemVer::parse(text).map(Self)
    }
}

impl DartVersion<'_> {
    /// A version without build metadata comes before the same version with some.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0).then_with(|| match (self.0.build, other.0.build) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Less,
            (_, "") => Ordering::Greater,
            (left, right) => compare_identifiers(left.split('.'), right.split('.'), Case::Counts),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn build_metadata_counts() {
        for line in ["1.0.0 < 1.0.0+1", "1.0.0+1 < 1.0.0+2", "1.0.0+9 < 1.0.0+a", "1.0.0-dev+9 < 1.0.0"] {
            check(Scheme::Pub, line);
        }
    }
}
