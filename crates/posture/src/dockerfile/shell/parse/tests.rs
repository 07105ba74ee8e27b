//! Scripts and the commands that are found in them.

use proptest::prelude::*;

use super::super::{Call, Interpreter, Join, Redirect, Script};
use super::{parse, read};
use crate::dockerfile::text::Text;
use crate::source::{Source, Span};

fn script(text: &str) -> Script {
    parse(&Source::from_text("a", text), Span::new(0, text.len()))
}

/// One line a command: how deep, how it hangs, assignments, words, redirections.
fn shown(script: &Script) -> String {
    let line = |call: &Call| {
        let join = match call.join {
            Join::First => "",
            Join::And => "&& ",
            Join::Or => "|| ",
            Join::Pipe => "| ",
            Join::Then => "; ",
        };
        let redirect = |redirect: &Redirect| format!("{}[{}]", redirect.operator, redirect.target.text);
        let words = call.assignments.iter().map(|word| format!("{{{}}}", word.text));
        let words = words.chain(call.words.iter().map(|word| format!("[{}]", word.text)));
        let words: Vec<String> = words.chain(call.redirects.iter().map(redirect)).collect();
        let depth = ". ".repeat(call.depth);
        let substituted = if call.substituted { "$ " } else { "" };
        format!("{depth}{substituted}{join}{}", words.join(" "))
    };
    let mut lines: Vec<String> = script.commands.iter().map(line).collect();
    lines.extend(script.broken.map(|span| format!("broken at {}..{}", span.start, span.end)));
    lines.join("\n")
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(&script(text)), expected.join("\n"), "{text}");
}

#[test]
fn lists_and_pipes() {
    check("a && b || c; d & e | f |& g", &["[a]", "&& [b]", "|| [c]", "; [d]", "; [e]", "| [f]", "| [g]"]);
    check("a &&\n  b\n\n# c && d\ne;", &["[a]", "&& [b]", "; [e]"]);
    check("a \\\n  b\\\nc", &["[a] [bc]"]);
    check("a # b && c", &["[a]"]);
    check("a#b c", &["[a#b] [c]"]);
    check("", &[]);
}

