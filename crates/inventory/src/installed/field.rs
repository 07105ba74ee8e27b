//! Text fields taken from hostile files: trimmed, bounded in length, and cleared of control characters.

use boltseal_evidence::Problem;

use crate::cataloger::Records;
use crate::limits::Limits;

/// A field as it may go into a package: trimmed and without control characters; `None` when nothing is left.
///
/// A field longer than [`Limits::field`] is cut, and the cut is a problem of the file.
pub(crate) fn bounded(what: &str, text: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let text = text.trim();
    let mut kept: String = text.chars().take(Limits::DEFAULT.field).filter(|c| !c.is_control()).collect();
    if problems.len() < MAX_PROBLEMS && text.chars().nth(Limits::DEFAULT.field).is_some() {
        problems.push(Problem {
            path: None,
            layer: None,
            message: format!("the {what} is longer than {} characters and was cut", Limits::DEFAULT.field),
        });
    }
    kept.truncate(kept.trim_end().len());
    (!kept.is_empty()).then_some(kept)
}

/// A piece of input as it may be quoted in a message.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("`{short}`")
}

/// A licence as it may go into a package: one line, not the whole text of the licence.
pub(crate) fn license(text: &str) -> Option<String> {
    let text = text.trim();
    let known = !text.is_empty() && !text.eq_ignore_ascii_case("unknown") && !text.eq_ignore_ascii_case("none");
    (known && text.len() <= Limits::DEFAULT.field && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Problems that one file may cost; of more, only the fact is told.
const MAX_PROBLEMS: usize = 100;

/// A problem of the file that is being read; the caller of the cataloger adds the path.
pub(crate) fn report(records: &mut Records, message: impl Into<String>) {
    report_problem(records, Problem::general(message));
}

/// A problem whose path is known.
pub(crate) fn report_problem(records: &mut Records, problem: Problem) {
    match records.problems.len() {
        ..MAX_PROBLEMS => records.problems.push(problem),
        MAX_PROBLEMS => records.problems.push(Problem::general("further problems of this file are left out")),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_trimmed_cleared_and_cut() {
        let mut problems = Vec::new();
        assert_eq!(bounded("name", "  a\u{0}b\t ", &mut problems).as_deref(), Some("ab"));
        assert_eq!(bounded("name", " \u{7} ", &mut problems), None);
        assert!(problems.is_empty());
        assert_eq!(bounded("name", &"é".repeat(2000), &mut problems).map(|name| name.chars().count()), Some(1024));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn a_licence_text_is_not_a_licence_name() {
        assert_eq!(license(" MIT ").as_deref(), Some("MIT"));
        for text in ["", "UNKNOWN", "Permission is hereby granted\nfree of charge", &"x".repeat(5000)] {
            assert_eq!(license(text), None);
        }
    }
}
