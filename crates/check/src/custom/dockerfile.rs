//! Dockerfiles as checks in Rego and CEL see them: split as BuildKit's own parser does it.

use boltseal_policy::{Form, Subject};
use boltseal_posture::dockerfile::{Body, Command, Dockerfile, Healthcheck, Instruction, Pair, Word};
use boltseal_posture::{Source, Span};

/// A Dockerfile.
pub(super) fn subject(file: &Dockerfile<'_>) -> Subject {
    let mut comments = file.comments.iter().peekable();
    let mut commands = Vec::new();
    for instruction in &file.instructions {
        let mut command = command(file, instruction);
        while let Some(comment) = comments.next_if(|comment| comment.end <= instruction.span.start) {
            command.comments.push(file.source.slice(*comment).trim_start_matches('#').trim().to_owned());
        }
        // Those within an instruction belong to nothing.
        while comments.next_if(|comment| comment.start < instruction.span.end).is_some() {}
        commands.push(command);
    }
    Subject {
        form: Form::Dockerfile,
        path: file.source.path.to_owned(),
        document: serde_json::Value::Null,
        document_with_lines: serde_json::Value::Null,
        commands,
    }
}

fn command(file: &Dockerfile<'_>, instruction: &Instruction) -> boltseal_policy::Command {
    let source = file.source;
    let stage = instruction.stage.and_then(|stage| file.stages.get(stage));
    let from = stage.and_then(|stage| file.instructions.get(stage.from));
    let sub = match &instruction.body {
        Body::Onbuild(kept) => kept.keyword.to_lowercase(),
        _ => String::new(),
    };
    let inner = match &instruction.body {
        Body::Onbuild(kept) => kept,
        _ => instruction,
    };
    let (values, json) = values(source, inner, file.escape);
    boltseal_policy::Command {
        name: instruction.keyword.to_lowercase(),
        sub,
        flags: instruction.flags.iter().map(|flag| source.slice(flag.span).to_owned()).collect(),
        values,
        json,
        original: joined(source.slice(instruction.span), file.escape),
        stage: instruction.stage.unwrap_or_default(),
        stage_name: from.map(|from| rest(source, from, file.escape)).unwrap_or_default(),
        start_line: line(source.line_of(instruction.span.start)),
        end_line: line(source.line_of(instruction.span.end)),
        comments: Vec::new(),
    }
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What stands after the keyword and its flags, on one line.
fn rest(source: &Source<'_>, instruction: &Instruction, escape: char) -> String {
    let from = instruction.flags.last().map_or(instruction.keyword_span.end, |flag| flag.span.end);
    joined(source.slice(Span::new(from, instruction.span.end)).trim(), escape)
}

/// The arguments as the build's own parser splits them, and whether they are a JSON list.
fn values(source: &Source<'_>, instruction: &Instruction, escape: char) -> (Vec<String>, bool) {
    let texts = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    let rest = || rest(source, instruction, escape);
    let is_list = || rest().starts_with('[');
    match &instruction.body {
        Body::From(_) => (rest().split_whitespace().map(str::to_owned).collect(), false),
        Body::Run(Command::Exec(words))
        | Body::Cmd(Command::Exec(words))
        | Body::Entrypoint(Command::Exec(words))
        | Body::Shell(words) => (texts(words), true),
        Body::Run(Command::Shell(_)) if !instruction.heredocs.is_empty() => {
            (vec![script(source, instruction, &rest())], false)
        }
        Body::Copy(copy) | Body::Add(copy) => {
            let mut values = texts(&copy.sources);
            values.push(copy.destination.text.clone());
            (values, copy.json)
        }
        Body::Env(pairs) | Body::Label(pairs) => {
            let each = |pair: &Pair| {
                let value = pair.value.as_ref().map(|value| source.slice(value.span).to_owned()).unwrap_or_default();
                [pair.key.text.clone(), value, if pair.legacy { String::new() } else { "=".to_owned() }]
            };
            (pairs.iter().flat_map(each).collect(), false)
        }
        Body::Arg(pairs) => {
            let each = |pair: &Pair| match &pair.value {
                Some(value) => format!("{}={}", pair.key.text, source.slice(value.span)),
                None => pair.key.text.clone(),
            };
            (pairs.iter().map(each).collect(), false)
        }
        Body::Healthcheck(Healthcheck::None) => (vec!["NONE".to_owned()], false),
        Body::Healthcheck(Healthcheck::Cmd(Command::Exec(words))) => {
            (std::iter::once("CMD".to_owned()).chain(texts(words)).collect(), true)
        }
        Body::Healthcheck(Healthcheck::Cmd(Command::Shell(_))) => {
            let rest = rest();
            let (word, command) = rest.split_once(char::is_whitespace).unwrap_or((&rest, ""));
            (vec![word.to_ascii_uppercase(), command.trim_start().to_owned()], false)
        }
        Body::Volume(words) => (texts(words), is_list()),
        Body::Expose(words) => (texts(words), false),
        _ => (vec![rest()], false),
    }
}

/// The text of a `RUN` with here-documents: one that is the script itself becomes one line, as Trivy joins it.
fn script(source: &Source<'_>, instruction: &Instruction, rest: &str) -> String {
    let first = rest.lines().next().unwrap_or_default();
    let Some(heredoc) = instruction.heredocs.first() else { return rest.to_owned() };
    let body = source.slice(heredoc.body);
    let is_script = first.starts_with("<<") && !first.contains(char::is_whitespace) && !body.starts_with("#!");
    if !is_script {
        return rest.to_owned();
    }
    let tabs: &[char] = if heredoc.strip { &['\t'] } else { &[] };
    body.lines().map(|line| line.trim_start_matches(tabs)).collect::<Vec<_>>().join(" ; ")
}

/// Continuation lines joined, as the build's own parser does it.
fn joined(text: &str, escape: char) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut continued = false;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        if continued && (line.trim_start().starts_with('#') || line.trim().is_empty()) {
            continue;
        }
        if !whole.is_empty() && !continued {
            whole.push('\n');
        }
        match line.trim_end().strip_suffix(escape) {
            Some(start) => {
                whole.push_str(start);
                continued = true;
            }
            None => {
                whole.push_str(line);
                continued = false;
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use boltseal_posture::dockerfile::parse;

    #[test]
    fn instructions_are_split_as_buildkit_does_it() {
        let text = "# top\nARG A=1 B\nFROM --platform=x debian:12 AS build\nENV a=1 b=\"2 3\"\n# why\nRUN apt-get update && \\\n  # within\n  apt-get install x\nRUN <<EOF\none\ntwo\nEOF\nCMD [\"a\", \"b\"]\nHEALTHCHECK --interval=1s CMD curl x\nONBUILD COPY a b /c/\nFROM build\n";
        let source = Source::from_text("Dockerfile", text);
        let commands = subject(&parse(&source)).commands;
        let all: Vec<(&str, Vec<&str>)> = commands
            .iter()
            .map(|command| (command.name.as_str(), command.values.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(
            all,
            [
                ("arg", vec!["A=1", "B"]),
                ("from", vec!["debian:12", "AS", "build"]),
                ("env", vec!["a", "1", "=", "b", "\"2 3\"", "="]),
                ("run", vec!["apt-get update &&   apt-get install x"]),
                ("run", vec!["one ; two"]),
                ("cmd", vec!["a", "b"]),
                ("healthcheck", vec!["CMD", "curl x"]),
                ("onbuild", vec!["a", "b", "/c/"]),
                ("from", vec!["build"]),
            ]
        );
        let flags: Vec<&str> = commands.iter().flat_map(|command| &command.flags).map(String::as_str).collect();
        assert_eq!(flags, ["--platform=x", "--interval=1s"]);
        assert_eq!((commands[0].stage_name.as_str(), commands[1].stage_name.as_str()), ("", "debian:12 AS build"));
        assert_eq!((commands[7].sub.as_str(), commands[5].json, commands[8].stage), ("copy", true, 1));
        assert_eq!(
            (commands[0].comments.as_slice(), commands[3].comments.as_slice()),
            (["top".to_owned()].as_slice(), ["why".to_owned()].as_slice())
        );
        assert_eq!((commands[3].start_line, commands[3].end_line), (6, 8));
    }
}
