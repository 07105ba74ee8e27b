//! What could not be judged, and why.

use std::collections::BTreeMap;

use boltseal_evidence::{DatabaseKind, NotAssessed, NotAssessedReason, OperatingSystem, Package, PackageType};

use super::{NoQuery, Query};
use crate::index::Index;

/// Keeps account of the packages that no feed speaks for or that cannot be compared.
pub(super) struct Coverage<'a> {
    index: &'a Index,
    os: Option<&'a OperatingSystem>,
    packages: usize,
    single: Vec<NotAssessed>,
    without_feed: BTreeMap<(PackageType, Option<String>), usize>,
    /// Debian packages by release, for which fixes alone are known.
    only_fixed: BTreeMap<String, usize>,
}

impl<'a> Coverage<'a> {
    pub(super) fn new(index: &'a Index, os: Option<&'a OperatingSystem>) -> Self {
        let (single, without_feed, only_fixed) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { index, os, packages: 0, single, without_feed, only_fixed }
    }

    /// Lets a query through that the index can answer, and notes the others.
    pub(super) fn admit(
        &mut self,
        package: &Package,
        query: Result<Query, (NoQuery, Option<String>)>,
    ) -> Option<Query> {
        self.packages += 1;
        let starter = self.index.kind() == DatabaseKind::Starter;
        let ecosystem = match &query {
            Ok(query) => Some(query.ecosystem.clone()),
            Err((_, ecosystem)) => ecosystem.clone(),
        };
        if !starter && !ecosystem.as_deref().is_some_and(|ecosystem| self.index.speaks_for(ecosystem)) {
            *self.without_feed.entry((package.kind, ecosystem)).or_default() += 1;
            return None;
        }
        match query {
            Ok(query) => {
                if query.ecosystem.starts_with("Debian:") && !starter && !self.index.tells_of_unfixed(&query.ecosystem)
                {
                    *self.only_fixed.entry(query.ecosystem.clone()).or_default() += 1;
                }
                Some(query)
            }
            Err((NoQuery::UnknownEcosystem, _)) => None,
            Err((reason, _)) => {
                self.single.push(incomparable(package, reason));
                None
            }
        }
    }

    /// All that was not judged, sorted.
    pub(super) fn finish(self) -> Vec<NotAssessed> {
        let mut all = self.single;
        if self.index.kind() == DatabaseKind::Starter && self.packages > 0 {
            all.push(NotAssessed {
                reason: NotAssessedReason::Database,
                what: "all other vulnerabilities".to_owned(),
                detail: format!(
                    "only the built-in starter set of {} vulnerabilities was used: run `boltseal db update`",
                    self.index.len()
                ),
                packages: self.packages,
            });
        }
        for ((kind, ecosystem), packages) in self.without_feed {
            all.push(without_feed(kind, ecosystem.as_deref(), self.os, packages));
        }
        for (ecosystem, packages) in self.only_fixed {
            all.push(NotAssessed {
                reason: NotAssessedReason::Database,
                what: format!("unfixed vulnerabilities of {}", ecosystem.replace(':', " ")),
                detail: "the lists of advisories at hand tell only of what was fixed: \
                         add the feed of Debian's security tracker with `boltseal db update`"
                    .to_owned(),
                packages,
            });
        }
        all.sort();
        all
    }
}

fn incomparable(package: &Package, reason: NoQuery) -> NotAssessed {
    let (reason, detail) = match reason {
        NoQuery::InvalidVersion => (
            NotAssessedReason::InvalidVersion,
            format!("`{}` is not a version of its ecosystem", package.version.as_deref().unwrap_or_default()),
        ),
        _ => (NotAssessedReason::NoVersion, "it has no version that could be compared".to_owned()),
    };
    NotAssessed { reason, what: package.purl(), detail, packages: 1 }
}

fn without_feed(
    kind: PackageType,
    ecosystem: Option<&str>,
    os: Option<&OperatingSystem>,
    packages: usize,
) -> NotAssessed {
    let (reason, what, detail) = match (ecosystem, os) {
        (None, None) if kind.is_os() => (
            NotAssessedReason::UnknownOs,
            format!("{kind} packages"),
            "the distribution could not be told, so no advisories could be chosen".to_owned(),
        ),
        (None, Some(os)) if kind.is_os() => (
            NotAssessedReason::NoFeed,
            format!("{kind} packages of {}", os.display_name()),
            "no advisory feed of this distribution or release is known".to_owned(),
        ),
        (None, _) => (
            NotAssessedReason::NoFeed,
            format!("{kind} packages"),
            "no advisories are published for packages of this type".to_owned(),
        ),
        (Some(ecosystem), os) => (
            NotAssessedReason::NoFeed,
            match os.filter(|_| kind.is_os()) {
                Some(os) => format!("{kind} packages of {}", os.display_name()),
                None => format!("{kind} packages"),
            },
            format!("the advisory database holds no feed for `{ecosystem}`: run `boltseal db update`"),
        ),
    };
    NotAssessed { reason, what, detail, packages }
}
