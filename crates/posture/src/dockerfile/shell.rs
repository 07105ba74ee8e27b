//! The shell inside `RUN`: which programs it calls, with which arguments, and how they hang together.
//!
//! Not a shell: no expansion, no evaluation. Commands of loops, conditions, functions, groups, subshells and command
//! substitutions are listed in the order of the text. Grammar: POSIX.1-2024, Shell Command Language.

mod call;
mod interpreter;
mod parse;

pub(crate) use call::Program;
pub use interpreter::Interpreter;
pub use parse::parse;
pub(crate) use parse::read;

use crate::source::Span;

use super::syntax::Word;

/// What a shell is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// All simple commands.
    pub commands: Vec<Call>,
    /// For each command the place of the one that its output, or that of the group it is in, is piped into; see
    /// [`Script::piped_into`].
    pub readers: Vec<Option<usize>>,
    /// Where it is written.
    pub span: Span,
    /// Something could not be understood (an open quote, an odd `fi`), so commands may be missing: where.
    pub broken: Option<Span>,
    /// `set -o pipefail` (alone or among other options) comes before any pipe.
    pub pipefail: bool,
    /// `set -e` or `-o errexit` comes first.
    pub errexit: bool,
    /// The program that reads it, without its folder: `sh` unless `SHELL` or the first line of a here-document says
    /// otherwise. One that is no POSIX shell (`powershell`, `cmd`, `python3`) has no commands here.
    pub shell: String,
}

/// How a command hangs on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// The first of its list. That of a list in a group, loop or condition hangs on what is before that, if there is
    /// anything: in `a | while read -r b; do …`, `read` is piped into.
    First,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|` or `|&`
    Pipe,
    /// `;`, a line break or `&`
    Then,
}

/// A simple command (POSIX 2.9.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Assignments before the program: `DEBIAN_FRONTEND=noninteractive`.
    pub assignments: Vec<Word>,
    /// The program and its arguments, quotes removed; what is substituted stays as written (`$(…)`, `$X`).
    pub words: Vec<Word>,
    /// Where among the words the program stands that really runs.
    pub(crate) program: Program,
    /// Redirections.
    pub redirects: Vec<Redirect>,
    /// How it hangs on the one before.
    pub join: Join,
    /// Commands of one pipe have one number.
    pub pipeline: usize,
    /// Within a loop, condition, function, group, subshell or substitution: how many.
    pub depth: usize,
    /// It is within `$(…)` or backticks.
    pub substituted: bool,
    /// From its first to after its last word.
    pub span: Span,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// With the number before it: `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `2>`, `2>&`, `&>`.
    pub operator: String,
    /// The file, descriptor or delimiter.
    pub target: Word,
    /// The text of a here-document.
    pub body: Option<Span>,
}
