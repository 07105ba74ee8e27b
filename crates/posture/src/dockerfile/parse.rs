//! From text to the syntax tree, as BuildKit's parser reads it but for its errors: whatever stands there, there is a
//! tree. Facts: <https://docs.docker.com/reference/dockerfile/> and BuildKit's `frontend/dockerfile/parser`.

mod instruction;
mod line;
mod variable;
mod word;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Dockerfile;
use super::shell::Interpreter;
use super::syntax::{Body, Instruction, Stage, Word};
use crate::source::Source;
use instruction::Reader;
use line::Lines;
use variable::Defaults;

/// Reads a Dockerfile. There is always a tree.
pub fn parse<'a>(source: &'a Source<'a>) -> Dockerfile<'a> {
    let mut lines = Lines::new(source);
    let directives = lines.directives();
    let mut tree = Tree { escape: lines.escape, ..Tree::default() };
    while let Some(line) = lines.logical() {
        let reader = Reader { source, escape: lines.escape, shell: &tree.shell };
        let instruction = reader.read(line, &mut lines);
        tree.add(instruction);
    }
    let end = tree.instructions.len();
    if let Some(last) = tree.stages.last_mut() {
        last.end = end;
    }
    Dockerfile {
        source,
        directives,
        escape: lines.escape,
        instructions: tree.instructions,
        stages: tree.stages,
        comments: lines.comments,
        runs: OnceLock::new(),
    }
}

/// The tree as far as it is read, and what later lines depend on.
#[derive(Debug, Default)]
struct Tree {
    escape: char,
    instructions: Vec<Instruction>,
    stages: Vec<Stage>,
    /// The shells at the end of the stages before the current one.
    shells: Vec<Interpreter>,
    /// The last stage of each name.
    names: BTreeMap<String, usize>,
    defaults: Defaults,
    shell: Interpreter,
}

impl Tree {
    fn add(&mut self, mut instruction: Instruction) {
        match &mut instruction.body {
            Body::From(from) => {
                from.resolved = self.defaults.expand(&from.image.text);
                let image = from.resolved.as_deref().unwrap_or(&from.image.text);
                from.stage = self.names.get(&image.to_ascii_lowercase()).copied();
                let platform = instruction.flags.iter().find(|flag| flag.name == "platform");
                let windows = platform.and_then(|flag| flag.value.as_ref()).is_some_and(is_windows)
                    || is_windows_image(image)
                    || (self.escape == '`' && from.stage.is_none());
                let name = from.name.as_ref().map(|name| name.text.to_ascii_lowercase());
                self.begin_stage(name, windows, from.stage);
            }
            Body::Arg(pairs) if self.stages.is_empty() => {
                pairs.iter().for_each(|pair| self.defaults.declare(pair));
            }
            Body::Shell(words) => self.shell = Interpreter::of(words),
            _ => {}
        }
        let stage = self.stages.len().checked_sub(1);
        instruction.stage = stage;
        if let Body::Onbuild(kept) = &mut instruction.body {
            kept.stage = stage;
        }
        self.instructions.push(instruction);
    }

    fn begin_stage(&mut self, name: Option<String>, windows: bool, base: Option<usize>) {
        let from = self.instructions.len();
        if let Some(last) = self.stages.last_mut() {
            last.end = from;
            self.shells.push(std::mem::take(&mut self.shell));
        }
        self.shell = match base.and_then(|base| self.shells.get(base)) {
            Some(inherited) => inherited.clone(),
            None if windows => Interpreter::windows(),
            None => Interpreter::default(),
        };
        let index = self.stages.len();
        if let Some(name) = &name {
            self.names.insert(name.clone(), index);
        }
        self.stages.push(Stage { index, name, from, end: from });
    }
}

fn is_windows(platform: &Word) -> bool {
    platform.text.to_ascii_lowercase().starts_with("windows")
}

/// Images whose shell is `cmd` unless `SHELL` says otherwise.
fn is_windows_image(image: &str) -> bool {
    let image = image.to_ascii_lowercase();
    image.starts_with("mcr.microsoft.com/windows/")
        || ["windowsservercore", "nanoserver", "-windows-", "servercore:"].iter().any(|part| image.contains(part))
}
