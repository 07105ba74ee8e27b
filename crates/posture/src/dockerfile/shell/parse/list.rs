//! Lists of commands: connectors, compound commands, simple commands, here-documents.

mod redirect;

use super::word::Lexeme;
use super::{Found, Output};
use crate::dockerfile::shell::interpreter::{Options, is_shell};
use crate::dockerfile::shell::{Call, Join, Program};
use crate::dockerfile::syntax::Word;
use crate::dockerfile::text::Text;
use redirect::is_heredoc;

/// Where a list ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Until {
    #[default]
    End,
    /// At the `)` for the beginning at this offset.
    Parenthesis(usize),
}

/// Where a reader stands in the whole.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Level {
    pub(super) depth: usize,
    pub(super) substituted: bool,
    /// How many readers there are around it.
    pub(super) nesting: usize,
    pub(super) until: Until,
}

/// A script in a word or here-document is read when there are not more readers than these around it.
const DEEPEST_SCRIPT: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    If,
    Loop,
    Case,
    Brace,
    Subshell,
}

/// A compound command that is open.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    start: usize,
    pipeline: usize,
    /// In a `case`, a pattern comes next.
    pattern: bool,
}

/// A here-document whose text begins after the line.
#[derive(Debug)]
pub(super) struct Pending {
    name: String,
    strip: bool,
    call: Option<(usize, usize)>,
    /// A shell reads it.
    script: bool,
}

/// Reads one text.
#[derive(Debug)]
pub(super) struct Reader<'t, 'o> {
    pub(super) text: &'t Text,
    pub(super) output: &'o mut Output,
    pub(super) at: usize,
    pub(super) level: Level,
    frames: Vec<Frame>,
    join: Join,
    pipeline: usize,
    /// A command stands before, to which a connector belongs.
    after_command: bool,
    pending: Vec<Pending>,
    /// `((` turned out to be two subshells.
    no_arithmetic: bool,
}

impl<'t, 'o> Reader<'t, 'o> {
    pub(super) fn new(text: &'t Text, output: &'o mut Output, level: Level) -> Self {
        let pipeline = output.pipeline();
        Self {
            text,
            output,
            at: 0,
            level,
            frames: Vec::new(),
            join: Join::First,
            pipeline,
            after_command: false,
            pending: Vec::new(),
            no_arithmetic: false,
        }
    }

