//! The few values of DER that a timestamp's answer is read by: status, what it is about, and the nonce.

/// The object identifier of SHA-256 (2.16.840.1.101.3.4.2.1), without its head.
pub(super) const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// `id-signedData` (1.2.840.113549.1.7.2).
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// `id-ct-TSTInfo` (1.2.840.113549.1.9.16.1.4).
const TST_INFO: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const UTF8: u8 = 0x0c;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT: u8 = 0xa0;

/// What a `TimeStampResp` (RFC 3161, 2.4.2) says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    Granted { imprint: &'a [u8], nonce: Option<&'a [u8]> },
    Refused { status: u8, text: Option<String> },
}

/// Reads an answer; `None` where it is none.
pub(super) fn answer(bytes: &[u8]) -> Option<Answer<'_>> {
    let mut all = Reader(bytes);
    let mut response = Reader(all.take(SEQUENCE)?);
    if !all.0.is_empty() {
        return None;
    }
    let mut info = Reader(response.take(SEQUENCE)?);
    let [status] = *info.take(INTEGER)? else { return None };
    // Granted, or granted with modifications.
    if status > 1 {
        let text = info.take(SEQUENCE).and_then(|texts| Reader(texts).take(UTF8));
        return Some(Answer::Refused { status, text: text.map(|text| String::from_utf8_lossy(text).into_owned()) });
    }
    let mut token = Reader(response.take(SEQUENCE)?);
    if token.take(OBJECT)? != SIGNED_DATA {
        return None;
    }
    let mut signed = Reader(Reader(token.take(EXPLICIT)?).take(SEQUENCE)?);
    signed.take(INTEGER)?;
    signed.take(SET)?;
    let mut content = Reader(signed.take(SEQUENCE)?);
    if content.take(OBJECT)? != TST_INFO {
        return None;
    }
    let mut stamp = Reader(Reader(Reader(content.take(EXPLICIT)?).take(OCTETS)?).take(SEQUENCE)?);
    stamp.take(INTEGER)?;
    stamp.take(OBJECT)?;
    let mut imprint = Reader(stamp.take(SEQUENCE)?);
    if Reader(imprint.take(SEQUENCE)?).take(OBJECT)? != SHA256 {
        return None;
    }
    let imprint = imprint.take(OCTETS)?;
    stamp.take(INTEGER)?;
    stamp.take(TIME)?;
    // Accuracy and ordering may be there or not.
    stamp.take(SEQUENCE);
    stamp.take(BOOLEAN);
    Some(Answer::Granted { imprint, nonce: stamp.take(INTEGER) })
}

/// One value with its tag and length.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        length @ 0..=127 => bytes.push(length as u8),
        length => {
            let big = length.to_be_bytes();
            let digits: Vec<u8> = big.into_iter().skip_while(|digit| *digit == 0).collect();
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend(digits);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// What is left of a constructed value.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next value if it has this tag; otherwise it stays the next.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.0.split_first()?;
        if *found != tag {
            return None;
        }
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            // Three bytes of length are more than any answer has; the indefinite form is no DER.
            long @ 0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(nonce: Option<&[u8]>) -> Vec<u8> {
        let imprint = [value(SEQUENCE, &value(OBJECT, &SHA256)), value(OCTETS, &[7; 32])].concat();
        let mut stamp = [
            value(INTEGER, &[1]),
            value(OBJECT, &[0x2a, 3]),
            value(SEQUENCE, &imprint),
            value(INTEGER, &[9]),
            value(TIME, b"20260601000000Z"),
        ]
        .concat();
        if let Some(nonce) = nonce {
            stamp.extend(value(SEQUENCE, &value(INTEGER, &[1])));
            stamp.extend(value(INTEGER, nonce));
        }
        let stamp = value(EXPLICIT, &value(OCTETS, &value(SEQUENCE, &stamp)));
        let content = value(SEQUENCE, &[value(OBJECT, &TST_INFO), stamp].concat());
        // Certificates, so that lengths of several bytes occur.
        let signed = [value(INTEGER, &[3]), value(SET, &[]), content, value(EXPLICIT, &[0; 700])].concat();
        let token = [value(OBJECT, &SIGNED_DATA), value(EXPLICIT, &value(SEQUENCE, &signed))].concat();
        value(SEQUENCE, &[value(SEQUENCE, &value(INTEGER, &[0])), value(SEQUENCE, &token)].concat())
    }

    #[test]
    fn an_answer_tells_what_it_is_about_and_the_nonce() {
        let nonce: &[u8] = &[0x41, 2, 3];
        assert_eq!(answer(&granted(Some(nonce))), Some(Answer::Granted { imprint: &[7; 32], nonce: Some(nonce) }));
        assert_eq!(answer(&granted(None)), Some(Answer::Granted { imprint: &[7; 32], nonce: None }));
    }

    #[test]
    fn a_refusal_tells_its_status_and_text() {
        let info = [value(INTEGER, &[2]), value(SEQUENCE, &value(UTF8, b"bad algorithm"))].concat();
        let refused = value(SEQUENCE, &value(SEQUENCE, &info));
        let expected = Answer::Refused { status: 2, text: Some("bad algorithm".to_owned()) };
        assert_eq!(answer(&refused), Some(expected));
    }

    #[test]
    fn no_cut_and_no_flipped_byte_is_read_beyond_its_end() {
        let whole = granted(Some(&[0x41, 2, 3]));
        for length in 0..whole.len() {
            assert_eq!(answer(&whole[..length]), None, "{length}");
        }
        for at in 0..whole.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                let _ = answer(&bytes);
            }
        }
        assert_eq!(answer(&[whole, vec![0]].concat()), None);
    }
}
