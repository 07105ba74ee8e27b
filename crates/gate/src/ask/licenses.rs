//! Licences of packages, by SPDX identifiers.

use std::collections::BTreeMap;

use boltseal_evidence::{Package, PackageType, Reason};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use super::tally::{Broken, Tally};
use super::{Case, Judge};
use crate::Answer;
use crate::policy::Scope;

/// Every package is under a licence that is allowed. Of alternatives (`MIT OR GPL-3.0-only`) one must be, of several
/// licences that hold together all.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Licenses {
    /// Allowed are only these: SPDX identifiers, or the beginning of some and `*` (`BSD-*`). All where it is empty.
    allow: Vec<String>,
    /// These are not allowed. A licence with an exception is, where `allow` names it as a whole (`GPL-2.0-only WITH
    /// Classpath-exception-2.0`).
    deny: Vec<String>,
    /// What texts mean that packages declare and SPDX does not know: `GPL-2+: GPL-2.0-or-later`.
    read_as: BTreeMap<String, String>,
    /// Only packages of these types are asked about: `npm`, `pypi`. All where it is empty.
    types: Vec<PackageType>,
    /// Packages without a licence, or with one that is no SPDX expression, do not make the rule unknown.
    allow_unknown: bool,
}

/// The longest declared licence that is read as an expression; longer ones are the texts of licences.
const LONGEST: usize = 1_000;

fn parse(text: &str) -> Option<Expression> {
    if text.len() > LONGEST {
        return None;
    }
    // `and` and `or` are written in small letters too.
    let words = text.split_whitespace().map(|word| match word {
        "and" | "or" | "with" | "And" | "Or" | "With" => word.to_uppercase(),
        _ => word.to_owned(),
    });
    Expression::parse_mode(&words.collect::<Vec<_>>().join(" "), ParseMode::LAX).ok()
}

/// The names that a part of an expression goes by: the older and the newer name of a licence of GNU are one.
fn names(part: &LicenseReq) -> Vec<&'static str> {
    let spdx::LicenseItem::Spdx { id, or_later } = &part.license else { return Vec::new() };
    let mut names = vec![id.name];
    if id.is_gnu() {
        let later = *or_later || id.name.ends_with("-or-later");
        let base = id.name.trim_end_matches("-or-later").trim_end_matches("-only").trim_end_matches('+');
        names.extend(spdx::gnu_license_id(base, later).map(|id| id.name));
        if !later {
            names.extend(spdx::license_id(base).map(|id| id.name));
        }
    }
    names
}

/// The list names it.
fn listed(list: &[String], name: &str) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => entry.eq_ignore_ascii_case(name),
    })
}

impl Judge for Licenses {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        if self.allow.is_empty() && self.deny.is_empty() {
            scope.mistake("", "this asks nothing: add `allow` or `deny`");
        }
        for (key, list) in [("allow", &self.allow), ("deny", &self.deny)] {
            for (number, entry) in list.iter().enumerate() {
                let known = match entry.strip_suffix('*') {
                    Some(beginning) => {
                        !beginning.contains('*')
                            && spdx::identifiers::LICENSES.iter().any(|license| license.name.starts_with(beginning))
                    }
                    None => parse(entry).is_some_and(|expression| expression.requirements().count() == 1),
                };
                if !known {
                    let names: Vec<&str> = spdx::identifiers::LICENSES.iter().map(|license| license.name).collect();
                    let way_out = crate::policy::nearest(entry, &names).map_or_else(
                        || "https://spdx.org/licenses lists them, and `read-as` gives other texts a meaning".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    scope.mistake(
                        &format!("{key}/{number}"),
                        format!("`{entry}` is no licence of the SPDX list: {way_out}"),
                    );
                }
            }
        }
        for (text, meaning) in &self.read_as {
            if parse(meaning).is_none() {
                scope.mistake(&format!("read-as/{text}"), format!("`{meaning}` is no SPDX expression"));
            }
        }
    }

