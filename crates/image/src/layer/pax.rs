//! PAX extended headers (POSIX.1-2001, `pax`, section *pax Extended Header*).

/// What an extended header says of the entry that follows, as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pax {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) link: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    sparse_major: Option<Vec<u8>>,
    sparse_minor: Option<Vec<u8>>,
    sparse_map: bool,
    sparse_name: Option<Vec<u8>>,
    sparse_size: Option<u64>,
}

impl Pax {
    /// Takes in the records of one header. A later record of the same key wins; an empty value takes the key back.
    pub(crate) fn read(&mut self, mut records: &[u8]) -> Result<(), &'static str> {
        while !records.is_empty() {
            let (record, rest) = split_record(records)?;
            records = rest;
            let equals = memchr::memchr(b'=', record).ok_or("a PAX record has no `=`")?;
            let (key, value) = record.split_at(equals);
            self.set(key, value.get(1..).unwrap_or_default())?;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), &'static str> {
        let text = (!value.is_empty()).then(|| value.to_vec());
        match key {
            b"path" | b"linkpath" if value.contains(&0) => return Err("a path in a PAX record holds a NUL"),
            b"path" => self.path = text,
            b"linkpath" => self.link = text,
            b"size" => self.size = decimal(value)?,
            b"GNU.sparse.major" => self.sparse_major = text,
            b"GNU.sparse.minor" => self.sparse_minor = text,
            b"GNU.sparse.map" => self.sparse_map = text.is_some(),
            b"GNU.sparse.name" => self.sparse_name = text,
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => self.sparse_size = decimal(value)?,
            _ => {}
        }
        Ok(())
    }

    /// The real size of a file that is stored sparsely, formats 0.0, 0.1 and 1.0.
    pub(crate) fn sparse(&self) -> Option<u64> {
        let version = (self.sparse_major.as_deref(), self.sparse_minor.as_deref());
        let sparse = match version {
            (Some(b"0"), Some(b"0" | b"1")) | (Some(b"1"), Some(b"0")) => true,
            (Some(_), _) | (_, Some(_)) => false,
            (None, None) => self.sparse_map,
        };
        sparse.then(|| self.sparse_size.unwrap_or(0))
    }

    /// The name that the entry has, unless a GNU long name says otherwise.
    pub(crate) fn name(&self) -> Option<&[u8]> {
        self.sparse().and(self.sparse_name.as_deref()).or(self.path.as_deref())
    }
}

/// `LENGTH KEY=VALUE\n`, where the length counts all of it.
fn split_record(records: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    const ERROR: &str = "the length of a PAX record is wrong";
    let space = records.iter().take(20).position(|&byte| byte == b' ').ok_or(ERROR)?;
    let (digits, _) = records.split_at(space);
    let length = decimal(digits)?.and_then(|length| usize::try_from(length).ok()).ok_or(ERROR)?;
    if length > records.len() || length < space + 2 {
        return Err(ERROR);
    }
    let (record, rest) = records.split_at(length);
    match record.split_last() {
        Some((b'\n', record)) => Ok((record.get(space + 1..).unwrap_or_default(), rest)),
        _ => Err("a PAX record does not end in a newline"),
    }
}

/// None for nothing; an error for what is no number or no size.
fn decimal(digits: &[u8]) -> Result<Option<u64>, &'static str> {
    const ERROR: &str = "a number in a PAX record is malformed";
    if digits.is_empty() {
        return Ok(None);
    }
    let value = digits.iter().try_fold(0u64, |value, &byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    });
    value.filter(|&value| i64::try_from(value).is_ok()).map(Some).ok_or(ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(records: &[u8], expect: Result<(Option<&str>, Option<u64>), &str>) {
        let mut pax = Pax::default();
        let got = pax.read(records).map(|()| (pax.name().map(|name| str::from_utf8(name).unwrap()), pax.size));
        assert_eq!(got, expect, "{}", String::from_utf8_lossy(records));
    }

    #[test]
    fn records_are_read_and_the_last_of_a_key_wins() {
        check(b"", Ok((None, None)));
        check(b"9 path=a\n", Ok((Some("a"), None)));
        check(b"9 path=a\n9 path=b\n11 size=12\n", Ok((Some("b"), Some(12))));
        check(b"9 path=a\n8 path=\n", Ok((None, None)));
        check(b"12 path=a\nb\n", Ok((Some("a\nb"), None)));
        check(b"9 path=a", Err("the length of a PAX record is wrong"));
        check(b"99 path=a\n", Err("the length of a PAX record is wrong"));
        check(b"0 path=a\n", Err("the length of a PAX record is wrong"));
        check(b"11 size=-1\n", Err("a number in a PAX record is malformed"));
        check(b"5 ab\n", Err("a PAX record has no `=`"));
    }

    #[test]
    fn a_sparse_file_has_its_own_name() {
        let mut pax = Pax::default();
        pax.read(b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n21 GNU.sparse.name=f\n28 GNU.sparse.realsize=4096\n")
            .unwrap_or_else(|message| panic!("{message}"));
        assert_eq!(pax.sparse(), Some(4096));
        assert_eq!(pax.name(), Some(b"f".as_slice()));
    }
}
