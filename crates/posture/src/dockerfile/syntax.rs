//! The syntax tree of a Dockerfile.

use std::sync::OnceLock;

use crate::source::{Source, Span};

use super::rules::Known;
use super::shell::Script;

/// A Dockerfile.
#[derive(Debug)]
pub struct Dockerfile<'a> {
    /// The text.
    pub source: &'a Source<'a>,
    /// Parser directives at the top: `# syntax=…`, `# escape=…`, `# check=…`.
    pub directives: Vec<Directive>,
    /// The escape character: `\` or `` ` ``.
    pub escape: char,
    /// Every instruction in the order of the file; that of `ONBUILD` is within it.
    pub instructions: Vec<Instruction>,
    /// The stages in their order; empty if there is no `FROM`.
    pub stages: Vec<Stage>,
    /// Comment lines, each with its `#`, directives left out.
    pub comments: Vec<Span>,
    /// What rules on `RUN` see, read when the first of them asks.
    pub(super) runs: OnceLock<Vec<Known>>,
}

/// `# name=value` at the top.
#[derive(Debug, Clone)]
pub struct Directive {
    /// In lower case: `syntax`, `escape`, `check`.
    pub name: String,
    /// What follows `=`.
    pub value: Word,
    /// The whole line.
    pub span: Span,
}

/// A build stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its place, from 0.
    pub index: usize,
    /// The name after `AS`, in lower case.
    pub name: Option<String>,
    /// The index of its `FROM` in [`Dockerfile::instructions`].
    pub from: usize,
    /// The index after its last instruction.
    pub end: usize,
}

/// A word of an instruction: quotes removed, continuations joined, variables left as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// What it says.
    pub text: String,
    /// Where it is written, with its quotes.
    pub span: Span,
}

/// `--name=value` of an instruction.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Without the dashes: `chown`, `from`, `mount`.
    pub name: String,
    /// What follows `=`; absent for a flag that stands alone.
    pub value: Option<Word>,
    /// The whole flag.
    pub span: Span,
}

/// A here-document of `RUN`, `COPY` or `ADD`.
#[derive(Debug, Clone)]
pub struct Heredoc {
    /// The delimiter.
    pub name: String,
    /// `<<-`: leading tabs do not count.
    pub strip: bool,
    /// The delimiter is not quoted: variables in the text are replaced.
    pub expand: bool,
    /// The text without the line of the delimiter.
    pub body: Span,
}

/// One instruction.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// In upper case, as it is meant: `RUN`.
    pub keyword: String,
    /// As it is written.
    pub keyword_span: Span,
    /// All of it, with its continuation lines and here-documents, without the last line break.
    pub span: Span,
    /// Its flags.
    pub flags: Vec<Flag>,
    /// What it says.
    pub body: Body,
    /// The stage it belongs to; absent before the first `FROM`.
    pub stage: Option<usize>,
    /// Its here-documents.
    pub heredocs: Vec<Heredoc>,
}

/// What an instruction says.
#[derive(Debug, Clone)]
pub enum Body {
    /// `FROM image AS name`.
    From(From),
    /// `RUN`.
    Run(Command),
    /// `CMD`.
    Cmd(Command),
    /// `ENTRYPOINT`.
    Entrypoint(Command),
    /// `SHELL ["…"]`.
    Shell(Vec<Word>),
    /// `COPY`.
    Copy(Copy),
    /// `ADD`.
    Add(Copy),
    /// `ENV key=value …`, or the old `ENV key value`.
    Env(Vec<Pair>),
    /// `LABEL`.
    Label(Vec<Pair>),
    /// `ARG name=default …`.
    Arg(Vec<Pair>),
    /// `USER`: the whole of it, `name:group`.
    User(Word),
    /// `WORKDIR`.
    Workdir(Word),
    /// `EXPOSE`.
    Expose(Vec<Word>),
    /// `VOLUME`.
    Volume(Vec<Word>),
    /// `STOPSIGNAL`.
    Stopsignal(Word),
    /// `HEALTHCHECK`.
    Healthcheck(Healthcheck),
    /// `MAINTAINER`.
    Maintainer(Word),
    /// `ONBUILD` and the instruction that it keeps for later.
    Onbuild(Box<Instruction>),
    /// A keyword that no Dockerfile has.
    Unknown,
    /// A known keyword whose arguments cannot be read: what is wrong, and where.
    Invalid(String, Span),
}