    fn asks(&self) -> String {
        let mut asked = Vec::new();
        if !self.allow.is_empty() {
            asked.push(format!("a licence among {}", self.allow.join(", ")));
        }
        if !self.deny.is_empty() {
            asked.push(format!("no licence among {}", self.deny.join(", ")));
        }
        format!("every package has {}", asked.join(", and "))
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let report = match case.report() {
            Ok(report) => report,
            Err(why) => {
                answer.unknown(format!("licences are not known: {why}"));
                answer.advise("scan the image with `boltseal scan`, or let `boltseal gate` do so");
                return;
            }
        };
        let mut verdicts: BTreeMap<&str, Broken> = BTreeMap::new();
        let mut tally = Tally::new();
        let asked = |package: &&Package| self.types.is_empty() || self.types.contains(&package.kind);
        for package in report.inventory.packages.iter().filter(asked) {
            let mut broken = if package.licenses.is_empty() { Broken::Maybe } else { Broken::No };
            for text in &package.licenses {
                broken = broken.or(*verdicts.entry(text).or_insert_with(|| self.text(text)));
            }
            if broken == Broken::Maybe && self.allow_unknown {
                broken = Broken::No;
            }
            if broken == Broken::No {
                tally.skip();
                continue;
            }
            let purl = package.purl();
            let ids = [purl.as_str(), purl.split(['@', '?']).next().unwrap_or_default(), package.name.as_str()];
            tally.add(package, broken, answer, || ids.into_iter().chain(package.licenses.iter().map(String::as_str)));
        }
        let seen = tally.seen();
        // Without packages there may be none, or none that could be read.
        if !report.inventory.not_assessed.is_empty() && seen == 0 && !self.allow_unknown {
            answer.unknown("no packages were found, and not everything could be read");
        }
        tally.tell(
            0,
            answer,
            |package| (&package.name, &package.version),
            |package, broken| {
                let declared = package.licenses.join(", ");
                let message = match (broken, declared.is_empty()) {
                    (_, true) => format!("{} declares no licence", package.name),
                    (Broken::Yes, false) => format!("{} is under {}", package.name, short(&declared)),
                    (_, false) => {
                        format!("{} is under `{}`, which is no SPDX expression", package.name, short(&declared))
                    }
                };
                let purl = package.purl();
                Reason { message, about: Some(purl.clone()), evidence: Some(purl), exception: None }
            },
            |_| format!("the licences of {seen} packages are allowed"),
        );
        answer.advise("replace the package, say under `read-as` what its licence means, or add an exception");
    }
}

impl Licenses {
    /// What a declared licence comes to.
    fn text(&self, text: &str) -> Broken {
        let text = text.trim();
        if matches!(text, "" | "NOASSERTION" | "NONE") {
            return Broken::Maybe;
        }
        let meaning = self.read_as.get(text).map_or(text, String::as_str);
        match parse(meaning) {
            Some(expression) => Broken::known(Some(!expression.evaluate(|part| self.allowed(part)))),
            None => Broken::Maybe,
        }
    }

    fn allowed(&self, part: &LicenseReq) -> bool {
        let whole = part.to_string();
        let names = names(part);
        let in_list = |list: &[String]| names.iter().any(|name| listed(list, name)) || listed(list, &whole);
        let named = part.addition.is_some() && self.allow.iter().any(|entry| entry.eq_ignore_ascii_case(&whole));
        (self.allow.is_empty() || in_list(&self.allow)) && (named || !in_list(&self.deny))
    }
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(80).map(|each| if each.is_control() { ' ' } else { each }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_judged_by_their_parts() {
        let rule = |allow: &[&str], deny: &[&str]| Licenses {
            allow: allow.iter().map(|each| (*each).to_owned()).collect(),
            deny: deny.iter().map(|each| (*each).to_owned()).collect(),
            read_as: [("GPL-2+".to_owned(), "GPL-2.0-or-later".to_owned())].into(),
            ..Licenses::default()
        };
        for (allow, deny, text, expect) in [
            (&["MIT"][..], &[][..], "MIT", Broken::No),
            (&["MIT"], &[], "Apache-2.0", Broken::Yes),
            (&["MIT"], &[], "MIT OR GPL-3.0-only", Broken::No),
            (&["MIT"], &[], "MIT AND GPL-3.0-only", Broken::Yes),
            (&["MIT"], &[], "MIT or GPL-3.0-only", Broken::No),
            (&["BSD-*"], &[], "BSD-3-Clause", Broken::No),
            (&[], &["GPL-*", "AGPL-*"], "LGPL-2.1-only", Broken::No),
            (&[], &["GPL-*", "AGPL-*"], "AGPL-3.0-or-later", Broken::Yes),
            (&[], &["GPL-2.0-only"], "GPL-2.0", Broken::Yes),
            (&[], &["GPL-2.0-or-later"], "GPL-2.0+", Broken::Yes),
            (&[], &["GPL-2.0-or-later"], "GPL-2+", Broken::Yes),
            (&[], &["GPL-2.0-only"], "GPL-2.0-only WITH Classpath-exception-2.0", Broken::Yes),
            (
                &["MIT", "GPL-2.0-only WITH Classpath-exception-2.0"],
                &["GPL-*"],
                "GPL-2.0-only WITH Classpath-exception-2.0",
                Broken::No,
            ),
            (&["MIT"], &[], "see LICENSE", Broken::Maybe),
            (&["MIT"], &[], "NOASSERTION", Broken::Maybe),
            (&["MIT"], &[], "LicenseRef-ours", Broken::Yes),
        ] {
            assert_eq!(rule(allow, deny).text(text), expect, "{text} by {allow:?} {deny:?}");
        }
    }
}