#[test]
fn quotes_are_removed_and_what_is_substituted_stays() {
    check(r#"echo 'a b' "c d"e\ f"#, &["[echo] [a b] [c de f]"]);
    check(r#"echo "a\"b\$c\d" '' \'"#, &[r#"[echo] [a"b$c\d] [] [']"#]);
    check(r#"echo $A "${B:-"x y"}" ${C#*\}} $'it\'s'"#, &[r#"[echo] [$A] [${B:-"x y"}] [${C#*\}}] [it's]"#]);
    check("echo $((1 + (2))) $(( a<<2 ))", &["[echo] [$((1 + (2)))] [$(( a<<2 ))]"]);
    check("rm -rf !(a|b) x?(y) {a,b}", &["[rm] [-rf] [!(a|b)] [x?(y)] [{a,b}]"]);
}

#[test]
fn assignments_come_first() {
    check("A=1 B='2 3' c D=4", &["{A=1} {B=2 3} [c] [D=4]"]);
    check("A=$(b)", &["{A=$(b)}", ". $ [b]"]);
    check("'A'=1 a", &["[A=1] [a]"]);
    check("a+=(b c) d[1]=e f", &["{a+=(b c)} {d[1]=e} [f]"]);
}

#[test]
fn redirections() {
    check("a > b 2>&1 >>c < d &> e", &["[a] >[b] 2>&[1] >>[c] <[d] &>[e]"]);
    check("a 2>/dev/null <<<'x y' 3>|z", &["[a] 2>[/dev/null] <<<[x y] 3>|[z]"]);
    check("> a", &[">[a]"]);
    check("(a; b) > c && d", &[". [a]", ". ; [b]", "&& [d]"]);
    check("a >", &["[a] >[]", "broken at 2..3"]);
}

#[test]
fn compound_commands() {
    check(
        "if ! a; then b; elif c; then d; else e; fi && f",
        &[". [!] [a]", ". [b]", ". [c]", ". [d]", ". [e]", "&& [f]"],
    );
    check("for x in a $(b) c; do d $x; done; e", &[". . $ [b]", ". [d] [$x]", "; [e]"]);
    check("for x\ndo a; done", &[". [a]"]);
    check("for ((i=0; i<3; i++)); do a; done", &[". [a]"]);
    check("a | while read -r x; do b; done", &["[a]", ". | [read] [-r] [x]", ". [b]"]);
    check("until a; do sleep 1; done", &[". [a]", ". [sleep] [1]"]);
    check("{ a; b; } | c", &[". [a]", ". ; [b]", "| [c]"]);
    check("x && (cd a && b) || c", &["[x]", ". && [cd] [a]", ". && [b]", "|| [c]"]);
    check("f() { a; }; function g { b; }; f", &[". [a]", ". ; [b]", "; [f]"]);
    check("case \"$x\" in\n a|b) c ;;\n (d) e;;\n *) f; g\nesac; h", &[". [c]", ". [e]", ". [f]", ". ; [g]", "; [h]"]);
    check(
        "[[ -n $a && ( $b > c || x =~ ^(d|e)$ ) ]] && f",
        &["[[[] [-n] [$a] [&&] [(] [$b] [>] [c] [||] [x] [=~] [^] [(] [d] [|] [e] [)] [$] [)] []]]", "&& [f]"],
    );
    check("((a > 1)) && b", &["&& [b]"]);
    check("((a); b)", &[". . [a]", ". ; [b]"]);
    check("! (a) && echo if then", &[". [a]", "&& [echo] [if] [then]"]);
}

#[test]
fn substitutions() {
    check("a $(b | c $(d)) e", &["[a] [$(b | c $(d))] [e]", ". $ [b]", ". $ | [c] [$(d)]", ". . $ [d]"]);
    check("a \"x $(b 'c)') y\"", &["[a] [x $(b 'c)') y]", ". $ [b] [c)]"]);
    check("a `b \\`c\\``", &["[a] [`b \\`c\\``]", ". $ [b] [`c`]", ". . $ [c]"]);
    check("a <(b) > >(c)", &["[a] [<(b)] >[>(c)]", ". $ [b]", ". $ [c]"]);
    check("a ${x:-$(b)}", &["[a] [${x:-$(b)}]", ". $ [b]"]);
}

#[test]
fn scripts_in_words_are_read() {
    check("bash -c 'a && b \"c d\"' && e", &["[bash] [-c] [a && b \"c d\"]", ". [a]", ". && [b] [c d]", "&& [e]"]);
    check("sudo sh -euxc \"a | b\"", &["[sudo] [sh] [-euxc] [a | b]", ". [a]", ". | [b]"]);
    check("bash -o pipefail -c 'a' x", &["[bash] [-o] [pipefail] [-c] [a] [x]", ". [a]"]);
    check("su - app -c 'a; b'", &["[su] [-] [app] [-c] [a; b]", ". [a]", ". ; [b]"]);
    check("sh -c \"$(curl x)\"", &["[sh] [-c] [$(curl x)]", ". [$(curl x)]", ". . $ [curl] [x]"]);
    check("sh a.sh -c 'b'", &["[sh] [a.sh] [-c] [b]"]);
}

#[test]
fn here_documents() {
    check("cat <<EOF > a\nb && c\nEOF\nd", &["[cat] <<[EOF] >[a]", "; [d]"]);
    check("cat <<-'E F' | x\n\tb\n\tE F\nd", &["[cat] <<-[E F]", "| [x]", "; [d]"]);
    check("a <<X <<Y; b\n1\nX\n2\nY\nc", &["[a] <<[X] <<[Y]", "; [b]", "; [c]"]);
    check("bash <<EOF\na | b\nEOF\nc", &["[bash] <<[EOF]", ". [a]", ". | [b]", "; [c]"]);
    check("<<EOF sh -e\r\na\r\nEOF\r\n", &["[sh] [-e] <<[EOF]", ". [a]"]);
    let text = "a <<X\nb\nX\n";
    let bodies: Vec<_> = script(text).commands.iter().filter_map(|call| call.redirects[0].body).collect();
    assert_eq!(bodies, [Span::new(6, 8)]);
}

#[test]
fn what_is_broken_is_said_and_the_rest_is_read() {
    check("a 'b", &["[a] [b]", "broken at 2..3"]);
    check("a \"b $(c", &["[a] [b $(c]", ". $ [c]", "broken at 5..6"]);
    check("a; fi; b", &["[a]", "; [b]", "broken at 3..5"]);
    check("if a; then b", &[". [a]", ". [b]", "broken at 0..1"]);
    check("a && && b", &["[a]", "&& [b]", "broken at 5..7"]);
    check("a &&", &["[a]", "broken at 3..4"]);
    check("a )", &["[a]", "broken at 2..3"]);
    check("a (b)", &["[a]", ". [b]", "broken at 2..3"]);
    check("case a in b) c", &[". [c]", "broken at 0..1"]);
}

#[test]
fn options_of_the_shell() {
    let table = [
        ("set -eux; a", false, true),
        ("set -o pipefail && a | b", true, false),
        ("set -euxo pipefail\na", true, true),
        ("set -e -o pipefail -u; a", true, true),
        ("a && set -eo pipefail; b | c", true, false),
        ("a | b; set -o pipefail", false, false),
        ("set -o errexit -o nounset; a", false, true),
        ("set -o pipefail; set +o pipefail; a | b", false, false),
        ("a", false, false),
    ];
    for (text, pipefail, errexit) in table {
        let script = script(text);
        assert_eq!((script.pipefail, script.errexit), (pipefail, errexit), "{text}");
    }
}

#[test]
fn a_script_for_another_program_has_no_commands() {
    let mut text = Text::default();
    text.push("Invoke-WebRequest x | y", 0);
    let words = |line: &str| -> Vec<crate::dockerfile::Word> {
        line.split(' ').map(|word| crate::dockerfile::Word { text: word.to_owned(), span: Span::default() }).collect()
    };
    let script = read(&text, &Interpreter::of(&words("C:\\Windows\\PowerShell.exe -Command")));
    assert_eq!((script.commands.len(), script.shell.as_str()), (0, "powershell"));
    let conda = Interpreter::of(&words("conda run -n ml /bin/bash -c"));
    assert_eq!((conda.program.as_str(), conda.is_posix()), ("bash", true));
    let bash = Interpreter::of(&words("/usr/bin/env bash -euxo pipefail -c"));
    assert_eq!((bash.program.as_str(), bash.pipefail, bash.errexit), ("bash", true, true));
}

#[test]
fn spans_stand_in_the_source() {
    let mut text = Text::default();
    text.push("apt-get in", 4);
    text.push("stall 'a b'", 20);
    let script = read(&text, &Interpreter::default());
    let call = &script.commands[0];
    assert_eq!(call.words[1].span, Span::new(12, 25));
    assert_eq!(call.words[2].span, Span::new(26, 31));
    assert_eq!(call.span, Span::new(4, 31));
}

#[test]
fn hostile_scripts_take_linear_time() {
    let many = |text: &str| text.repeat(100_000 / text.len());
    for text in [
        many("("),
        many("$("),
        many("`"),
        many("\"$("),
        many("${"),
        many("\"${"),
        many("(("),
        many("'"),
        many("<<a "),
        many("{ "),
        many("if "),
        many("case a in b) "),
        many("a|"),
        many("$(("),
        many("!("),
        many("a <<b\n"),
        many("((a) "),
        many("sh -c '"),
        many("for a in "),
        many("[[ "),
        many("\\"),
        many("\\\n"),
        many("x=("),
        many("f()"),
        many("fi "),
        many("1"),
        many("1 "),
        many("bash <<a\n"),
        many("$'"),
        many("<("),
        many("# \n"),
        many("a=b "),
    ] {
        let start = std::time::Instant::now();
        script(&text);
        assert!(start.elapsed().as_secs() < 120, "{}", &text[..20]);
    }
}

fn spans(script: &Script) -> Vec<Span> {
    let of = |call: &Call| {
        let words = call.words.iter().chain(&call.assignments).map(|word| word.span);
        let redirects = call.redirects.iter().flat_map(|each| [Some(each.target.span), each.body]).flatten();
        words.chain(redirects).chain([call.span]).collect::<Vec<_>>()
    };
    script.commands.iter().flat_map(of).chain(script.broken).chain([script.span]).collect()
}

proptest! {
    #[test]
    fn spans_are_ranges_of_characters(text in r#"([a-cé \n\\'"`$(){}<>|&;#=!]|EOF|<<|if |fi|case |in |esac|do |done|sh -c |\r\n){0,60}"#) {
        let script = script(&text);
        for span in spans(&script) {
            prop_assert!(text.get(span.range()).is_some(), "{span:?}");
        }
    }

    #[test]
    fn simple_words_come_back(words in prop::collection::vec("[a-z0-9./_-]{1,8}", 1..8)) {
        let text = format!("cmd {}", words.join(" \\\n "));
        let found: Vec<String> = script(&text).commands[0].words.iter().skip(1).map(|word| word.text.clone()).collect();
        prop_assert_eq!(found, words);
    }
}
