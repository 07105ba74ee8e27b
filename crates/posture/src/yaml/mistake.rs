//! The mistakes that people make in YAML, in sentences that say the way out.

use granit_parser::ErrorKind as Error;

use super::{Node, Style};
use crate::source::{Source, Span};

/// What is said of `//` and `/* */` in JSON.
pub(super) const FOREIGN_COMMENT: &str =
    "not YAML: neither JSON nor YAML has comments with `//` or `/*`, this one becomes part of a key: remove it";

const TEMPLATE: &str = "this is a template that was not rendered: check what it renders to, or the folder of its chart";

/// A key that begins as a comment of JavaScript does.
pub(super) fn is_foreign_comment(name: &str, key: &Node) -> bool {
    key.style == Style::Plain && (name.starts_with("//") || name.starts_with("/*"))
}

/// The sentence for a mistake that the parser met at `at`, and the place that it means. `open` is the innermost
/// bracket that is open there.
pub(super) fn explain(source: &Source<'_>, kind: &Error, at: usize, open: Option<usize>) -> (usize, String) {
    let number = source.line_of(at);
    let line = source.slice(source.line(number));
    let before = source.slice(source.line(number.saturating_sub(1)));
    if is_template(line) || (number > 1 && is_template(before)) {
        return (at, TEMPLATE.to_owned());
    }
    if ["<<<<<<< ", "=======", ">>>>>>> "].iter().any(|mark| line.starts_with(mark)) {
        return (at, "a conflict that a merge left: decide for one side, and remove the marks".to_owned());
    }
    if line.contains('\u{a0}') {
        let sentence = "a no-break space stands in this line, which is no blank in YAML: write an ordinary one";
        return (at, sentence.to_owned());
    }
    // A bracket that is still open in a later line was forgotten where it began.
    if let Some(open) = open.filter(|open| source.line_of(*open) < number)
        && is_within_brackets(kind)
        && !line.trim_start().starts_with(['"', '\'', '{', '[', ']', '}', ','])
    {
        let bracket = source.text.get(open..=open).unwrap_or("[");
        let close = if bracket == "{" { '}' } else { ']' };
        return (open, format!("`{bracket}` opens here and is not closed: add `{close}`"));
    }
    // The parser tells where the value begins that a tab stands in.
    let tab = source.text.get(at..).and_then(|rest| rest.find("\n\t")).filter(|_| *kind == Error::TabInPlainScalar);
    if let Some(tab) = tab {
        return (at + tab + 1, known(kind, line, ""));
    }
    (at, known(kind, line, source.slice(Span::new(at, source.line(number).end))))
}

fn is_template(line: &str) -> bool {
    line.contains("{{") || line.contains("{%")
}

fn is_within_brackets(kind: &Error) -> bool {
    matches!(
        kind,
        Error::ExpectedFlowMappingSeparator
            | Error::ExpectedFlowSequenceSeparator
            | Error::InvalidColonPlacement
            | Error::InvalidFlowScalarIndent
            | Error::MappingValueNotAllowed
            | Error::BlockEntryInFlowCollection
    )
}

