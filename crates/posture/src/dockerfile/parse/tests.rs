//! Dockerfiles and the trees that they become.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::syntax::{Body, Command, Dockerfile, Healthcheck, Instruction, Word};
use super::parse;
use crate::source::{Source, Span};

fn words<'w>(words: impl IntoIterator<Item = &'w Word>) -> String {
    words.into_iter().map(|word| format!("[{}]", word.text)).collect::<Vec<_>>().join(" ")
}

fn command(command: &Command) -> String {
    match command {
        Command::Exec(list) => format!("exec {}", words(list)),
        Command::Shell(script) => {
            let calls: Vec<String> =
                script.commands.iter().map(|call| words(call.assignments.iter().chain(&call.words))).collect();
            let flags =
                [("pipefail", script.pipefail), ("errexit", script.errexit), ("broken", script.broken.is_some())];
            let flags: String = flags.iter().filter(|(_, on)| *on).map(|(name, _)| format!("({name})")).collect();
            format!("{}{flags} {}", script.shell, calls.join("; "))
        }
    }
}

fn shown(instruction: &Instruction) -> String {
    let mut out = format!("{:?} {}", instruction.stage, instruction.keyword).replace("Some(", "").replace(')', "");
    for flag in &instruction.flags {
        let _ = write!(out, " --{}={}", flag.name, flag.value.as_ref().map_or("-", |value| value.text.as_str()));
    }
    let body = match &instruction.body {
        Body::From(from) => {
            let name = from.name.as_ref().map_or(String::new(), |name| format!(" as {}", name.text));
            let stage = from.stage.map_or(String::new(), |stage| format!(" stage {stage}"));
            let resolved = from.resolved.as_deref().unwrap_or("?");
            let same = resolved == from.image.text;
            format!("{}{}{name}{stage}", from.image.text, if same { String::new() } else { format!(" = {resolved}") })
        }
        Body::Run(run) | Body::Cmd(run) | Body::Entrypoint(run) | Body::Healthcheck(Healthcheck::Cmd(run)) => {
            command(run)
        }
        Body::Healthcheck(Healthcheck::None) => "none".to_owned(),
        Body::Shell(list) | Body::Expose(list) | Body::Volume(list) => words(list),
        Body::Copy(copy) | Body::Add(copy) => {
            format!("{}{} -> [{}]", if copy.json { "json " } else { "" }, words(&copy.sources), copy.destination.text)
        }
        Body::Env(pairs) | Body::Label(pairs) | Body::Arg(pairs) => {
            let shown = pairs.iter().map(|pair| {
                let value = pair.value.as_ref().map_or("-", |value| value.text.as_str());
                format!("[{}]{}[{value}]", pair.key.text, if pair.legacy { " " } else { "=" })
            });
            shown.collect::<Vec<_>>().join(" ")
        }
        Body::User(word) | Body::Workdir(word) | Body::Stopsignal(word) | Body::Maintainer(word) => words([word]),
        Body::Onbuild(kept) => format!("{{{}}}", shown(kept)),
        Body::Unknown => "unknown".to_owned(),
        Body::Invalid(message, _) => format!("invalid: {message}"),
    };
    let heredocs: Vec<String> = instruction.heredocs.iter().map(|each| format!(" <<{}", each.name)).collect();
    format!("{out} {}{}", body.trim_end(), heredocs.concat()).trim_end().to_owned()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let source = Source::from_text("Dockerfile", text);
    let shown: Vec<String> = parse(&source).instructions.iter().map(shown).collect();
    assert_eq!(shown.join("\n"), expected.join("\n"), "{text}");
}

