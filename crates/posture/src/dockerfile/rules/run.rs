//! What the rules on `RUN` see: every call of every `RUN`, whichever way it is written.

use std::collections::BTreeSet;

use crate::dockerfile::shell::{self, Call, Join, Program, Script};
use crate::dockerfile::{Body, Command, Dockerfile, Instruction, Word};
use crate::source::{Source, Span};

mod edit;
mod options;
mod setting;

pub(super) use edit::{append, insert};
pub(super) use options::{Action, Manager, Options, is_variable, list, list_is, plural, shown};
pub(super) use setting::{Setting, in_force, settings};

/// A `RUN`.
pub(super) struct Run<'d> {
    /// The instruction; that which `ONBUILD` keeps counts as well.
    pub instruction: &'d Instruction,
    /// All calls, those in the text of `["sh", "-c", "…"]` after the call of the shell.
    pub calls: &'d [Call],
    /// The script, unless it is in the exec form.
    pub script: Option<&'d Script>,
    /// The shell that runs it.
    pub shell: Shell,
    /// What its stage leaves ends up in an image: it is the last one, or another is built on it.
    pub kept: bool,
}

/// The shell that runs a `RUN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shell {
    /// It reads the POSIX language: no `cmd`, no PowerShell.
    pub posix: bool,
    /// It fails if any command of a pipe does.
    pub pipefail: bool,
}

impl Run<'_> {
    /// A cache or a file system in memory is mounted over a folder or above it, so that nothing there is in the layer.
    pub(super) fn mounts(&self, folder: &str) -> bool {
        self.instruction.flag_values("mount").any(|mount| {
            let mut fields = mount.text.split(',').filter_map(|field| field.split_once('='));
            let kind = fields.clone().any(|(key, value)| key == "type" && matches!(value, "cache" | "tmpfs"));
            let target = fields.find(|(key, _)| matches!(*key, "target" | "dst" | "destination"));
            kind && target.is_some_and(|(_, target)| covers(target.trim_end_matches('/'), folder))
        })
    }

    /// A file or folder below one that contains `part` is removed at `from` or later.
    pub(super) fn removes(&self, from: usize, part: &str) -> bool {
        self.calls.iter().skip(from).any(|call| {
            let removal = match call.program() {
                "rm" => true,
                "find" => call.arguments().iter().any(|word| matches!(word.text.as_str(), "-delete" | "rm")),
                _ => false,
            };
            removal && call.arguments().iter().any(|word| names_folder(&word.text, part))
        })
    }

    /// The call that a call's output is piped into.
    pub(super) fn piped_into(&self, at: usize) -> Option<&Call> {
        let call = self.calls.get(at)?;
        let next = self.calls.iter().skip(at + 1);
        next.take_while(|next| next.pipeline == call.pipeline || next.depth > call.depth)
            .find(|next| next.pipeline == call.pipeline && next.join == Join::Pipe && next.depth == call.depth)
    }
}

/// `/var/lib/apt` covers `/var/lib/apt/lists`, and the other way round: a mount on a part is meant for the whole.
fn covers(target: &str, folder: &str) -> bool {
    let below = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !target.is_empty() && (below(target, folder) || below(folder, target))
}

/// `/var/lib/apt/lists/*`, `/var/lib/{apt,dpkg}/` and `/var/lib/*` name `/var/lib/apt`.
fn names_folder(word: &str, folder: &str) -> bool {
    if word.contains(folder) {
        return true;
    }
    let Some((parent, name)) = folder.rsplit_once('/') else { return false };
    word.split_once(parent).is_some_and(|(_, rest)| match rest.strip_prefix('/') {
        Some(rest) if rest.starts_with('{') => {
            let inner = rest.trim_start_matches('{').split('}').next().unwrap_or_default();
            inner.split(',').any(|each| each.split('/').next() == Some(name))
        }
        Some(rest) => rest.starts_with('*'),
        None => rest.is_empty(),
    })
}

/// What rules want to know of a `RUN` beside its instruction.
#[derive(Debug)]
pub(in crate::dockerfile) struct Known {
    /// The place of the instruction.
    at: usize,
    /// The calls of the exec form.
    exec: Option<Vec<Call>>,
    shell: Shell,
    kept: bool,
}

/// Every `RUN` of a file.
pub(super) fn runs<'d>(file: &'d Dockerfile<'_>) -> Vec<Run<'d>> {
    // Most rules ask, so it is read once.
    let known = file.runs.get_or_init(|| known(file));
    let mut runs = Vec::with_capacity(known.len());
    runs.extend(known.iter().filter_map(|known| {
        let instruction = file.instructions.get(known.at).map(Instruction::kept)?;
        let Body::Run(command) = &instruction.body else { return None };
        let (calls, script) = match (command, &known.exec) {
            (Command::Shell(script), _) => (script.commands.as_slice(), Some(script)),
            (Command::Exec(_), calls) => (calls.as_deref().unwrap_or_default(), None),
        };
        Some(Run { instruction, calls, script, shell: known.shell, kept: known.kept })
    }));
    runs
}

