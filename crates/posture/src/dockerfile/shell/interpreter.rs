//! The program that reads a script, and the options it is started with.

use super::super::syntax::Word;
use super::call::base_name;

/// A shell, or what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// The program without folder and `.exe`, in lower case: `sh`, `bash`, `powershell`.
    pub program: String,
    /// Started with `-o pipefail`.
    pub pipefail: bool,
    /// Started with `-e`.
    pub errexit: bool,
}

impl Default for Interpreter {
    /// `/bin/sh -c`, as everywhere but on Windows.
    fn default() -> Self {
        Self::named("sh")
    }
}

impl Interpreter {
    fn named(program: &str) -> Self {
        Self { program: program.to_owned(), pipefail: false, errexit: false }
    }

    /// `cmd /S /C`, the default in Windows images.
    pub(crate) fn windows() -> Self {
        Self::named("cmd")
    }

    /// What `SHELL` names.
    pub(crate) fn of(words: &[Word]) -> Self {
        Self::of_words(&words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>())
    }

    /// What the first line of a script names: `#!/usr/bin/env python3`.
    pub(crate) fn of_shebang(script: &str) -> Option<Self> {
        let line = script.lines().next()?.strip_prefix("#!")?;
        Some(Self::of_words(&line.split_whitespace().collect::<Vec<_>>()))
    }

    /// It reads POSIX shell, or enough like it.
    pub fn is_posix(&self) -> bool {
        is_shell(&self.program)
    }

    fn of_words(words: &[&str]) -> Self {
        // A shell may stand behind another program: `conda run -n x /bin/bash -c`, `env bash`.
        let is_first = |word: &str| !(base_name(word) == "env" || word.starts_with('-') || word.contains('='));
        let shell = words.iter().position(|word| is_shell(base_name(word)));
        let start = shell.or_else(|| words.iter().position(|word| is_first(word))).unwrap_or(0);
        let program = words.get(start).map_or("", |word| word.rsplit(['/', '\\']).next().unwrap_or(word));
        let program = program.to_ascii_lowercase();
        let options = Options::of(words.get(start + 1..).unwrap_or_default().iter().copied());
        Self {
            program: program.strip_suffix(".exe").unwrap_or(&program).to_owned(),
            pipefail: options.pipefail == Some(true),
            errexit: options.errexit == Some(true),
        }
    }
}

/// A program that reads POSIX shell.
pub(super) fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "dash" | "ash" | "ksh" | "mksh" | "zsh" | "busybox")
}

/// What `set`, or the words after a shell's name, say about two options.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) pipefail: Option<bool>,
    pub(super) errexit: Option<bool>,
    /// `-c`: where the script is among the words, if it is there.
    pub(super) script: Option<usize>,
    /// The first word that is neither an option nor a value of one.
    pub(super) operand: Option<usize>,
}

impl Options {
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut options = Self::default();
        let mut named = 0_usize;
        let mut on = true;
        let mut command = false;
        for (at, word) in words.enumerate() {
            if named > 0 {
                named -= 1;
                match word {
                    "pipefail" => options.pipefail = Some(on),
                    "errexit" => options.errexit = Some(on),
                    _ => {}
                }
                continue;
            }
            let letters = match word.strip_prefix('-') {
                Some(letters) => Some((true, letters)),
                None => word.strip_prefix('+').map(|letters| (false, letters)),
            };
            match letters {
                Some((_, letters)) if letters.starts_with('-') && letters.len() > 1 => {}
                Some((sign, letters)) if !letters.is_empty() && !letters.starts_with('-') => {
                    on = sign;
                    named = letters.matches(['o', 'O']).count();
                    command |= sign && letters.contains('c');
                    if letters.contains('e') {
                        options.errexit = Some(sign);
                    }
                }
                // `-` and `--` end the options.
                Some(_) => {}
                None => {
                    options.operand = Some(at);
                    options.script = command.then_some(at);
                    break;
                }
            }
        }
        options
    }
}