    pub(super) fn bytes(&self) -> &'t [u8] {
        self.text.as_str().as_bytes()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes().get(self.at + ahead).copied()
    }

    /// Where the next such byte is, or the end.
    pub(super) fn run_until(&self, stops: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        rest.iter().position(|byte| stops(*byte)).map_or(self.bytes().len(), |run| self.at + run)
    }

    /// The offset after the character at an offset.
    pub(super) fn after_character(&self, at: usize) -> usize {
        let rest = self.text.as_str().get(at..).unwrap_or_default();
        at.min(self.bytes().len()) + rest.chars().next().map_or(0, char::len_utf8)
    }

    /// The offset after a backslash and a line break.
    pub(super) fn joined_line(&self, at: usize) -> Option<usize> {
        let rest = self.text.as_str().get(at + 1..)?;
        let after = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
        Some(self.bytes().len() - after.len())
    }

    pub(super) fn broken(&mut self, start: usize, end: usize) {
        self.output.broken(self.text.span(start, end.min(self.bytes().len())));
    }

    pub(super) fn inner(&self, substituted: bool) -> Level {
        Level {
            depth: self.depth() + 1,
            substituted: substituted || self.level.substituted,
            nesting: self.level.nesting + 1,
            until: Until::End,
        }
    }

    pub(super) fn pending(&mut self) -> Vec<Pending> {
        std::mem::take(&mut self.pending)
    }

    pub(super) fn wait_for(&mut self, pending: Vec<Pending>) {
        self.pending.extend(pending);
    }

    fn depth(&self) -> usize {
        self.level.depth + self.frames.len()
    }

    pub(super) fn run(&mut self) {
        loop {
            self.blanks();
            if self.frames.last().is_some_and(|frame| frame.pattern) {
                if self.pattern() {
                    continue;
                }
                break;
            }
            match self.peek() {
                None => break,
                Some(b'#') => self.comment(),
                Some(b'\n') => self.line_break(),
                Some(b')') => {
                    if self.end_of_list() {
                        return;
                    }
                }
                Some(b'(') => self.parenthesis(),
                Some(b';' | b'&' | b'|') if !self.at_redirect() => self.connector(),
                Some(_) => self.command(),
            }
        }
        let dangling = matches!(self.join, Join::And | Join::Or | Join::Pipe) && !self.after_command;
        if let Until::Parenthesis(open) = self.level.until {
            self.broken(open, open + 1);
        } else if let Some(frame) = self.frames.last() {
            self.broken(frame.start, frame.start + 1);
        } else if dangling {
            self.broken(self.at.saturating_sub(1), self.at);
        }
    }

    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') => match self.joined_line(self.at) {
                    Some(after) => self.at = after,
                    None => return,
                },
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        self.at = self.run_until(|byte| byte == b'\n');
    }

    fn line_break(&mut self) {
        self.at += 1;
        if self.after_command {
            self.connect(Join::Then);
        }
        if !self.pending.is_empty() {
            self.heredoc_bodies();
        }
    }

    fn connect(&mut self, join: Join) {
        self.join = join;
        self.after_command = false;
        if join != Join::Pipe {
            self.pipeline = self.output.pipeline();
        }
    }

    /// A list within a compound command begins anew, as after `then`.
    fn begin_list(&mut self) {
        self.connect(Join::First);
    }

    fn connector(&mut self) {
        let start = self.at;
        let case_ends = [";;&", ";;", ";&"];
        let rest = self.text.as_str().get(start..).unwrap_or_default();
        if let Some(end) = case_ends.iter().find(|end| rest.starts_with(**end)) {
            self.at += end.len();
            match self.frames.last_mut().filter(|frame| frame.kind == Kind::Case) {
                Some(frame) => frame.pattern = true,
                None => self.broken(start, self.at),
            }
            self.begin_list();
            return;
        }
        let (length, join) = match (rest.as_bytes().first(), rest.as_bytes().get(1)) {
            (Some(b'&'), Some(b'&')) => (2, Join::And),
            (Some(b'|'), Some(b'|')) => (2, Join::Or),
            (Some(b'|'), Some(b'&')) => (2, Join::Pipe),
            (Some(b'|'), _) => (1, Join::Pipe),
            _ => (1, Join::Then),
        };
        self.at += length;
        if !self.after_command {
            self.broken(start, self.at);
        }
        self.connect(join);
    }

    fn open(&mut self, kind: Kind, start: usize) {
        if self.after_command {
            self.broken(start, start + 1);
        }
        self.frames.push(Frame { kind, start, pipeline: self.pipeline, pattern: kind == Kind::Case });
        self.after_command = false;
    }

    fn close(&mut self, kind: Kind, start: usize) {
        match self.frames.pop_if(|frame| frame.kind == kind) {
            Some(frame) => self.pipeline = frame.pipeline,
            None => self.broken(start, self.at),
        }
        self.after_command = true;
    }

    /// At `)`: whether the list ends there.
    fn end_of_list(&mut self) -> bool {
        let start = self.at;
        self.at += 1;
        if self.frames.last().is_some_and(|frame| frame.kind == Kind::Subshell) {
            self.close(Kind::Subshell, start);
            return false;
        }
        let ends = self.level.until != Until::End;
        if !ends || !self.frames.is_empty() {
            self.broken(start, self.at);
        }
        ends
    }

    fn parenthesis(&mut self) {
        let start = self.at;
        if self.peek_at(1) == Some(b'(') && !self.no_arithmetic && !self.after_command {
            let was_broken = self.output.broken;
            self.arithmetic();
            if self.bytes().get(self.at.saturating_sub(2)..self.at) == Some(b"))") {
                self.after_command = true;
                return;
            }
            self.output.broken = was_broken;
            self.at = start;
            self.no_arithmetic = true;
        }
        self.at += 1;
        self.open(Kind::Subshell, start);
    }

    /// Patterns of a `case` up to `)`, or its `esac`. Tells whether there is more to read.
    fn pattern(&mut self) -> bool {
        let start = self.at;
        match self.peek() {
            None => return false,
            Some(b'#') => self.comment(),
            Some(b'\n') => self.line_break(),
            Some(b'(' | b'|') => self.at += 1,
            Some(b')') => {
                self.at += 1;
                self.frames.last_mut().into_iter().for_each(|frame| frame.pattern = false);
                self.begin_list();
            }
            Some(b';' | b'&' | b'<' | b'>') => {
                self.at += 1;
                self.broken(start, self.at);
            }
            Some(_) => {
                if self.word().reserved() == "esac" {
                    self.close(Kind::Case, start);
                }
            }
        }
        true
    }

    fn command(&mut self) {
        let start = self.at;
        if self.at_redirect() {
            if self.after_command {
                // Of a compound command.
                self.redirect();
            } else {
                self.simple(None);
            }
            return;
        }
        let first = self.word();
        let follows = self.after_command && !matches!(first.reserved(), "then" | "else" | "elif" | "do" | "}");
        if follows && !matches!(first.reserved(), "fi" | "done" | "esac") {
            self.broken(start, start + 1);
        }
        match first.reserved() {
            "if" => self.open(Kind::If, start),
            "while" | "until" => self.open(Kind::Loop, start),
            "for" | "select" => self.for_header(start),
            "case" => self.case_header(start),
            "{" => self.open(Kind::Brace, start),
            "then" | "else" | "elif" => self.middle(Kind::If, start),
            "do" => self.middle(Kind::Loop, start),
            "fi" => self.close(Kind::If, start),
            "done" => self.close(Kind::Loop, start),
            "esac" => self.close(Kind::Case, start),
            "}" => self.close(Kind::Brace, start),
            "!" | "time" if self.compound_follows() => {}
            "function" => {
                self.blanks();
                self.word();
                self.empty_parentheses();
            }
            "[[" => self.simple(Some(first)),
            _ if self.empty_parentheses() => {}
            _ => self.simple(Some(first)),
        }
    }

    fn middle(&mut self, kind: Kind, start: usize) {
        if self.frames.last().is_none_or(|frame| frame.kind != kind) {
            self.broken(start, self.at);
        }
        self.begin_list();
    }

    /// `for name in words`, or `for ((…))`; the list follows after `do`.
    fn for_header(&mut self, start: usize) {
        self.open(Kind::Loop, start);
        self.blanks();
        if self.bytes().get(self.at..self.at + 2) == Some(b"((") {
            self.arithmetic();
        } else {
            self.argument();
            self.blanks();
            while self.peek() == Some(b'\n') {
                self.line_break();
                self.blanks();
            }
            let before = self.at;
            if self.argument().is_some_and(|word| word.reserved() == "in") {
                while self.argument().is_some() {}
            } else {
                self.at = before;
            }
        }
        self.after_command = true;
    }

    fn case_header(&mut self, start: usize) {
        self.open(Kind::Case, start);
        self.argument();
        self.blanks();
        while self.peek() == Some(b'\n') {
            self.line_break();
            self.blanks();
        }
        let at = self.at;
        if self.argument().is_none_or(|word| word.reserved() != "in") {
            self.broken(start, at);
        }
    }

    /// The next word of the same command.
    fn argument(&mut self) -> Option<Lexeme> {
        self.blanks();
        match self.peek()? {
            b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'#' => None,
            b'<' | b'>' if self.peek_at(1) != Some(b'(') => None,
            _ => Some(self.word()),
        }
    }

    /// `!` and `time` before a compound command.
    fn compound_follows(&self) -> bool {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let rest = rest.get(blanks..).unwrap_or_default();
        let word = rest.iter().take(6).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'{').count();
        rest.first() == Some(&b'(')
            || matches!(rest.get(..word), Some(b"{" | b"if" | b"for" | b"while" | b"until" | b"case"))
    }

    /// `()` after the name of a function.
    fn empty_parentheses(&mut self) -> bool {
        let rest = self.text.as_str().get(self.at..).unwrap_or_default();
        let Some(inside) = rest.trim_start_matches([' ', '\t']).strip_prefix('(') else { return false };
        let Some(after) = inside.trim_start_matches([' ', '\t']).strip_prefix(')') else { return false };
        self.at = self.bytes().len() - after.len();
        true
    }

    fn simple(&mut self, first: Option<Lexeme>) {
        let (join, pipeline) = (self.join, self.pipeline);
        let test = first.as_ref().is_some_and(|first| first.reserved() == "[[");
        let mut lexemes: Vec<Lexeme> = first.into_iter().collect();
        if test {
            self.test_words(&mut lexemes);
        }
        let mut redirects = Vec::new();
        let waiting = self.pending.len();
        loop {
            self.blanks();
            if self.at_redirect() {
                redirects.push(self.redirect());
            } else if let Some(word) = self.argument() {
                lexemes.push(word);
            } else {
                break;
            }
        }
        self.after_command = true;
        let assignments = lexemes.iter().take_while(|lexeme| lexeme.is_assignment()).count();
        let span = match (lexemes.first(), lexemes.last()) {
            (Some(first), Some(last)) => self.text.span(first.start, last.end),
            _ => redirects.first().map_or_else(|| self.text.span(self.at, self.at), |redirect| redirect.target.span),
        };
        let texts: Vec<Word> = lexemes.iter().map(|each| self.written(each)).collect();
        let (assigned, words) = texts.split_at_checked(assignments).unwrap_or_default();
        let call = Call {
            assignments: assigned.to_vec(),
            program: Program::of(words),
            words: words.to_vec(),
            redirects,
            join,
            pipeline,
            depth: self.depth(),
            substituted: self.level.substituted,
            span,
        };
        let script = script_word(&call).map(|at| at + assignments);
        let script = script.and_then(|at| (at < lexemes.len()).then(|| lexemes.swap_remove(at)));
        let reads = !call.redirects.is_empty() && reads_script(&call);
        if let Some(script) = &script {
            // What is substituted in it is read again as a part of it.
            self.output.commands.drain(script.commands.clone());
        }
        let index = self.output.commands.len();
        let heredocs = call.redirects.iter().enumerate().filter(|(_, redirect)| is_heredoc(redirect));
        let places: Vec<usize> = heredocs.map(|(at, _)| at).collect();
        let own = self.pending.iter_mut().skip(waiting).filter(|pending| pending.call.is_none());
        for (pending, at) in own.zip(places) {
            pending.call = Some((index, at));
            pending.script = reads;
        }
        let within = self.frames.last().map(|frame| frame.pipeline);
        self.output.commands.push(Found { call, within });
        if let Some(script) = script
            && self.level.nesting < DEEPEST_SCRIPT
        {
            let level = self.inner(false);
            Reader::new(&script.text, self.output, level).run();
        }
    }

    /// The words of `[[ … ]]`, in which operators are words.
    fn test_words(&mut self, lexemes: &mut Vec<Lexeme>) {
        let open = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b';' => {
                    let start = self.at;
                    self.at = self.run_until(|next| next != byte).min(start + 2);
                    let text = self.text.part(start, self.at);
                    let commands = self.output.commands.len()..self.output.commands.len();
                    lexemes.push(Lexeme { bare: text.as_str().len(), text, start, end: self.at, commands });
                }
                _ => {
                    let word = self.word();
                    let last = word.reserved() == "]]";
                    lexemes.push(word);
                    if last {
                        return;
                    }
                }
            }
        }
        self.broken(open, open);
    }
}

/// Which word of a call is a script: that of `sh -c` and `su -c`.
fn script_word(call: &Call) -> Option<usize> {
    let before = call.words.len().checked_sub(call.arguments().len())?;
    let arguments = || call.arguments().iter().map(|word| word.text.as_str());
    match call.program() {
        "su" | "runuser" => {
            let at = arguments().position(|word| word == "-c" || word == "--command" || word == "-lc")?;
            Some(before + at + 1)
        }
        program if is_shell(program) => Some(before + Options::of(arguments()).script?),
        _ => None,
    }
}

/// A shell without a script of its own reads its input.
fn reads_script(call: &Call) -> bool {
    let options = Options::of(call.arguments().iter().map(|word| word.text.as_str()));
    is_shell(call.program()) && options.operand.is_none()
}
