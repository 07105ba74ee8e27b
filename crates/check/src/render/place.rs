//! From a place in a rendered manifest back to the file that it came from.

use boltseal_evidence::Region;
use boltseal_posture::{Source, Span};

/// The place in `file` of what stands at `region` of `rendered`: the only line that is the same but for its
/// indentation, else the only line with the same key. `None` where it cannot be told.
pub(super) fn find(region: &Region, rendered: &str, file: &str) -> Option<Region> {
    let wanted = rendered.lines().nth(usize::try_from(region.line).ok()?.saturating_sub(1))?.trim();
    if wanted.is_empty() {
        return None;
    }
    let source = Source::from_text("", file);
    let line = only(&source, |line| line == wanted).or_else(|| {
        let key = wanted.split_once(':').map(|(key, _)| key)?;
        only(&source, |line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    })?;
    let span = source.line(line);
    let text = source.slice(span);
    let blank = text.len() - text.trim_start().len();
    Some(source.region(Span::new(span.start + blank, span.end)))
}

/// The number of the only line that fits.
fn only(source: &Source<'_>, fits: impl Fn(&str) -> bool) -> Option<usize> {
    let mut found = (1..=source.line_count()).filter(|line| fits(source.slice(source.line(*line)).trim()));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_line_or_the_only_line_with_the_key() {
        let file = "kind: Pod\nspec:\n  hostPID: true\n  image: {{ .Values.image }}\n  name: a\n  name: b\n";
        let rendered = "kind: Pod\nspec:\n    hostPID: true\n    image: x\n    name: c\n";
        let at = |line: u32| {
            let region = Region { line, column: 1, end_line: line, end_column: 2, start: 0, end: 1 };
            find(&region, rendered, file).map(|region| (region.line, region.column))
        };
        assert_eq!(at(3), Some((3, 3)));
        assert_eq!(at(4), Some((4, 3)));
        assert_eq!(at(5), None);
    }
}
