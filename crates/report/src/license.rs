//! What a declared licence is: an SPDX identifier, an SPDX expression, or a text of its own.

use spdx::{Expression, ParseMode};

/// A declared licence, as SPDX and CycloneDX tell them apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum License {
    /// An identifier of the SPDX licence list.
    Id(String),
    /// A valid SPDX expression of more than one identifier, operators in capitals.
    Expression(String),
    /// Anything else, as it was written.
    Text(String),
}

/// Longer texts are licence texts, not expressions.
const LONGEST_EXPRESSION: usize = 1_000;

const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: false,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// Names that `spdx` takes for identifiers and the readers of our documents do not: either not of the SPDX list as such
/// (the list has `GFDL-1.1-invariants-only`), or newer than the list in CycloneDX 1.6's schema. As texts they are
/// valid everywhere.
const NOT_YET_IDS: [&str; 19] = [
    "BSD-2-Clause-pos-unchanged",
    "BSD-3-Clause-OpenWebUI",
    "BSD-Source-Code-no-disclaimer",
    "BSD-Source-alt-GPL",
    "BSD-ask-to-endorse",
    "Brian-Gladman-3-Clause-no-conversion",
    "Bugroff",
    "CC-BY-NC-3.0-IGO",
    "FDK-MPEG-H",
    "GFDL-1.1-invariants",
    "GFDL-1.1-no-invariants",
    "GFDL-1.2-invariants",
    "GFDL-1.2-no-invariants",
    "GFDL-1.3-invariants",
    "GFDL-1.3-no-invariants",
    "Hippocratic-3.0-core",
    "Informatica",
    "MVT-1.1",
    "atc-game",
];

impl License {
    /// Classifies one declared licence; `None` for an empty one.
    pub(crate) fn of(declared: &str) -> Option<Self> {
        let text = declared.trim();
        if text.is_empty() || matches!(text, "NOASSERTION" | "NONE") {
            return None;
        }
        if NOT_YET_IDS.contains(&text) {
            return Some(Self::Text(text.to_owned()));
        }
        if spdx::license_id(text).is_some_and(|id| id.name == text) {
            return Some(Self::Id(text.to_owned()));
        }
        Some(expression(text).map_or_else(|| Self::Text(text.to_owned()), Self::Expression))
    }

    /// The distinct licences of a package, in their order.
    pub(crate) fn all<'a>(declared: impl IntoIterator<Item = &'a String>) -> Vec<Self> {
        let mut seen = std::collections::BTreeSet::new();
        declared.into_iter().filter_map(|text| Self::of(text)).filter(|license| seen.insert(license.clone())).collect()
    }
}

/// `text` with its operators in capitals, where it is a valid expression that refers to nothing outside itself.
fn expression(text: &str) -> Option<String> {
    let refers = ["LicenseRef-", "DocumentRef-", "AdditionRef-"].iter().any(|prefix| text.contains(prefix));
    if text.len() > LONGEST_EXPRESSION || refers {
        return None;
    }
    let words = text.split_whitespace().map(|word| match word {
        "and" | "or" | "with" => word.to_uppercase(),
        _ => word.to_owned(),
    });
    let canonical = words.collect::<Vec<_>>().join(" ");
    if canonical.split([' ', '(', ')', '+']).any(|word| NOT_YET_IDS.contains(&word)) {
        return None;
    }
    Expression::parse_mode(&canonical, MODE).ok().map(|_| canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn licences_are_told_apart() {
        let id = |text: &str| License::Id(text.to_owned());
        let expression = |text: &str| License::Expression(text.to_owned());
        let text = |text: &str| License::Text(text.to_owned());
        for (declared, expect) in [
            ("MIT", id("MIT")),
            (" GPL-2.0 ", id("GPL-2.0")),
            ("GPL-2.0+", expression("GPL-2.0+")),
            ("MIT or Apache-2.0", expression("MIT OR Apache-2.0")),
            ("GPL-2.0-only WITH Classpath-exception-2.0", expression("GPL-2.0-only WITH Classpath-exception-2.0")),
            ("mit", text("mit")),
            ("BSD License", text("BSD License")),
            ("MIT OR LicenseRef-ours", text("MIT OR LicenseRef-ours")),
            ("GFDL-1.1-invariants OR MIT", text("GFDL-1.1-invariants OR MIT")),
            ("(MIT", text("(MIT")),
        ] {
            assert_eq!(License::of(declared), Some(expect));
        }
        assert_eq!(License::of(" NOASSERTION"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_classified(text in "(MIT|GPL-2.0\\+| |AND|or|\\(|\\)|WITH|\\PC){0,40}") {
            let _ = License::of(&text);
        }
    }
}