fn known(file: &Dockerfile<'_>) -> Vec<Known> {
    let kept = kept_stages(file);
    let all = file.all().enumerate();
    all.filter_map(|(at, instruction)| {
        let Body::Run(command) = &instruction.body else { return None };
        let (exec, shell) = read_calls(file, command);
        Some(Known { at, exec, shell, kept: instruction.stage.is_none_or(|stage| kept.contains(&stage)) })
    })
    .collect()
}

/// Every `RUN` for a POSIX shell.
pub(super) fn posix_runs<'d>(file: &'d Dockerfile<'_>) -> impl Iterator<Item = Run<'d>> {
    runs(file).into_iter().filter(|run| run.shell.posix)
}

/// Calls `each` with every call of every `RUN` for a POSIX shell and its place among the calls.
pub(super) fn each_call<'d>(file: &'d Dockerfile<'_>, mut each: impl FnMut(&Run<'d>, usize, &Call)) {
    for run in posix_runs(file) {
        for (at, call) in run.calls.iter().enumerate() {
            each(&run, at, call);
        }
    }
}

/// The stages whose content ends up in an image: the last one, and those that another is built on.
pub(super) fn kept_stages(file: &Dockerfile<'_>) -> BTreeSet<usize> {
    let bases = file.stages.iter().filter_map(|stage| file.base(stage)?.stage);
    bases.chain(file.last_stage().map(|stage| stage.index)).collect()
}

/// The image that each stage starts from in the end, behind the stages between.
pub(super) fn root_images<'d>(file: &'d Dockerfile<'_>) -> Vec<&'d str> {
    let mut roots: Vec<&str> = Vec::with_capacity(file.stages.len());
    for stage in &file.stages {
        let root = file.base(stage).map_or("", |from| {
            let inherited = from.stage.and_then(|stage| roots.get(stage)).copied();
            inherited.unwrap_or(from.resolved.as_deref().unwrap_or(&from.image.text))
        });
        roots.push(root);
    }
    roots
}

/// The calls of the exec form, and the shell.
fn read_calls(file: &Dockerfile<'_>, command: &Command) -> (Option<Vec<Call>>, Shell) {
    match command {
        Command::Shell(script) => {
            let posix = !matches!(script.shell.as_str(), "cmd" | "powershell" | "pwsh");
            (None, Shell { posix, pipefail: script.pipefail })
        }
        Command::Exec(words) => {
            let call = exec_call(words);
            let inner = inner_script(&call).and_then(|word| read_inner(file.source, word));
            let pipefail = words.iter().any(|word| word.text == "pipefail")
                || inner.as_ref().is_some_and(|script| script.pipefail);
            let posix = !matches!(call.program(), "cmd" | "powershell" | "pwsh" | "cmd.exe" | "powershell.exe");
            let nested = inner.map(|script| script.commands).unwrap_or_default();
            let nested = nested.into_iter().map(|mut nested| {
                nested.depth += 1;
                nested.pipeline += 1;
                nested
            });
            (Some(std::iter::once(call).chain(nested).collect()), Shell { posix, pipefail })
        }
    }
}

fn exec_call(words: &[Word]) -> Call {
    let span = words.iter().map(|word| word.span).reduce(Span::to).unwrap_or_default();
    Call {
        assignments: Vec::new(),
        program: Program::of(words),
        words: words.to_vec(),
        redirects: Vec::new(),
        join: Join::First,
        pipeline: 0,
        depth: 0,
        substituted: false,
        span,
    }
}

/// The word that a shell is given by `-c`.
fn inner_script(call: &Call) -> Option<&Word> {
    if !call.is(&["sh", "bash", "ash", "dash", "zsh", "ksh"]) {
        return None;
    }
    let mut words = call.arguments().iter();
    words
        .by_ref()
        .take_while(|word| word.text.starts_with(['-', '+']) || word.text == "pipefail" || word.text == "errexit")
        .find(|word| word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c'))?;
    words.next()
}

/// Reads the text within the quotes of a word, unless escapes within make it another text than it looks.
fn read_inner(source: &Source<'_>, word: &Word) -> Option<Script> {
    let span = Span::new(word.span.start + 1, word.span.end.checked_sub(1)?);
    (source.slice(span) == word.text).then(|| shell::parse(source, span))
}
