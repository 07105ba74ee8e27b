//! Text for terminals: made harmless, measured in columns, cut and wrapped.

use unicode_width::UnicodeWidthChar;

/// More than any line shows; a hostile title costs no more than this.
const LONGEST: usize = 4_000;

/// `text` on one line and without anything that steers a terminal: control characters, escape sequences and
/// bidirectional overrides become visible or spaces.
pub fn clean(text: &str) -> String {
    text.chars()
        .take(LONGEST)
        .map(|character| match character {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            c => visible(c),
        })
        .collect()
}

/// As [`clean`], for texts of several lines and any length: line breaks stay.
pub fn harmless(text: &str) -> String {
    let kept = |c: char| if c == '\n' { c } else { visible(if c == '\t' { ' ' } else { c }) };
    text.chars().map(kept).collect()
}

fn visible(character: char) -> char {
    match character {
        c if c.is_control() => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

/// The columns that `text` takes; an upper bound where characters combine.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// The beginning of `text` in at most `width` columns, with `…` where something was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let kept = within(text.chars(), width.saturating_sub(1));
    let mut cut: String = kept.into_iter().collect::<String>().trim_end().to_owned();
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// The end of `text` (a path's telling part) in at most `width` columns, with `…` where something was cut.
pub(crate) fn cut_start(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let kept = within(text.chars().rev(), width.saturating_sub(1));
    let mark = if width > 0 { "…" } else { "" };
    mark.chars().chain(kept.into_iter().rev()).collect()
}

fn within(characters: impl Iterator<Item = char>, width: usize) -> Vec<char> {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= width
        })
        .collect()
}

/// `text` broken at spaces into lines of at most `width` columns; a longer word is broken where it must be.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut rest = word.to_owned();
        loop {
            let Some(line) = lines.last_mut() else { return lines };
            let gap = usize::from(!line.is_empty());
            if columns(line) + gap + columns(&rest) <= width {
                line.push_str(if gap == 1 { " " } else { "" });
                line.push_str(&rest);
                break;
            }
            if gap == 1 {
                lines.push(String::new());
                continue;
            }
            let piece = within(rest.chars(), width);
            line.extend(&piece);
            rest = rest.chars().skip(piece.len().max(1)).collect();
            lines.push(String::new());
        }
    }
    lines
}

/// `count` and the noun in the right number: `1 package`, `2 packages`, `3 vulnerabilities`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let count_text = grouped(count);
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("{count_text} {noun}"),
        (_, Some(stem)) => format!("{count_text} {stem}ies"),
        (_, None) => format!("{count_text} {noun}s"),
    }
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("漢字"), 4);
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut_start("usr/lib/python3", 8), "…python3");
        assert_eq!(wrap("one two 漢字漢字", 6), ["one", "two", "漢字漢", "字"]);
    }

    #[test]
    fn escape_sequences_and_bidirectional_overrides_do_not_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{202e}d\u{9b}"), "a\u{fffd}[31mb c\u{fffd}d\u{fffd}");
    }

    #[test]
    fn counts_read_as_people_write_them() {
        assert_eq!(counted(1, "vulnerability"), "1 vulnerability");
        assert_eq!(counted(28_113, "advisory"), "28,113 advisories");
        assert_eq!(counted(0, "package"), "0 packages");
    }

    proptest! {
        #[test]
        fn no_piece_is_wider_than_asked(text in "\\PC{0,60}", width in 2usize..40) {
            prop_assert!(columns(&cut(&text, width)) <= width);
            prop_assert!(columns(&cut_start(&text, width)) <= width);
            prop_assert!(wrap(&text, width).iter().all(|line| columns(line) <= width));
        }
    }
}
