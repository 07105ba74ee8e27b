//! From the text of a script to its commands.

mod list;
mod word;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

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
    output.commands.sort_by_key(|each| each.call.span.start);
    script.readers = readers(&output.commands);
    script.commands = output.commands.into_iter().map(|each| each.call).collect();
    set_options(&mut script);
    script.broken = output.broken;
    script
}

/// A command, and the pipeline that the innermost group around it is a part of.
#[derive(Debug)]
struct Found {
    call: Call,
    within: Option<usize>,
}

/// What readers of all levels write to.
#[derive(Debug, Default)]
struct Output {
    commands: Vec<Found>,
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

/// For each command the one that reads its output.
fn readers(commands: &[Found]) -> Vec<Option<usize>> {
    let mut of_pipeline: BTreeMap<usize, usize> = BTreeMap::new();
    let mut readers = vec![None; commands.len()];
    for ((at, Found { call, within }), reader) in commands.iter().enumerate().zip(&mut readers).rev() {
        let own = of_pipeline.get(&call.pipeline);
        *reader = own.or_else(|| of_pipeline.get(within.as_ref()?)).copied();
        if call.join == Join::Pipe {
            of_pipeline.insert(call.pipeline, at);
        }
    }
    readers
}

fn set_options(script: &mut Script) {
    let mut first = true;
    for call in script.commands.iter().filter(|call| !call.substituted) {
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
