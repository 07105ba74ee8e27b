//! Listing what refers to a digest in a registry: by the referrers API, and by the fallback tag.

use std::collections::BTreeSet;

use boltseal_evidence::{Digest, Problem};

use super::{Artifacts, Candidate, descriptors, fallback_tag};
use crate::registry::{Page, Repository};

/// Parts of one list.
const MAX_PAGES: usize = 200;

/// The digests that are listed, each once. The fallback tag is looked at also where the API answers: what was pushed
/// before the registry had the API, or was copied by tag, is listed there only.
pub(super) fn candidates(
    artifacts: &Artifacts,
    repository: &Repository,
    subject: &Digest,
    problems: &mut Vec<Problem>,
) -> Vec<Candidate> {
    let mut digests = by_api(artifacts, repository, subject, problems);
    let tag = fallback_tag(subject);
    match repository.manifest_at(&tag, artifacts.limits().manifest) {
        Ok(Some(fetched)) => {
            digests.extend(descriptors(&fetched.bytes, &format!("the fallback tag `{tag}`"), problems));
        }
        Ok(None) => {}
        Err(error) => problems.push(Problem::general(format!("the fallback tag `{tag}` cannot be read: {error}"))),
    }
    let mut seen = BTreeSet::new();
    digests.retain(|digest| digest != subject && seen.insert(digest.clone()));
    digests.into_iter().map(|digest| Candidate { digest, certain: true }).collect()
}

fn by_api(
    artifacts: &Artifacts,
    repository: &Repository,
    subject: &Digest,
    problems: &mut Vec<Problem>,
) -> Vec<Digest> {
    let mut digests = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next: Option<String> = None;
    loop {
        match repository.referrers_page(subject, next.as_deref(), artifacts.limits().manifest) {
            Ok(Page::Listed { bytes, next: following }) => {
                digests.extend(descriptors(&bytes, &format!("the list of referrers of {subject}"), problems));
                next = following;
            }
            Ok(Page::Unsupported) => return digests,
            Ok(Page::Nonsense(message)) => {
                problems.push(Problem::general(message));
                return digests;
            }
            Err(error) => {
                problems.push(Problem::general(format!("the referrers of {subject} cannot be listed: {error}")));
                return digests;
            }
        }
        let Some(address) = &next else { return digests };
        if !seen.insert(address.clone()) || seen.len() > MAX_PAGES || digests.len() > artifacts.limits().artifacts {
            problems.push(Problem::general(format!(
                "the list of referrers of {subject} is not read to its end: it has more than {} entries or runs in a \
                 circle",
                digests.len()
            )));
            return digests;
        }
    }
}
