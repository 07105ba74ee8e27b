//! What Kubernetes reads, what hostile files do, and what is said of mistakes.

use super::{Limits, Node, Parsed, Style, Value, append, parse, remove, set};
use crate::source::Source;

fn read(text: &str) -> Parsed {
    parse(&Source::from_text("a.yaml", text), Limits::default())
}

#[test]
fn integers_are_read_in_every_form() {
    for (text, expected) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("0.0", Some(0)),
        ("+7", Some(7)),
        ("1_000", Some(1000)),
        ("1e3", Some(1000)),
        ("0x1F", Some(31)),
        ("0X1f", Some(31)),
        ("-0x5", Some(-5)),
        ("0x-5", None),
        ("-+5", None),
        ("--5", None),
        ("017", Some(15)),
        ("08", Some(8)),
        ("0o17", Some(15)),
        ("0O17", Some(15)),
        ("0o18", None),
        ("0b11", Some(3)),
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        (".5", None),
        (".inf", None),
        ("-.inf", None),
        (".nan", None),
        ("inf", None),
        ("_1", None),
        // Sexagesimal numbers are text to all that read Kubernetes and Compose files.
        ("1:30", None),
        ("22:22:22", None),
        ("'1'", None),
        ("!!str 1", None),
        ("!vault 1", None),
        ("! 1", None),
        ("!!int '1'", Some(1)),
        ("!!int 1", Some(1)),
        ("true", None),
        ("", None),
    ] {
        assert_eq!(read(&format!("a: {text}\n")).documents[0].integer("a"), expected, "{text}");
    }
}

#[test]
fn tags_say_what_a_scalar_is() {
    let table = [
        ("yes", Some(true)),
        ("On", Some(true)),
        ("n", Some(false)),
        ("yEs", None),
        ("'true'", None),
        ("!!str true", None),
        ("!!bool 'true'", Some(true)),
        ("!!bool yes", Some(true)),
        ("!<tag:yaml.org,2002:bool> \"false\"", Some(false)),
        ("!Ref true", None),
        ("! true", None),
    ];
    for (text, expected) in table {
        assert_eq!(read(&format!("a: {text}\n")).documents[0].boolean("a"), expected, "{text}");
    }
    let value = |text: &str| read(&format!("a: {text}\n")).documents[0].get("a").cloned().map(|node| node.value);
    let scalar = |text: &str| Some(Value::Scalar(text.into()));
    assert_eq!(value("!!null ''"), Some(Value::Null));
    assert_eq!(value("!!str"), scalar(""));
    assert_eq!(value("!!str null"), scalar("null"));
    assert_eq!(value("!!binary L3Zhci9ydW4="), scalar("/var/run"));
    assert_eq!(value("!!binary |\n  L3Zh\n  ci9ydW4=\n"), scalar("/var/run"));
    assert_eq!(value("!!binary '%'"), scalar("%"));
    assert_eq!(value("!reference [.base, script]").map(|value| matches!(value, Value::Sequence(_))), Some(true));
}

#[test]
fn a_tag_goes_with_the_value_that_is_replaced() {
    let text = "a: !!str 'x' # c\nb: !!null\n";
    let source = Source::from_text("a.yaml", text);
    let parsed = parse(&source, Limits::default());
    let edited = |key: &str| {
        let (span, new) = set(&source, &parsed.documents[0], &[key], "true").unwrap();
        format!("{}{new}{}", &text[..span.start], &text[span.end..])
    };
    assert_eq!(edited("a"), "a: true # c\nb: !!null\n");
    assert_eq!(edited("b"), "a: !!str 'x' # c\nb: true\n");
}