#[test]
fn instructions_of_every_kind() {
    check(
        "from debian:12 as Base\nUSER app:app\nWORKDIR /a b\nEXPOSE 80 443/tcp\nVOLUME /a /b\nVOLUME [\"/c\"]\nSTOPSIGNAL 9\nMAINTAINER A B <c@d>\nSHELL [\"/bin/bash\", \"-c\"]\nHEALTHCHECK NONE\nHEALTHCHECK --interval=5s CMD curl x\nENTRYPOINT [\"a\"]\nCMD a b\nCMD\n",
        &[
            "0 FROM debian:12 as Base",
            "0 USER [app:app]",
            "0 WORKDIR [/a b]",
            "0 EXPOSE [80] [443/tcp]",
            "0 VOLUME [/a] [/b]",
            "0 VOLUME [/c]",
            "0 STOPSIGNAL [9]",
            "0 MAINTAINER [A B <c@d>]",
            "0 SHELL [/bin/bash] [-c]",
            "0 HEALTHCHECK none",
            "0 HEALTHCHECK --interval=5s bash [curl] [x]",
            "0 ENTRYPOINT exec [a]",
            "0 CMD bash [a] [b]",
            "0 CMD bash",
        ],
    );
}

#[test]
fn continuations_lose_comments_and_blank_lines() {
    check("RUN a \\\n  # c\n\n  && b \\\n# d\n  c\nRUN d", &["None RUN sh [a]; [b] [c]", "None RUN sh [d]"]);
    check("RUN a\\  \nb\\\\\nRUN c", &["None RUN sh [ab\\]", "None RUN sh [c]"]);
    check("RUN a \\\r\n  b\r\nRUN c\r\n", &["None RUN sh [a] [b]", "None RUN sh [c]"]);
    check("\\\nRUN a", &["None RUN sh [a]"]);
    check("RUN a \\", &["None RUN sh [a]"]);
    check("# a\n  # b\n\n \t\n", &[]);
}

#[test]
fn directives_stand_only_at_the_top() {
    let source =
        Source::from_text("a", "# Syntax = docker/dockerfile:1\n#escape=`\n# check=skip=all\n# c\nRUN a `\n b\\\n");
    let file = parse(&source);
    let names: Vec<_> = file.directives.iter().map(|each| (each.name.as_str(), each.value.text.as_str())).collect();
    assert_eq!(names, [("syntax", "docker/dockerfile:1"), ("escape", "`"), ("check", "skip=all")]);
    assert_eq!((file.escape, file.comments.len(), file.instructions.len()), ('`', 1, 1));
    for text in ["# c\n# escape=`\n", "\n# escape=`\n", "# unknown=x\n# escape=`\n", "FROM a\n# escape=`\n"] {
        assert_eq!(parse(&Source::from_text("a", text)).escape, '\\', "{text}");
    }
}

#[test]
fn here_documents() {
    check("RUN <<EOF\na\nb | c\nEOF\nRUN d", &["None RUN sh [a]; [b]; [c] <<EOF", "None RUN sh [d]"]);
    check("RUN <<-\"EOF\"\n\t# x\n\ta\n\tEOF\nUSER b", &["None RUN sh [a] <<EOF", "None USER [b]"]);
    check("RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n", &["None RUN python3 <<EOF"]);
    check("RUN <<EOF\n#!/bin/bash -e\na\nEOF\n", &["None RUN bash(errexit) [a] <<EOF"]);
    check("RUN <<EOF sh -e\na\nEOF\n", &["None RUN sh [sh] [-e]; [a] <<EOF"]);
    check("RUN bash <<EOF\na\nEOF\n", &["None RUN sh [bash]; [a] <<EOF"]);
    check("RUN python3 <<EOF && b\nimport x\nEOF\n", &["None RUN sh [python3]; [b] <<EOF"]);
    check("RUN cat <<A > a && cat <<B > b\n1\nA\n2\nB\nUSER x", &["None RUN sh [cat]; [cat] <<A <<B", "None USER [x]"]);
    check(
        "COPY <<a.txt <<b.txt /x/\n1\na.txt\n2\nb.txt\nUSER x",
        &["None COPY  -> [/x/] <<a.txt <<b.txt", "None USER [x]"],
    );
    check("RUN a <<EOF\nnever closed\nUSER x", &["None RUN sh [a] <<EOF"]);
    check(
        "RUN echo $((1<<2)) \"<<EOF\" x<<EOF\nUSER a",
        &["None RUN sh [echo] [$((1<<2))] [<<EOF] [x]", "None USER [a]"],
    );
    check("ONBUILD RUN <<EOF\na\nEOF\nUSER b", &["None ONBUILD {None RUN sh [a] <<EOF} <<EOF", "None USER [b]"]);
    check("RUN <<EOF\r\na\r\nEOF\r\nUSER b", &["None RUN sh [a] <<EOF", "None USER [b]"]);
    check("CMD cat <<EOF\nUSER b", &["None CMD sh [cat]", "None USER [b]"]);
}

