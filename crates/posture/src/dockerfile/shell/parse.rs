//! From the text of a script to its commands.

mod list;
mod word;

#[cfg(test)]
mod tests;

use super::interpreter::Options;
use super::{Call, Interpreter, Join, Script};
use crate::dockerfile::text::Text;
use crate::source::{Source, Span};
use list::{Level, Reader};

/// Reads a script that stands alone, for `/bin/sh`.
pub fn parse(source: &Source<'_>, span: Span) -> Script {
    let mut text = Text::default();
    text.push(source.slice(span), span.start);
    read(&text, &Interpreter::default())
}

/// Reads a script.
pub(crate) fn read(text: &Text, shell: &Interpreter) -> Script {
    let mut script = Script {
        span: text.whole(),
        shell: shell.program.clone(),
        pipefail: shell.pipefail,
        errexit: shell.errexit,
        ..Script::default()
    };
    if !shell.is_posix() {
        return script;
    }
    let mut output = Output::default();
    Reader::new(text, &mut output, Level::default()).run();
    output.commands.sort_by_key(|call| call.span.start);
    set_options(&output.commands, &mut script);
    script.commands = output.commands;
    script.broken = output.broken;
    script
}

/// What readers of all levels write to.
#[derive(Debug, Default)]
struct Output {
    commands: Vec<Call>,
    broken: Option<Span>,
    pipelines: usize,
}

impl Output {
    /// The first mistake counts: later ones often follow from it.
    fn broken(&mut self, span: Span) {
        self.broken.get_or_insert(span);
    }

    fn pipeline(&mut self) -> usize {
        self.pipelines += 1;
        self.pipelines
    }
}

fn set_options(commands: &[Call], script: &mut Script) {
    let mut first = true;
    for call in commands.iter().filter(|call| !call.substituted) {
        if call.join == Join::Pipe {
            break;
        }
        if call.program() == "set" {
            let options = Options::of(call.arguments().iter().map(|word| word.text.as_str()));
            script.pipefail = options.pipefail.unwrap_or(script.pipefail);
            if first {
                script.errexit = options.errexit.unwrap_or(script.errexit);
            }
        } else if !matches!(call.program(), "" | "export" | "shopt" | "umask" | "trap" | ":") {
            first = false;
        }
    }
}
