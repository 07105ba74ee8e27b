//! When it was signed, as far as somebody proves it.

use super::Trust;
use super::certificate::Certificate;
use super::chain;
use super::envelope::{Envelope, Meaning, Scheme};
use super::policy::Statement;
use super::store::StoreKind;
use super::trail::Answer;
use super::when;

/// Whether the certificates were valid when it was signed, and the time where it is proved.
pub(super) fn judge(
    envelope: &Envelope,
    chain: &[Certificate],
    meaning: Meaning,
    trust: &Trust,
    statement: &Statement,
    now: i64,
) -> (Answer, Option<i64>) {
    const ADVICE: &str = "have it signed again with a certificate that is valid";
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
        return token::judge(envelope, chain, trust, statement, now);
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

mod token {
    use super::{Answer, Certificate, Envelope, Statement, Trust};

    pub(super) fn judge(
        envelope: &Envelope,
        _chain: &[Certificate],
        _trust: &Trust,
        _statement: &Statement,
        _now: i64,
    ) -> (Answer, Option<i64>) {
        let _ = envelope;
        (Answer::unknown("timestamps are not verified yet", "wait"), None)
    }
}