#[test]
fn lists_that_are_no_json_are_for_the_shell() {
    check("CMD [\"a\", \"b\\\"\\u0041\\n\" ] ", &["None CMD exec [a] [b\"A\n]"]);
    check("CMD ['a', 'b']", &["None CMD sh [[a,] [b]]"]);
    check("CMD [\"a\",]", &["None CMD sh [[a,]]"]);
    check("CMD [\"a\", 1]", &["None CMD invalid: `CMD` has a JSON list with something else than strings"]);
    check("CMD [ -f /x ] && a", &["None CMD sh [[] [-f] [/x] []]; [a]"]);
    check("CMD [ ]", &["None CMD exec"]);
    check("COPY [\"a b\", \"c\"]", &["None COPY json [a b] -> [c]"]);
}

#[test]
fn names_and_values() {
    check(
        "ENV A=1 B=\"2 3\" C=4\\ 5 D='6' E=\"\" F=$A\nENV G h  i \nLABEL a.b=\"c d\" \"e f\"=g\nARG H\nARG I=1 J=\"2\" K\n",
        &[
            "None ENV [A]=[1] [B]=[2 3] [C]=[4 5] [D]=[6] [E]=[] [F]=[$A]",
            "None ENV [G] [h  i]",
            "None LABEL [a.b]=[c d] [e f]=[g]",
            "None ARG [H]=[-]",
            "None ARG [I]=[1] [J]=[2] [K]=[-]",
        ],
    );
    check("ENV A=1 \\\n    # c\n    B=2", &["None ENV [A]=[1] [B]=[2]"]);
}

