//! One instruction: keyword, flags, and what its arguments say.

use crate::source::{Source, Span};

use super::super::shell::{self, Interpreter};
use super::super::syntax::{Body, Command, Copy, Flag, From, Healthcheck, Heredoc, Instruction, Pair, Word};
use super::super::text::Text;
use super::line::{Line, Lines, is_heredoc};
use super::word::{Range, fields, is_blank, is_other_list, json_list, quoted_fields, trim, unquote};

/// What reading an instruction depends on.
pub(super) struct Reader<'r> {
    pub(super) source: &'r Source<'r>,
    pub(super) escape: char,
    pub(super) shell: &'r Interpreter,
}

/// The parts of a logical line.
struct Parts {
    keyword: Range,
    flags: Vec<Flag>,
    /// What follows the flags.
    rest: Range,
}

impl Reader<'_> {
    /// Reads a logical line and the here-documents that follow it.
    pub(super) fn read(&self, mut line: Line, lines: &mut Lines<'_>) -> Instruction {
        let length = line.text.as_str().len();
        let parts = self.parts(&line.text, 0..length);
        let kept = (keyword(&line.text, &parts) == "ONBUILD" && !parts.rest.is_empty())
            .then(|| self.parts(&line.text, parts.rest.clone()));
        let holder = kept.as_ref().unwrap_or(&parts);
        let may_hold = matches!(keyword(&line.text, holder).as_str(), "RUN" | "COPY" | "ADD");
        let heredocs = if may_hold && json_list(&line.text, holder.rest.clone()).is_none() {
            lines.heredocs(&mut line, holder.rest.clone())
        } else {
            Vec::new()
        };
        let span = line.span;
        let Some(kept) = kept else { return self.instruction(&line.text, parts, span, heredocs) };
        let inner_span = Span::new(line.text.span(kept.keyword.start, kept.keyword.end).start, span.end);
        let inner = self.instruction(&line.text, kept, inner_span, heredocs.clone());
        Instruction {
            keyword: keyword(&line.text, &parts),
            keyword_span: line.text.span(parts.keyword.start, parts.keyword.end),
            span,
            flags: parts.flags,
            body: Body::Onbuild(Box::new(inner)),
            stage: None,
            heredocs,
        }
    }

    fn parts(&self, text: &Text, range: Range) -> Parts {
        let all = trim(text, range);
        let bytes = text.as_str().as_bytes();
        let end = all.clone().find(|at| bytes.get(*at).copied().is_none_or(is_blank)).unwrap_or(all.end);
        let keyword = all.start..end;
        let (flags, rest) = self.flags(text, trim(text, end..all.end));
        Parts { keyword, flags, rest }
    }

    /// Flags stand before everything else; `--` ends them.
    fn flags(&self, text: &Text, range: Range) -> (Vec<Flag>, Range) {
        let mut flags = Vec::new();
        let mut rest = range;
        while text.as_str().get(rest.clone()).is_some_and(|rest| rest.starts_with("--")) {
            let flag = self.first_field(text, rest.clone());
            rest = trim(text, flag.end..rest.end);
            let raw = text.as_str().get(flag.start + 2..flag.end).unwrap_or_default();
            if raw.is_empty() {
                break;
            }
            let (name, value) = raw.split_once('=').map_or((raw, None), |(name, value)| (name, Some(value.len())));
            flags.push(Flag {
                name: name.to_owned(),
                value: value.map(|length| unquote(text, flag.end - length..flag.end, self.escape)),
                span: text.span(flag.start, flag.end),
            });
        }
        (flags, rest)
    }

    /// The first part up to a blank outside of quotes.
    fn first_field(&self, text: &Text, range: Range) -> Range {
        let bytes = text.as_str().as_bytes();
        let mut quote = None;
        let mut at = range.start;
        while at < range.end {
            let byte = bytes.get(at).copied().unwrap_or(b' ');
            match quote {
                None if is_blank(byte) => break,
                None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
                Some(open) if byte == open => quote = None,
                _ if char::from(byte) == self.escape => at += 1,
                _ => {}
            }
            at += 1;
        }
        range.start..at.min(range.end)
    }

    fn instruction(&self, text: &Text, parts: Parts, span: Span, heredocs: Vec<Heredoc>) -> Instruction {
        let keyword = keyword(text, &parts);
        let keyword_span = text.span(parts.keyword.start, parts.keyword.end);
        let rest = parts.rest.clone();
        let wrong = Span::new(keyword_span.start, text.span(rest.start, rest.end).end.max(keyword_span.end));
        let body =
            self.body(&keyword, text, rest, &heredocs, span).unwrap_or_else(|message| Body::Invalid(message, wrong));
        Instruction { keyword, keyword_span, span, flags: parts.flags, body, stage: None, heredocs }
    }

    fn body(&self, keyword: &str, text: &Text, rest: Range, heredocs: &[Heredoc], span: Span) -> Result<Body, String> {
        let empty = rest.is_empty();
        let command = || self.command(text, rest.clone(), heredocs, span);
        let needs = |what: &str| Err(format!("`{keyword}` needs {what}"));
        if matches!(keyword, "RUN" | "CMD" | "ENTRYPOINT" | "SHELL" | "COPY" | "ADD" | "VOLUME")
            && is_other_list(text, rest.clone())
        {
            return Err(format!("`{keyword}` has a JSON list with something else than strings"));
        }
        Ok(match keyword {
            "FROM" => Body::From(self.from(text, rest)?),
            "RUN" if empty => return needs("a command"),
            "RUN" => Body::Run(command()),
            "CMD" => Body::Cmd(command()),
            "ENTRYPOINT" if empty => return needs("a command"),
            "ENTRYPOINT" => Body::Entrypoint(command()),
            "SHELL" => match json_list(text, rest) {
                Some(words) if !words.is_empty() => Body::Shell(words),
                _ => return needs("a JSON list of a shell and its arguments, such as `[\"/bin/bash\", \"-c\"]`"),
            },
            "COPY" => Body::Copy(self.copy(keyword, text, rest)?),
            "ADD" => Body::Add(self.copy(keyword, text, rest)?),
            "ENV" | "LABEL" if empty => return needs("a name and a value"),
            "ENV" => Body::Env(self.pairs(keyword, text, rest)?),
            "LABEL" => Body::Label(self.pairs(keyword, text, rest)?),
            "ARG" if empty => return needs("a name"),
            "ARG" => Body::Arg(self.arguments(text, rest)?),
            "USER" | "WORKDIR" | "STOPSIGNAL" | "MAINTAINER" if empty => return needs("a value"),
            "USER" => Body::User(self.word(text, rest)),
            "WORKDIR" => Body::Workdir(self.word(text, rest)),
            "STOPSIGNAL" => Body::Stopsignal(self.word(text, rest)),
            "MAINTAINER" => Body::Maintainer(self.word(text, rest)),
            "EXPOSE" if empty => return needs("a port"),
            "EXPOSE" => Body::Expose(self.words(text, rest)),
            "VOLUME" => match json_list(text, rest.clone()).unwrap_or_else(|| self.words(text, rest)) {
                words if words.is_empty() => return needs("a path"),
                words => Body::Volume(words),
            },
            "HEALTHCHECK" => Body::Healthcheck(self.healthcheck(text, rest)?),
            // With an instruction to keep, this is not reached.
            "ONBUILD" => return needs("an instruction to keep, which is not `ONBUILD` again"),
            _ => Body::Unknown,
        })
    }

    fn word(&self, text: &Text, range: Range) -> Word {
        unquote(text, range, self.escape)
    }

    fn words(&self, text: &Text, range: Range) -> Vec<Word> {
        fields(text, range).into_iter().map(|field| self.word(text, field)).collect()
    }

    fn from(&self, text: &Text, rest: Range) -> Result<From, String> {
        let mut words = self.words(text, rest).into_iter();
        let (image, between, name, more) = (words.next(), words.next(), words.next(), words.next());
        let Some(image) = image else { return Err("`FROM` needs an image".to_owned()) };
        let name = match (between, name, more) {
            (None, ..) => None,
            (Some(between), Some(name), None) if between.text.eq_ignore_ascii_case("as") => Some(name),
            _ => return Err("`FROM` takes an image, or an image and `AS` with a name".to_owned()),
        };
        Ok(From { image, name, stage: None, resolved: None })
    }

    fn copy(&self, keyword: &str, text: &Text, rest: Range) -> Result<Copy, String> {
        let list = json_list(text, rest.clone());
        let json = list.is_some();
        let (mut sources, heredocs) = match list {
            Some(words) => (words, 0),
            None => {
                let (heredocs, paths): (Vec<_>, Vec<_>) =
                    fields(text, rest).into_iter().partition(|field| is_heredoc(text, field.clone()));
                (paths.into_iter().map(|path| self.word(text, path)).collect(), heredocs.len())
            }
        };
        let count = sources.len() + heredocs;
        match sources.pop() {
            Some(destination) if count > 1 => Ok(Copy { sources, destination, json }),
            _ => Err(format!("`{keyword}` needs at least one source and a destination")),
        }
    }

    /// `key=value …`, or `key value` with the rest of the line as the value.
    fn pairs(&self, keyword: &str, text: &Text, rest: Range) -> Result<Vec<Pair>, String> {
        let (words, _) = quoted_fields(text, rest.clone(), self.escape);
        if words.first().is_some_and(|first| equals(text, first).is_none()) {
            let key = fields(text, rest.clone()).into_iter().next().unwrap_or_default();
            let value = trim(text, key.end..rest.end);
            if value.is_empty() {
                let key = text.as_str().get(key).unwrap_or_default();
                return Err(format!("`{keyword}` gives `{key}` no value"));
            }
            let (key, value) = (self.word(text, key), Some(self.word(text, value)));
            return Ok(vec![Pair { key, value, legacy: true }]);
        }
        let pair = |word: &Range| {
            let at = equals(text, word).ok_or_else(|| {
                let word = text.as_str().get(word.clone()).unwrap_or_default();
                format!("`{keyword}` has `{word}` without `=`")
            })?;
            Ok(self.pair(text, word, Some(at)))
        };
        let pairs: Vec<Pair> = words.iter().map(pair).collect::<Result<_, String>>()?;
        match pairs.iter().any(|pair| pair.key.text.is_empty()) {
            true => Err(format!("`{keyword}` has a value without a name")),
            false => Ok(pairs),
        }
    }

    fn arguments(&self, text: &Text, rest: Range) -> Result<Vec<Pair>, String> {
        let (words, _) = quoted_fields(text, rest, self.escape);
        let pairs: Vec<Pair> = words.iter().map(|word| self.pair(text, word, equals(text, word))).collect();
        match pairs.iter().any(|pair| pair.key.text.is_empty()) {
            true => Err("`ARG` has a default without a name".to_owned()),
            false => Ok(pairs),
        }
    }

    fn pair(&self, text: &Text, word: &Range, equals: Option<usize>) -> Pair {
        let key = self.word(text, word.start..equals.unwrap_or(word.end));
        Pair { key, value: equals.map(|at| self.word(text, at + 1..word.end)), legacy: false }
    }

    fn healthcheck(&self, text: &Text, rest: Range) -> Result<Healthcheck, String> {
        let kind = fields(text, rest.clone()).into_iter().next().unwrap_or(rest.start..rest.start);
        let arguments = trim(text, kind.end..rest.end);
        let kind = text.as_str().get(kind).unwrap_or_default().to_ascii_uppercase();
        match kind.as_str() {
            "NONE" if arguments.is_empty() => Ok(Healthcheck::None),
            "NONE" => Err("`HEALTHCHECK NONE` takes no arguments".to_owned()),
            "CMD" if arguments.is_empty() => Err("`HEALTHCHECK CMD` needs a command".to_owned()),
            "CMD" => {
                let span = text.span(arguments.start, arguments.end);
                Ok(Healthcheck::Cmd(self.command(text, arguments, &[], span)))
            }
            _ => Err("`HEALTHCHECK` needs `CMD` and a command, or `NONE`".to_owned()),
        }
    }

    fn command(&self, text: &Text, rest: Range, heredocs: &[Heredoc], span: Span) -> Command {
        if let Some(words) = json_list(text, rest.clone()) {
            return Command::Exec(words);
        }
        let (Some(first), Some(last)) = (heredocs.first(), heredocs.last()) else {
            return Command::Shell(shell::read(&text.part(rest.start, rest.end), self.shell));
        };
        let mut script = Text::default();
        let alone = || quoted_fields(text, rest.clone(), '\\').0.len() == 1 && is_heredoc(text, rest.clone());
        if heredocs.len() == 1 && alone() {
            script.push(self.source.slice(first.body), first.body.start);
            let own = Interpreter::of_shebang(script.as_str());
            return Command::Shell(shell::read(&script, own.as_ref().unwrap_or(self.shell)));
        }
        // The shell reads the here-documents itself: they follow the line as they stand.
        script.push_part(text, rest.start, rest.end);
        let end = span.end.max(last.body.end);
        if first.body.start < end {
            script.push("\n", first.body.start.saturating_sub(1));
        }
        script.push(self.source.slice(Span::new(first.body.start, end)), first.body.start);
        Command::Shell(shell::read(&script, self.shell))
    }
}

fn keyword(text: &Text, parts: &Parts) -> String {
    text.as_str().get(parts.keyword.clone()).unwrap_or_default().to_ascii_uppercase()
}

/// Where the `=` of a word is.
fn equals(text: &Text, word: &Range) -> Option<usize> {
    text.as_str().get(word.clone())?.find('=').map(|at| word.start + at)
}
