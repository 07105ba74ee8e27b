//! How old an image is: what is proved, what it claims, and what it cannot have known.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_evidence::Verification;
use boltseal_gate::{Evidence, ImageFacts, Sought};
use support::*;

const ASK: &str = "image-age: {max-age: 30d}";
const BY_RELEASE: &str = "image-age: {max-age: 30d, signed-by: {any-of: [{key: release}]}}";

fn created(created: Option<&str>) -> Evidence {
    image(ImageFacts { created: created.map(str::to_owned), ..ImageFacts::default() })
}

fn signed(by: &str, at: &str) -> Verification {
    Verification { signed_at: Some(at.to_owned()), ..signature(key(by)) }
}

fn both(claim: Option<&str>, signatures: Vec<Verification>) -> Evidence {
    Evidence { signatures: Sought::Found(signatures), ..created(claim) }
}

#[test]
fn a_claim_counts_where_nothing_is_proved() {
    check(ASK, &created(Some("2026-11-20T12:00:00Z")), Passed, "claims that it was made 4 days ago");
    check(ASK, &created(Some("2026-11-20T12:00:00.123456789Z")), Passed, "");
    check(ASK, &created(Some("2026-10-01T12:00:00Z")), Failed, "it was made 54 days ago, at most 30 days are allowed");
    check(ASK, &created(Some("2026-11-24T12:05:00Z")), Passed, "");
    check(ASK, &created(Some("2026-11-24T12:05:01Z")), Failed, "a time that has not come");
    check(ASK, &created(None), Unknown, "does not say when");
    check(ASK, &created(Some("last week")), Unknown, "which is no time");
    check(ASK, &evidence(), Unknown, "when it was made is not known");
    for reproducible in ["1970-01-01T00:00:00Z", "1980-01-01T00:00:01Z", "0001-01-01T00:00:00Z"] {
        check(ASK, &created(Some(reproducible)), Unknown, "as builds do that hide their date");
    }
    let proved = "image-age: {max-age: 30d, proved: true}";
    check(proved, &created(Some("2026-11-20T12:00:00Z")), Unknown, "nothing proves it");
    check(proved, &created(Some("2026-10-01T12:00:00Z")), Failed, "");
}

#[test]
fn a_proved_time_can_be_too_old_whoever_signed() {
    let claim = Some("2026-11-20T12:00:00Z");
    check(ASK, &both(claim, vec![signed("other", "2026-10-01T12:00:00Z")]), Failed, "it was signed 54 days ago");
    // The first signature counts: one of today makes no image young.
    let again = vec![signed("other", "2026-11-23T12:00:00Z"), signed("other", "2026-10-01T12:00:00Z")];
    check(ASK, &both(claim, again), Failed, "it was signed 54 days ago");
    check(ASK, &both(None, vec![signed("other", "2026-11-23T12:00:00Z")]), Unknown, "does not say when");
    // What does not hold, or is about another image, proves nothing.
    let old = || signed("other", "2026-10-01T12:00:00Z");
    let replay = Verification { subject: digest("another"), ..old() };
    check(ASK, &both(claim, vec![rejected(old()), unchecked(old()), replay]), Passed, "");
}

#[test]
fn an_image_cannot_be_made_after_it_was_signed() {
    let signatures = || vec![signed("other", "2026-11-10T12:00:00Z")];
    check(ASK, &both(Some("2026-11-20T12:00:00Z"), signatures()), Failed, "it was signed before that");
    check(ASK, &both(Some("2026-11-10T12:04:00Z"), signatures()), Passed, "");
    check(ASK, &both(Some("2026-11-09T12:00:00Z"), signatures()), Passed, "");
}

#[test]
fn a_signer_who_is_believed_dates_an_image() {
    let hidden = Some("1970-01-01T00:00:00Z");
    let young = || vec![signed("release", "2026-11-20T12:00:00Z")];
    check(BY_RELEASE, &both(hidden, young()), Passed, "signed it 4 days ago, as a log or a timestamp proves");
    check(BY_RELEASE, &both(Some("2026-10-01T00:00:00Z"), young()), Passed, "");
    check(ASK, &both(hidden, young()), Unknown, "hide their date");
    check(BY_RELEASE, &both(hidden, vec![signed("other", "2026-11-20T12:00:00Z")]), Unknown, "hide their date");
    check(
        BY_RELEASE,
        &both(hidden, vec![signed("release", "2026-10-01T12:00:00Z")]),
        Failed,
        "it was signed 54 days ago",
    );
    check(BY_RELEASE, &both(hidden, vec![signed("release", "2027-01-01T00:00:00Z")]), Failed, "has not come");
    let undated = Verification { signed_at: None, ..signature(key("release")) };
    check(BY_RELEASE, &both(hidden, vec![undated]), Unknown, "hide their date");
    let proved = BY_RELEASE.replace("{max-age", "{proved: true, max-age");
    check(&proved, &both(hidden, young()), Passed, "");
    check(&proved, &both(Some("2026-11-20T12:00:00Z"), vec![]), Unknown, "nothing proves it");
}
