//! Distinguished names: how they are told, and the partial ones that a trust policy trusts
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/trust-store-trust-policy.md#trusted-identities-constraints>).

use std::collections::BTreeMap;

use der::Tag;
use der::asn1::Any;
use x509_cert::name::Name;

/// The attributes that have a short name (RFC 4514, section 3; RFC 4519).
const SHORT: [(&str, &str); 9] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.17", "POSTALCODE"),
];

/// Attributes by their names, each once.
pub(super) type Attributes = BTreeMap<String, String>;

/// A name as RFC 4514 writes it, the most special first: `CN=release, O=Example`.
pub(super) fn told(name: &Name) -> String {
    let mut parts: Vec<String> = name
        .0
        .iter()
        .map(|part| {
            let pairs: Vec<String> = part
                .0
                .iter()
                .map(|pair| {
                    let value = text(&pair.value).map_or_else(|| "(not a text)".to_owned(), |text| escaped(&text));
                    format!("{}={value}", short(&pair.oid.to_string()))
                })
                .collect();
            pairs.join("+")
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}

/// The attributes of a name; an error where one is there twice, so that no reader can pick the other.
pub(super) fn attributes(name: &Name) -> Result<Attributes, String> {
    let mut attributes = Attributes::new();
    for part in &name.0 {
        if part.0.len() > 1 {
            return Err("the subject has a part with several attributes".to_owned());
        }
        for pair in part.0.iter() {
            let (kind, value) = (short(&pair.oid.to_string()), text(&pair.value));
            let value = value.ok_or_else(|| format!("the subject's {kind} is not a text"))?;
            if attributes.insert(kind.clone(), value).is_some() {
                return Err(format!("the subject has {kind} twice"));
            }
        }
    }
    Ok(attributes)
}

/// Reads `C=US, ST=WA, O=Example`. An error is a sentence.
pub(super) fn parse(text: &str) -> Result<Attributes, String> {
    let mut attributes = Attributes::new();
    for part in parts(text)? {
        let Some((kind, value)) = part.split_once('=') else {
            return Err(format!("`{part}` is not an attribute and a value, such as `O=Example`"));
        };
        let kind = match kind.trim() {
            "" => return Err(format!("`{part}` names no attribute")),
            // What some tools call it.
            "S" => "ST",
            kind => kind,
        };
        let value = unescaped(value)?;
        if value.is_empty() {
            return Err(format!("`{kind}` has no value"));
        }
        if attributes.insert(kind.to_owned(), value).is_some() {
            return Err(format!("`{kind}` is there twice"));
        }
    }
    match ["C", "ST", "O"].into_iter().find(|needed| !attributes.contains_key(*needed)) {
        Some(missing) => Err(format!("`{missing}` is missing: C, ST and O must be there")),
        None => Ok(attributes),
    }
}

/// Every attribute of the first is in the second.
pub(super) fn within(part: &Attributes, whole: &Attributes) -> bool {
    part.iter().all(|(kind, value)| whole.get(kind) == Some(value))
}

/// Splits at commas that are not escaped.
fn parts(text: &str) -> Result<Vec<String>, String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let part = match (character, parts.last_mut()) {
            (',', _) => {
                parts.push(String::new());
                continue;
            }
            ('+', _) => {
                return Err("`+` must be escaped as `\\+`: parts with several attributes match nothing".to_owned());
            }
            (';' | '"' | '<' | '>', _) => return Err(format!("`{character}` must be escaped as `\\{character}`")),
            (_, None) => continue,
            (_, Some(part)) => part,
        };
        part.push(character);
        if character == '\\' {
            part.push(characters.next().ok_or("it ends with a `\\` that escapes nothing")?);
        }
    }
    Ok(parts)
}

/// Takes off spaces that are not escaped, and the escapes (RFC 4514, section 3).
fn unescaped(value: &str) -> Result<String, String> {
    if value.trim_start().starts_with('#') {
        return Err("values in hexadecimal (`#…`) are not read".to_owned());
    }
    let mut bytes: Vec<u8> = Vec::new();
    // What is kept at the end though it may be a space.
    let mut kept = 0;
    let mut characters = value.trim_start_matches(' ').chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            if character != ' ' {
                kept = bytes.len();
            }
            continue;
        }
        let first = characters.next().ok_or("it ends with a `\\` that escapes nothing")?;
        match first.to_digit(16) {
            Some(high) => {
                let low = characters.next().and_then(|low| low.to_digit(16));
                let low = low.ok_or_else(|| format!("`\\{first}` is not followed by a second hexadecimal digit"))?;
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            }
            None => bytes.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        kept = bytes.len();
    }
    bytes.truncate(kept);
    String::from_utf8(bytes).map_err(|_| "its escapes are not UTF-8".to_owned())
}

fn escaped(value: &str) -> String {
    let mut told = String::with_capacity(value.len());
    for (at, character) in value.char_indices() {
        let outer = at == 0 || at + character.len_utf8() == value.len();
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';')
            || character == ' ' && outer
            || character == '#' && at == 0
        {
            told.push('\\');
        }
        if character.is_control() {
            told.extend(character.escape_default());
        } else {
            told.push(character);
        }
    }
    told
}

fn short(oid: &str) -> String {
    SHORT.iter().find(|(long, _)| *long == oid).map_or(oid, |(_, short)| short).to_owned()
}

fn text(value: &Any) -> Option<String> {
    let bytes = der::referenced::OwnedToRef::owned_to_ref(value).value();
    match der::Tagged::tag(value) {
        Tag::Utf8String => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString => {
            bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        Tag::TeletexString => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let units = bytes.chunks(2).map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            String::from_utf16(&units.collect::<Option<Vec<u16>>>()?).ok()
        }
        _ => None,
    }
}