/// `FROM`.
#[derive(Debug, Clone)]
pub struct From {
    /// The image as written: `debian:12@sha256:…`, `$BASE`, a stage's name, `scratch`.
    pub image: Word,
    /// The name after `AS`.
    pub name: Option<Word>,
    /// The stage that the image names, if it is an earlier one.
    pub stage: Option<usize>,
    /// The image with the defaults of `ARG`s before the first `FROM` put in; equal to its text where it has no
    /// variables, `None` where one has no default.
    pub resolved: Option<String>,
}

/// A command in one of its two forms.
#[derive(Debug, Clone)]
pub enum Command {
    /// For a shell, or a here-document.
    Shell(Script),
    /// `["program", "argument"]`.
    Exec(Vec<Word>),
}

/// `COPY` and `ADD`.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Sources as written; those that are here-documents are left out.
    pub sources: Vec<Word>,
    /// The destination.
    pub destination: Word,
    /// Written as `["src", "dest"]`.
    pub json: bool,
}

/// `HEALTHCHECK`.
#[derive(Debug, Clone)]
pub enum Healthcheck {
    /// `HEALTHCHECK NONE`.
    None,
    /// `HEALTHCHECK CMD …`.
    Cmd(Command),
}

/// `key=value`.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The key.
    pub key: Word,
    /// The value; absent for an `ARG` without default.
    pub value: Option<Word>,
    /// `ENV key value` and `LABEL key value`, without `=`.
    pub legacy: bool,
}

impl Dockerfile<'_> {
    /// Every instruction, those kept by `ONBUILD` in place of it.
    pub fn all(&self) -> impl Iterator<Item = &Instruction> {
        self.instructions.iter().map(Instruction::kept)
    }

    /// The instructions of a stage, its `FROM` first.
    pub fn of(&self, stage: &Stage) -> &[Instruction] {
        self.instructions.get(stage.from..stage.end).unwrap_or_default()
    }

    /// The stage that becomes the image unless another is asked for.
    pub fn last_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The `FROM` of a stage.
    pub fn base(&self, stage: &Stage) -> Option<&From> {
        match &self.instructions.get(stage.from)?.body {
            Body::From(from) => Some(from),
            _ => None,
        }
    }

    /// The stage and those that it is built on, nearest first.
    pub fn ancestry<'s>(&'s self, stage: &'s Stage) -> Vec<&'s Stage> {
        let mut line = vec![stage];
        while let Some(next) = line
            .last()
            .and_then(|stage| self.base(stage)?.stage)
            .and_then(|index| self.stages.get(index))
            .filter(|next| line.last().is_some_and(|last| next.index < last.index))
        {
            line.push(next);
        }
        line
    }

    /// Every script for a shell in `RUN`, with its instruction.
    pub fn scripts(&self) -> impl Iterator<Item = (&Instruction, &Script)> {
        self.all().filter_map(|instruction| match &instruction.body {
            Body::Run(Command::Shell(script)) => Some((instruction, script)),
            _ => None,
        })
    }
}

impl Instruction {
    /// What `ONBUILD` keeps, else itself.
    pub(super) fn kept(&self) -> &Self {
        match &self.body {
            Body::Onbuild(kept) => kept,
            _ => self,
        }
    }

    /// The flag of a name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// The values of all flags of a name.
    pub fn flag_values<'i>(&'i self, name: &'i str) -> impl Iterator<Item = &'i Word> {
        self.flags.iter().filter(move |flag| flag.name == name).filter_map(|flag| flag.value.as_ref())
    }
}