/// The documents as text: what was read at a glance.
fn shown(text: &str) -> String {
    fn show(node: &Node) -> String {
        match &node.value {
            Value::Null => "~".to_owned(),
            Value::Scalar(text) => format!("{text:?}"),
            Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
            Value::Mapping(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{}={}", show(key), show(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }
    let parsed = read(text);
    assert_eq!(parsed.error, None, "{text:?}");
    parsed.documents.iter().map(show).collect::<Vec<_>>().join(" | ")
}

#[test]
fn odd_but_sound_files_are_read_as_they_are_meant() {
    for (text, expected) in [
        ("%YAML 1.1\n---\na: 1\n", "{\"a\"=\"1\"}"),
        ("a: 1\n...\n---\n---\n# c\n---\nb: 2\n...\n", "{\"a\"=\"1\"} | {\"b\"=\"2\"}"),
        ("--- |\n  x\n--- >\n  y\n", "\"x\\n\" | \"y\\n\""),
        ("no: 1\nyes: 2\non: 3\n~: 4\n", "{\"no\"=\"1\" \"yes\"=\"2\" \"on\"=\"3\" ~=\"4\"}"),
        ("? [a, {b: c}]\n: d\n", "{[\"a\" {\"b\"=\"c\"}]=\"d\"}"),
        ("&k a: &v b\nc: *v\n*k : d\n", "{\"a\"=\"b\" \"c\"=\"b\" \"a\"=\"d\"}"),
        ("a: 1\rb:\r  c: 2\r", "{\"a\"=\"1\" \"b\"={\"c\"=\"2\"}}"),
        ("a: 1\r\nb: 2\nc: |\r\n  d\r\n", "{\"a\"=\"1\" \"b\"=\"2\" \"c\"=\"d\\n\"}"),
        ("\u{feff}{\"a\": 1, \"a\": 2}\n", "{\"a\"=\"1\" \"a\"=\"2\"}"),
        ("{\n\t\"a\": \"\\/\\ud83d\\ude00\"\n}\n", "{\"a\"=\"/😀\"}"),
        ("a: b\u{2028}c\n", "{\"a\"=\"b\u{2028}c\"}"),
        ("", ""),
        ("# only a comment", ""),
    ] {
        assert_eq!(shown(text).replace("\\u{2028}", "\u{2028}"), expected, "{text:?}");
    }
}

#[test]
fn equal_keys_are_told_wherever_they_are() {
    let parsed = read("a:\n- b:\n    c: {d: 1, e: 2, d: 3}\n");
    assert_eq!(parsed.duplicates.len(), 1);
    let many: String = (0..40).map(|number| format!("k{}: x\n", number % 20)).collect();
    assert_eq!(read(&many).duplicates.len(), 20);
}

#[test]
fn a_long_block_of_comments_is_no_mistake() {
    let text = format!("spec:\n{}  a: 1\n", "  # hostPID: true\n".repeat(5000));
    assert_eq!(read(&text).comments.len(), 5000);
    assert_eq!(shown(&text), "{\"spec\"={\"a\"=\"1\"}}");
}

#[test]
fn what_is_below_an_anchor_is_shared_too() {
    let text = "a: &x\n  b: {c: 1}\n  d: [y]\ne: *x\nf:\n  <<: *x\n";
    let source = Source::from_text("a.yaml", text);
    let parsed = parse(&source, Limits::default());
    for path in [&["a"][..], &["e"], &["f"]] {
        let node = parsed.documents[0].at(path).unwrap();
        let nested = node.get("b").unwrap();
        assert!(nested.shared && nested.get("c").unwrap().shared, "{path:?}");
        assert_eq!(set(&source, nested, &["c"], "2"), None, "{path:?}");
        assert_eq!(append(&source, node.get("d").unwrap(), "z"), None, "{path:?}");
    }
    let root = &parsed.documents[0];
    assert_eq!(source.slice(root.get("a").unwrap().entry_span("b").unwrap()), "b: {c: 1}");
    assert_eq!(source.slice(root.entry_span("e").unwrap()), "e");
}

#[test]
fn lines_that_end_with_carriage_returns_alone_are_not_edited() {
    let text = "a: 2\r# c\rb: 3\r";
    let source = Source::from_text("a.yaml", text);
    let parsed = parse(&source, Limits::default());
    let root = &parsed.documents[0];
    assert_eq!((set(&source, root, &["a"], "1"), remove(&source, root, "a")), (None, None));
}

#[test]
fn hostile_files_take_little_time_and_memory() {
    let many = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    let keys = many(50_000, |number| format!("  k{number}: v\n"));
    let merged = format!("a: &a\n{keys}b:\n{}  <<: *a\n", keys.replace('k', "l"));
    let nested: String = (0..100).map(|level| format!("{}a: &n{level}\n", "  ".repeat(level))).collect();
    let long = format!("a: &a {}\n{}", "x".repeat(1 << 20), many(2000, |number| format!("b{number}: *a\n")));
    let cases = [
        ("keys", keys.clone(), None),
        ("documents", "a: 1\n---\n".repeat(50_000), None),
        ("merged", merged, None),
        (
            "merged again and again",
            format!("a: &a\n{keys}b: [{}]\n", "{<<: *a}, ".repeat(2000)),
            Some("blow the file up"),
        ),
        (
            "anchors within anchors",
            format!("{nested}{}b: [{}]\n", "  ".repeat(100), "x, ".repeat(200_000)),
            Some("blow"),
        ),
        ("a long text again and again", long, Some("blow the file up")),
        ("a block", format!("a: |\n{}", "  x\n".repeat(300_000)), None),
        ("brackets", "[".repeat(100_000), Some("nested")),
        ("a long line", format!("[{}]", "{a: b}, ".repeat(50_000)), None),
    ];
    for (name, text, expected) in cases {
        let start = std::time::Instant::now();
        let parsed = read(&text);
        let message = parsed.error.map(|(_, message)| message);
        match expected {
            None => assert_eq!(message, None, "{name}"),
            Some(part) => assert!(message.as_deref().is_some_and(|text| text.contains(part)), "{name}: {message:?}"),
        }
        // Quadratic time would be minutes.
        assert!(start.elapsed().as_secs() < 20, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn a_comment_that_hides_a_line_break_is_told() {
    let (span, message) = read("a: 1 # harmless\u{2028}b: 2\n").error.unwrap();
    assert_eq!((span.start, span.end), (15, 18));
    assert!(message.contains("U+2028"), "{message}");
}

#[test]
fn mistakes_are_told_by_their_place_and_the_way_out() {
    let table = [
        ("a: 1\nb\nc: 2\n", 2, "a key without a colon"),
        ("a:1\nb: 2\n", 2, "with a space after each key"),
        ("a: 1\n  b: 2\n", 2, "indent it like the keys beside it"),
        ("a:\n    b: 1\n  c: 2\n", 3, "indent it like the keys beside it"),
        ("a:\n  - x\n - y\n", 3, "an item of a list stands among keys"),
        ("a: 1\n- b\n", 2, "an item of a list stands among keys"),
        ("- a\nb: 1\n", 2, "a key stands among the items of a list"),
        ("a: - b\n", 1, "no list may begin here"),
        ("a: \"x\nb: 1\n", 1, "quote that opens here is never closed"),
        ("a: 'it's fine'\n", 1, "as `''`"),
        ("a: \"x\" y\n", 1, "text follows the closing quote"),
        ("a: \"\\d\"\n", 1, "no such escape"),
        ("a: [x, y\nb: 1\n", 1, "`[` opens here and is not closed: add `]`"),
        ("a: {x: 1\nb: 2\n", 1, "`{` opens here and is not closed: add `}`"),
        ("a: [x, y\n", 1, "`[` opens here and is not closed: add `]`"),
        ("a: [x, y}\n", 1, "`[` opens here but is closed by `}`"),
        ("b: [1]]\n", 1, "this bracket closes nothing"),
        ("{\"a\": 1\n \"b\": 2}\n", 2, "a `,` or the closing bracket is missing"),
        ("[\"a\" \"b\"]\n", 1, "where one is missing"),
        ("{\"a\": 1, // c\n \"b\": 2}\n", 1, "neither JSON nor YAML has comments with `//`"),
        ("{/* c */\"a\": 1}\n", 1, "neither JSON nor YAML has comments with `//`"),
        ("a:\n\tb: 1\n", 2, "a tab stands where"),
        ("a:\n  - x\n\t- y\n", 3, "a tab stands where"),
        ("a: b: c\n", 1, "a second `: ` in one line"),
        ("a: {{ .x }}-web\n", 1, "a template that was not rendered"),
        ("a:\n  {{- if .x }}\n  b: 1\n", 2, "a template that was not rendered"),
        ("a: 1\n{% if x %}\nb: 2\n", 2, "a template that was not rendered"),
        ("a: @x\n", 1, "no plain value begins with `@`"),
        ("a: %x\n", 1, "no plain value begins with `%`"),
        ("a: `x`\n", 1, "no plain value begins with ``"),
        ("a: *.txt\n", 1, "`*.txt` is an alias"),
        ("a: *\n", 1, "`*` is an alias"),
        ("a: & b\n", 1, "`&` begins an anchor"),
        ("a: ?\n", 1, "`?` begins a key"),
        ("a: \u{201c}x: y\u{201d}\n", 1, "a second `: ` in one line"),
        ("a: 1\n  \u{a0}b: 2\n", 2, "a no-break space"),
        ("a: |x\n  y\n", 1, "begin the text in the next line"),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n", 2, "a conflict that a merge left"),
        ("a: 1\n... b\n", 2, "only a comment may follow `...`"),
        ("a: 1\n%YAML 1.1\n---\nb: 1\n", 2, "is a directive"),
        ("%YAML 2.0\n---\na: 1\n", 1, "write `%YAML 1.2`"),
        ("a: !e!x 1\n", 1, "no `%TAG` declares"),
        ("a: 1\n\u{feff}b: 1\n", 2, "a byte order mark in the middle"),
        ("a: \u{7}\n", 1, "U+0007"),
        ("a: 1\r\nb: [\nc: 1\r\n", 2, "`[` opens here and is not closed"),
    ];
    for (text, line, part) in table {
        let source = Source::from_text("a.yaml", text);
        let (span, message) = read(text).error.unwrap_or_else(|| panic!("{text:?} is read"));
        assert!(message.starts_with("not YAML: "), "{text:?}: {message}");
        assert!(message.contains(part), "{text:?}: {message}");
        assert_eq!(source.line_of(span.start), line, "{text:?}: {message}");
    }
    assert_eq!(read("a: !!str 1\n").documents[0].get("a").unwrap().style, Style::Quoted);
}
