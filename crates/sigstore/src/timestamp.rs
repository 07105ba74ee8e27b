//! Timestamp authorities: a signed time for a signature (RFC 3161).

mod der;

use aws_lc_rs::digest;
use aws_lc_rs::rand;
use reqwest::Url;

use crate::http::{Call, Http};
use crate::service::{Service, ServiceError, clean};
use crate::timestamp::der::{Answer, answer};

/// An answer with certificates is a few kilobytes.
const MAX_ANSWER: u64 = 256 << 10;

/// Asks for a timestamp over the SHA-256 of `signature`: the whole answer, DER, as a bundle holds it. It is about this
/// signature and an answer to this question; whether it is signed by whom one trusts is for the verification to say.
///
/// # Errors
/// The authority cannot be reached or refuses, or answers something else.
pub fn timestamp(http: &Http, authority: &Url, signature: &[u8]) -> Result<Vec<u8>, ServiceError> {
    let error = |reason: String| ServiceError::new(Service::Timestamp, authority, reason);
    let imprint = digest::digest(&digest::SHA256, signature);
    let mut nonce = [0; 8];
    rand::fill(&mut nonce).map_err(|_| error("is not asked: this machine has no random numbers".to_owned()))?;
    // A positive INTEGER of exactly eight bytes has one encoding.
    if let Some(first) = nonce.first_mut() {
        *first = (*first & 0x3f) | 0x40;
    }
    let body = request(imprint.as_ref(), &nonce);
    let call = Call {
        accept: Some("application/timestamp-reply"),
        repeatable: true,
        ..Call::post(Service::Timestamp, authority, "application/timestamp-query", body, MAX_ANSWER)
    };
    let bytes = http.send(&call)?.body;
    match answer(&bytes) {
        None => Err(error("answers something that is no timestamp".to_owned())),
        Some(Answer::Refused { status, text }) => {
            let text = text.map(|text| format!(" ({})", clean(&text, &[]))).unwrap_or_default();
            Err(error(format!("refuses the request with status {status}{text}")))
        }
        Some(Answer::Granted { imprint: about, .. }) if about != imprint.as_ref() => {
            Err(error("answers a timestamp for something else: do not use this service".to_owned()))
        }
        Some(Answer::Granted { nonce: answered, .. }) if answered != Some(nonce.as_slice()) => {
            Err(error("answers an old timestamp (the nonce is another): a proxy may have kept it".to_owned()))
        }
        Some(Answer::Granted { .. }) => Ok(bytes),
    }
}

/// `TimeStampReq` (RFC 3161, 2.4.1): version 1, SHA-256, a nonce, with the certificates wanted.
fn request(imprint: &[u8], nonce: &[u8; 8]) -> Vec<u8> {
    let sha256 = [der::value(0x06, &der::SHA256), der::value(0x05, &[])].concat();
    let imprint = [der::value(0x30, &sha256), der::value(0x04, imprint)].concat();
    let fields =
        [der::value(0x02, &[1]), der::value(0x30, &imprint), der::value(0x02, nonce), der::value(0x01, &[0xff])];
    der::value(0x30, &fields.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_the_der_of_rfc_3161() {
        let bytes = request(&[0xab; 32], &[0x41, 2, 3, 4, 5, 6, 7, 8]);
        let expected = [
            &[0x30, 0x45, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09][..],
            &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20],
            &[0xab; 32],
            &[0x02, 0x08, 0x41, 2, 3, 4, 5, 6, 7, 8, 0x01, 0x01, 0xff],
        ]
        .concat();
        assert_eq!(bytes.len(), 2 + usize::from(bytes[1]));
        assert_eq!(bytes[2..], expected[2..]);
    }
}
