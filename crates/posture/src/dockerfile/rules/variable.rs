//! Variables as a text names them: `$X`, `${X}`, `${X:-default}`.

use std::ops::Range;

/// A variable in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Where it is written, with its `$`.
    pub(super) range: Range<usize>,
    /// It says itself what stands in for it: `${X:-default}`, `${X:+other}`.
    pub(super) has_default: bool,
}

/// The variables of a text, those behind a backslash left out. Dockerfile reference, "Environment replacement".
pub(super) fn variables(text: &str) -> Vec<Variable<'_>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'$' => {
                let brace = bytes.get(at + 1) == Some(&b'{');
                let start = at + 1 + usize::from(brace);
                let length = name_length(bytes.get(start..).unwrap_or_default());
                let end = start + length;
                if length > 0
                    && let Some(name) = text.get(start..end)
                {
                    let after = bytes.get(end).copied().unwrap_or_default();
                    let has_default = brace && matches!(after, b':' | b'-' | b'+' | b'?');
                    let range = at..end + usize::from(brace && after == b'}');
                    found.push(Variable { name, range, has_default });
                    at = end - 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Variables that the builder itself sets in the global scope: platform arguments. Dockerfile reference, "Automatic
/// platform ARGs in the global scope".
pub(super) const PLATFORM: &[&str] = &[
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
    "TARGETOSVERSION",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "BUILDOSVERSION",
];

fn name_length(text: &[u8]) -> usize {
    if text.first().is_some_and(u8::is_ascii_digit) {
        return 0;
    }
    text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_in_all_their_forms() {
        let text = "a$B-${C}/${D:-x}\\$E$1$$F${G:-$H}";
        let names: Vec<_> = variables(text).iter().map(|each| (each.name, each.has_default)).collect();
        assert_eq!(names, [("B", false), ("C", false), ("D", true), ("F", false), ("G", true), ("H", false)]);
        assert_eq!(variables("a${C}b")[0].range, 1..5);
    }
}
