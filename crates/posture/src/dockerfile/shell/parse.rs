//! From the text of a `RUN` to its commands.

use super::Script;
use crate::source::{Source, Span};

/// Reads the script that stands in `spans` of `source` (several where continuation lines or comments were taken out),
/// with `escape` at the end of a line joining it to the next.
pub fn parse(_source: &Source<'_>, spans: &[Span], _escape: char) -> Script {
    let span = spans.iter().copied().reduce(Span::to).unwrap_or_default();
    Script { span, ..Script::default() }
}