/// The table of mistakes: `line` is the one in question, `rest` what follows in it.
fn known(kind: &Error, line: &str, rest: &str) -> String {
    let first = rest.chars().next().unwrap_or(' ');
    let sentence = match kind {
        Error::TabNotAllowed
        | Error::TabInBlockIndentation
        | Error::TabInIndentation
        | Error::TabInPlainScalar
        | Error::TabAtBlockScalarStart => "a tab stands where YAML allows only spaces: indent this line by spaces",
        Error::UnclosedQuotedScalar | Error::DocumentIndicatorInQuotedScalar => {
            "the quote that opens here is never closed: close it, or escape the quotes within"
        }
        Error::InvalidTrailingSingleQuotedScalar => {
            "text follows the closing quote: quote all of the value, and write a quote within it as `''`"
        }
        Error::InvalidTrailingDoubleQuotedScalar => {
            "text follows the closing quote: quote all of the value, write a quote within it as `\\\"`, and put `:` or \
             `,` where one is missing"
        }
        Error::InvalidQuotedScalarIndent => {
            "a quoted value goes on in this line, which is not indented: close its quote, or indent the line"
        }
        Error::UnknownQuotedScalarEscape => {
            "no such escape in double quotes: write `\\\\` for a backslash, or use single quotes"
        }
        Error::UnclosedFlowCollection { open } => {
            let close = if *open == '{' { '}' } else { ']' };
            return format!("`{open}` opens here and is not closed: add `{close}`");
        }
        Error::MismatchedFlowCollectionEnd { open, close } => {
            return format!("`{open}` opens here but is closed by `{close}`: make them a pair");
        }
        Error::MisplacedFlowCollectionEnd => "this bracket closes nothing: remove it, or quote the value",
        Error::ExpectedFlowMappingSeparator | Error::ExpectedFlowSequenceSeparator => {
            "a `,` or the closing bracket is missing before this"
        }
        Error::MappingValueNotAllowed if is_second_colon(line) => {
            "a second `: ` in one line: quote the value if the colon belongs to it, else begin a new line"
        }
        Error::MappingValueNotAllowed => {
            "no key may stand here: indent it like the keys beside it, and write `: ` with a space after each key"
        }
        Error::SimpleKeyExpected | Error::InvalidSimpleKey => {
            "a key without a colon: write `key: value`, and quote text that goes on in the next line"
        }
        Error::ExpectedBlockMappingKey if line.trim_start().starts_with("- ") => {
            "an item of a list stands among keys: indent `-` below the key that it belongs to, like its other items"
        }
        Error::ExpectedBlockMappingKey => "this does not go on with the mapping: indent it like the keys beside it",
        Error::ExpectedBlockSequenceEntry => {
            "a key stands among the items of a list: begin the line with `- `, or indent it to belong to an item"
        }
        Error::BlockSequenceEntryNotAllowed => {
            "no list may begin here: write each `- ` in a line of its own below the key"
        }
        Error::InvalidIndentation | Error::InvalidBlockScalarIndent | Error::InvalidFlowScalarIndent => {
            "this line is indented like none above it: align it with the lines that it belongs to"
        }
        Error::UnexpectedCharacter { character } if matches!(character, '@' | '`' | '%') => {
            return format!("no plain value begins with `{character}`: put it in quotes");
        }
        Error::UnexpectedCharacter { character } => {
            return format!("the character U+{:04X} may not stand in YAML: remove it", u32::from(*character));
        }
        Error::UnknownAnchor | Error::MissingAnchorOrAliasName if first == '*' => {
            let name: String = rest.chars().take_while(|each| !each.is_whitespace()).take(40).collect();
            return format!("`{name}` is an alias, and no anchor of the name stands above: quote it if it is text");
        }
        Error::MissingAnchorOrAliasName => "`&` begins an anchor, and no name follows: quote it if it is text",
        Error::MappingKeyNotAllowed => "`?` begins a key, and none may stand here: quote it if it is text",
        Error::InvalidBlockScalarHeader => "only a comment may follow `|` or `>`: begin the text in the next line",
        Error::InvalidDocumentEnd => "only a comment may follow `...`, which ends a document",
        Error::MissingDocumentEndBeforeDirective => {
            "a line that begins with `%` is a directive, which may only follow `...`: quote the value, or indent it"
        }
        Error::ExpectedDocumentStart | Error::UnexpectedEof if line.starts_with('%') => {
            "a line that begins with `%` is a directive, and `---` must follow it: quote it if it is text"
        }
        Error::ExpectedDocumentStart => "a new document begins here without `---` before it",
        Error::UnsupportedYamlMajorVersion => "no such version of YAML is read: write `%YAML 1.2`",
        Error::UndeclaredTagHandle => "a tag of a kind that no `%TAG` declares: remove it, or quote the value",
        Error::BomInsideDocument => {
            "a byte order mark in the middle of the file, as of files that were joined: remove it, write `---`"
        }
        Error::CommentNotSeparated => "`#` begins a comment only after a space: put one before it, or quote the value",
        Error::InvalidMappingValueWhitespace | Error::InvalidColonPlacement => {
            "a colon stands where no value may follow: quote the text, or put `,` before its key"
        }
        Error::BlockEntryInFlowCollection => "`-` begins no item within brackets: separate the items by `,`",
        Error::RecursionLimitExceeded => "nested far deeper than any file of a known kind",
        Error::UnexpectedEofBlockMapping | Error::ExpectedNodeContent if first == ',' => {
            "no plain value begins with `,`: put it in quotes"
        }
        _ => return kind.to_string(),
    };
    sentence.to_owned()
}

/// `key: value: more`.
fn is_second_colon(line: &str) -> bool {
    let text = line.split(" #").next().unwrap_or_default();
    text.matches(": ").count() + usize::from(text.trim_end().ends_with(':')) > 1
}

/// Characters that end a line for Kubernetes, as YAML 1.1 has it, but are text for YAML 1.2 and invisible to people.
const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// A comment that ends earlier for Kubernetes than it seems.
pub(super) fn hidden_break(source: &Source<'_>, comments: &[Span]) -> Option<(Span, String)> {
    if source.text.is_ascii() || !source.text.contains(BREAKS) {
        return None;
    }
    comments.iter().find_map(|comment| {
        let text = source.slice(*comment);
        let (at, found) = text.char_indices().find(|(_, each)| BREAKS.contains(each))?;
        let start = comment.start + at;
        let message = format!(
            "the character U+{:04X} ends the comment and the line for Kubernetes, which reads what follows: remove it",
            u32::from(found)
        );
        Some((Span::new(start, start + found.len_utf8()), message))
    })
}
