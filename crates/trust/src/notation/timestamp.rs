//! When it was signed, as far as somebody proves it.

use boltseal_evidence::StepStatus;

use super::Trust;
use super::certificate::Certificate;
use super::envelope::{Envelope, Meaning, Scheme};
use super::policy::Action;
use super::policy::Statement;
use super::store::StoreKind;
use super::trail::Answer;
use super::when;
use super::{chain, crl, token};

const ADVICE: &str = "have it signed again with a certificate that is valid";

/// Whether the certificates were valid when it was signed, and the time where it is proved.
pub(super) fn judge(
    envelope: &Envelope,
    chain: &[Certificate],
    meaning: Meaning,
    trust: &Trust,
    statement: &Statement,
    now: i64,
) -> (Answer, Option<i64>) {
    if meaning.scheme == Scheme::SigningAuthority {
        let time = meaning.time;
        return match chain::invalid_at(chain, time, time) {
            Some(why) => (Answer::failed(format!("at the signing authority's time {why}"), ADVICE), None),
            None if time > now => (
                Answer::failed(
                    format!("the signing authority's time is {}, and it is {}", when::told(time), when::told(now)),
                    "set this machine's clock, or do not use the artifact",
                ),
                None,
            ),
            None => (
                Answer::passed(format!("the signing authority says {}; all certificates were valid", when::told(time))),
                Some(time),
            ),
        };
    }
    let expired = chain.iter().any(|certificate| certificate.validity().1 < now);
    let asked = statement.stores.iter().any(|store| store.kind == StoreKind::Tsa);
    if asked && (expired || !statement.timestamp_after_expiry) {
        return stamped(envelope, chain, trust, statement, now);
    }
    let why = match (asked, &envelope.timestamp) {
        (true, _) => "timestamps count once a certificate is over",
        (false, Some(_)) => "there is a timestamp, and the statement names no trust store `tsa:…` to hold it against",
        (false, None) => "there is no timestamp",
    };
    match chain::invalid_at(chain, now, now) {
        Some(invalid) => {
            let advice = if envelope.timestamp.is_some() && !asked {
                "add the timestamp authority's root as a trust store `tsa:…` to the statement"
            } else {
                ADVICE
            };
            (Answer::failed(format!("{invalid} ({why})"), advice), None)
        }
        None => (Answer::passed(format!("all certificates are valid today ({why})")), None),
    }
}

/// A timestamp authority's time, where the statement names whose count.
fn stamped(
    envelope: &Envelope,
    chain: &[Certificate],
    trust: &Trust,
    statement: &Statement,
    now: i64,
) -> (Answer, Option<i64>) {
    let Some(token) = &envelope.timestamp else {
        let detail = format!("statement `{}` asks for a timestamp, and there is none", statement.name);
        let advice = "have it signed with a timestamp, or set `verifyTimestamp` to `afterCertExpiry`, or take the \
                      stores `tsa:…` out of the statement";
        return (Answer::failed(detail, advice), None);
    };
    let stores: Vec<_> = statement.stores.iter().filter(|store| store.kind == StoreKind::Tsa).collect();
    let roots: Vec<&Certificate> = stores.iter().flat_map(|store| trust.store(store)).collect();
    if roots.is_empty() {
        let names: Vec<String> = stores.iter().map(|store| format!("`{store}`")).collect();
        let detail = format!("the trust store {} has no certificates", names.join(" or "));
        return (Answer::unknown(detail, "put the timestamp authority's root into `truststore/x509/tsa/NAME/`"), None);
    }
    let timestamp = match token::verify(token, &envelope.signature, &roots) {
        Ok(timestamp) => timestamp,
        Err(why) => {
            let advice =
                "have it signed again, or put the timestamp authority's root into the trust store if you trust it";
            return (Answer::failed(why, advice), None);
        }
    };
    let (first, last) = timestamp.range;
    if first > now {
        let detail = format!("the timestamp is of {}, and it is {}", when::told(timestamp.time), when::told(now));
        return (Answer::failed(detail, "set this machine's clock, or do not use the artifact"), None);
    }
    if let Some(why) = chain::invalid_at(chain, first, last) {
        return (Answer::failed(format!("at the time of the timestamp {why}"), ADVICE), None);
    }
    let authority = timestamp.chain.first().map(Certificate::subject).unwrap_or_default();
    let told = format!("`{authority}` says {}; all certificates were valid", when::told(timestamp.time));
    let time = Some(timestamp.time);
    if statement.level.revocation == Action::Skip {
        return (Answer::passed(format!("{told}; whether it was revoked itself is skipped")), time);
    }
    let revoked = crl::check(&timestamp.chain, &trust.files.crls, now);
    match revoked.status {
        StepStatus::Failed => {
            (Answer { detail: format!("the timestamp authority's {}", revoked.detail), ..revoked }, None)
        }
        StepStatus::Unknown if statement.level.revocation == Action::Enforce => {
            (Answer { detail: format!("{told}; {}", revoked.detail), ..revoked }, time)
        }
        StepStatus::Unknown => (Answer::passed(format!("{told}; {} (only logged)", revoked.detail)), time),
        _ => (Answer::passed(told), time),
    }
}