#[test]
fn flags_come_first() {
    check(
        "RUN --mount=type=cache,target=/a --network=none a --b",
        &["None RUN --mount=type=cache,target=/a --network=none sh [a] [--b]"],
    );
    check("COPY --link --chown=\"a:b\" a b", &["None COPY --link=- --chown=a:b [a] -> [b]"]);
    check("ONBUILD COPY --from=x a b c", &["None ONBUILD {None COPY --from=x [a] [b] -> [c]}"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    check(
        "FROM\nFROM a b\nCOPY a\nCOPY <<E\nE\nEXPOSE\nENV A\nENV A=1 B\nSHELL /bin/sh\nHEALTHCHECK x\nRUN\nONBUILD\nFOO a\nARG =1",
        &[
            "None FROM invalid: `FROM` needs an image",
            "None FROM invalid: `FROM` takes an image, or an image and `AS` with a name",
            "None COPY invalid: `COPY` needs at least one source and a destination",
            "None COPY invalid: `COPY` needs at least one source and a destination <<E",
            "None EXPOSE invalid: `EXPOSE` needs a port",
            "None ENV invalid: `ENV` gives `A` no value",
            "None ENV invalid: `ENV` has `B` without `=`",
            "None SHELL invalid: `SHELL` needs a JSON list of a shell and its arguments, such as `[\"/bin/bash\", \"-c\"]`",
            "None HEALTHCHECK invalid: `HEALTHCHECK` needs `CMD` and a command, or `NONE`",
            "None RUN invalid: `RUN` needs a command",
            "None ONBUILD invalid: `ONBUILD` needs an instruction to keep, which is not `ONBUILD` again",
            "None FOO unknown",
            "None ARG invalid: `ARG` has a default without a name",
        ],
    );
}

#[test]
fn images_are_resolved_from_the_arguments_before_them() {
    let header = "ARG V=12\nARG N=debian:$V\nARG Q=\"a b\"\nARG E=\nARG U\n";
    let table = [
        ("$N", "debian:12"),
        ("debian:${V}-slim", "debian:12-slim"),
        ("x:${U:-1}", "x:1"),
        ("x:${E-1}${E:-2}", "x:2"),
        ("x${V:+:$V}${U:+y}", "x:12"),
        ("x:${U:-${V}}", "x:12"),
    ];
    for (image, resolved) in table {
        let text = format!("{header}FROM {image}");
        let source = Source::from_text("a", &text);
        let file = parse(&source);
        assert_eq!(file.base(&file.stages[0]).unwrap().resolved.as_deref(), Some(resolved), "{image}");
    }
    for image in ["$U", "x:${W}", "x:${V%2}", "${", "$", "x:${U?a}"] {
        let text = format!("{header}FROM {image}");
        let source = Source::from_text("a", &text);
        let file = parse(&source);
        assert_eq!(file.base(&file.stages[0]).unwrap().resolved, None, "{image}");
    }
}

#[test]
fn stages_know_their_bases_and_their_ends() {
    let text = "ARG B=one\nFROM a AS One\nRUN x\nFROM b AS one\nFROM $B\nUSER y\nFROM three AS three\n";
    check(
        text,
        &[
            "None ARG [B]=[one]",
            "0 FROM a as One",
            "0 RUN sh [x]",
            "1 FROM b as one",
            "2 FROM $B = one stage 1",
            "2 USER [y]",
            "3 FROM three as three",
        ],
    );
    let source = Source::from_text("a", text);
    let file = parse(&source);
    let ranges: Vec<_> = file.stages.iter().map(|stage| (stage.from, stage.end)).collect();
    assert_eq!(ranges, [(1, 3), (3, 4), (4, 6), (6, 7)]);
    let line: Vec<_> = file.ancestry(&file.stages[2]).iter().map(|stage| stage.index).collect();
    assert_eq!(line, [2, 1]);
}

#[test]
fn the_shell_holds_for_its_stage_and_those_built_on_it() {
    check(
        "FROM a AS x\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN a | b\nONBUILD RUN c\nFROM b\nRUN d\nFROM x\nRUN e",
        &[
            "0 FROM a as x",
            "0 SHELL [/bin/bash] [-eo] [pipefail] [-c]",
            "0 RUN bash(pipefail)(errexit) [a]; [b]",
            "0 ONBUILD {0 RUN bash(pipefail)(errexit) [c]}",
            "1 FROM b",
            "1 RUN sh [d]",
            "2 FROM x stage 0",
            "2 RUN bash(pipefail)(errexit) [e]",
        ],
    );
    check(
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir\nSHELL [\"powershell\", \"-Command\"]\nRUN a; b",
        &[
            "0 FROM mcr.microsoft.com/windows/servercore:ltsc2022",
            "0 RUN cmd",
            "0 SHELL [powershell] [-Command]",
            "0 RUN powershell",
        ],
    );
}

#[test]
fn spans_stand_in_the_source() {
    let text = "FROM a\nRUN apt-get \\\n  # why\n  install \\\n  -y curl\n";
    let source = Source::from_text("a", text);
    let file = parse(&source);
    let run = &file.instructions[1];
    assert_eq!(source.slice(run.span), &text[7..text.len() - 1]);
    let Body::Run(Command::Shell(script)) = &run.body else { panic!() };
    assert_eq!(source.slice(script.commands[0].words[1].span), "install");
    assert_eq!(source.slice(script.commands[0].words[3].span), "curl");
}

#[test]
fn hostile_files_take_linear_time() {
    let many = |text: &str, count: usize| text.repeat(count);
    for text in [
        format!("RUN {}", many("a", 1 << 20)),
        format!("RUN {}", many("a ", 1 << 19)),
        format!("RUN {}", many("a \\\n", 10_000)),
        format!("ENV {}", many("a=\"b\\\n\" ", 10_000)),
        format!("ENV {}", many("a\\\n", 10_000)),
        many("RUN <<a\n", 10_000),
        format!("RUN {}", many("<<a ", 10_000)),
        format!("RUN {}\n", many("<<a ", 1000)) + &many("a\n", 10_000),
        format!("COPY {}", many("<<a ", 10_000)),
        many("FROM a AS b\nFROM b\n", 5_000),
        many("ONBUILD ", 10_000),
        format!("RUN {}", many("--a ", 10_000)),
        format!("CMD [{}", many("\"a\", ", 10_000)),
        many("ARG A=$A$A\n", 2_000) + "FROM $A",
        format!("ARG A={}\n", many("b", 4000)) + &many("ARG B=$A\n", 10_000),
        format!("FROM {}", many("${a:-", 10_000)),
        many("# escape=`\n", 10_000),
    ] {
        let start = std::time::Instant::now();
        parse(&Source::from_text("a", &text));
        assert!(start.elapsed().as_secs() < 120, "{}", &text[..20]);
    }
}

fn spans(file: &Dockerfile<'_>) -> Vec<Span> {
    let mut spans = file.comments.clone();
    spans.extend(file.directives.iter().flat_map(|each| [each.span, each.value.span]));
    for instruction in file.instructions.iter().chain(file.all()) {
        spans.extend([instruction.span, instruction.keyword_span]);
        spans.extend(instruction.heredocs.iter().map(|each| each.body));
        for flag in &instruction.flags {
            spans.extend(flag.value.iter().map(|value| value.span).chain([flag.span]));
        }
        match &instruction.body {
            Body::From(from) => {
                spans.extend([Some(from.image.span), from.name.as_ref().map(|name| name.span)].into_iter().flatten())
            }
            Body::Run(run) | Body::Cmd(run) | Body::Entrypoint(run) | Body::Healthcheck(Healthcheck::Cmd(run)) => {
                match run {
                    Command::Exec(list) => spans.extend(list.iter().map(|word| word.span)),
                    Command::Shell(script) => {
                        spans.push(script.span);
                        spans.extend(script.broken);
                        spans.extend(
                            script
                                .commands
                                .iter()
                                .flat_map(|call| call.words.iter().map(|word| word.span).chain([call.span])),
                        );
                    }
                }
            }
            Body::Copy(copy) | Body::Add(copy) => {
                spans.extend(copy.sources.iter().chain([&copy.destination]).map(|word| word.span))
            }
            Body::Env(pairs) | Body::Label(pairs) | Body::Arg(pairs) => {
                spans.extend(
                    pairs
                        .iter()
                        .flat_map(|pair| [Some(pair.key.span), pair.value.as_ref().map(|value| value.span)])
                        .flatten(),
                );
            }
            Body::Shell(list) | Body::Expose(list) | Body::Volume(list) => {
                spans.extend(list.iter().map(|word| word.span))
            }
            Body::User(word) | Body::Workdir(word) | Body::Stopsignal(word) | Body::Maintainer(word) => {
                spans.push(word.span)
            }
            Body::Invalid(_, span) => spans.push(*span),
            Body::Healthcheck(Healthcheck::None) | Body::Onbuild(_) | Body::Unknown => {}
        }
    }
    spans
}

const LIKE_A_DOCKERFILE: &str = r#"((FROM|RUN|COPY|ENV|ARG|CMD|SHELL|ONBUILD|HEALTHCHECK|LABEL|VOLUME|# |# escape=`|é|EOF|<<EOF|<<-"EOF"|--a=b|\["a", ?|"\]|&&|\$X|[a-c=\\`"'|$(){} \t])( ?|\n|\r\n|\\\n)){0,40}"#;

proptest! {
    #[test]
    fn spans_are_ranges_of_characters(text in prop_oneof![LIKE_A_DOCKERFILE, any::<String>()]) {
        let source = Source::from_text("a", &text);
        let file = parse(&source);
        for span in spans(&file) {
            prop_assert!(source.text.get(span.range()).is_some(), "{span:?}");
        }
    }

    #[test]
    fn every_line_that_says_something_is_in_one_instruction(text in prop_oneof![LIKE_A_DOCKERFILE, any::<String>()]) {
        let source = Source::from_text("a", &text);
        let file = parse(&source);
        for pair in file.instructions.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start, "{pair:?}");
        }
        for number in 1..=source.line_count() {
            let line = source.line(number);
            let trimmed = source.slice(line).trim_matches([' ', '\t', '\r', '\x0b', '\x0c']);
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                let inside = file.instructions.iter().filter(|each| each.span.contains(Span::new(line.end - 1, line.end))).count();
                prop_assert_eq!(inside, 1, "line {}: {:?}", number, trimmed);
            }
        }
    }
}
