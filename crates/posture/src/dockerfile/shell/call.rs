//! What a call asks of its program: name, options and operands, behind `sudo`, `env` and the like.

use super::{Call, Join, Script};
use crate::dockerfile::Word;

impl Call {
    /// The words from the program that really runs: behind `sudo`, `env A=b`, `exec`, `command`, `time`, `nice`,
    /// `nohup`, `eatmydata`, `xargs`.
    pub fn effective(&self) -> &[Word] {
        let mut words = self.words.as_slice();
        loop {
            let Some((first, rest)) = words.split_first() else { return words };
            let wrapper = base_name(&first.text);
            if !matches!(
                wrapper,
                "sudo"
                    | "env"
                    | "exec"
                    | "command"
                    | "time"
                    | "nice"
                    | "nohup"
                    | "eatmydata"
                    | "xargs"
                    | "!"
                    | "builtin"
                    | "busybox"
            ) {
                return words;
            }
            let skipped = rest
                .iter()
                .take_while(|word| word.text.starts_with('-') || (wrapper == "env" && word.text.contains('=')))
                .count();
            let Some(next) = rest.get(skipped..).filter(|next| !next.is_empty()) else { return words };
            words = next;
        }
    }

    /// The program's name without its folder: `apt-get`. Empty for assignments alone.
    pub fn program(&self) -> &str {
        self.effective().first().map_or("", |word| base_name(&word.text))
    }

    /// The words after the program.
    pub fn arguments(&self) -> &[Word] {
        self.effective().get(1..).unwrap_or_default()
    }

    /// The program is one of these.
    pub fn is(&self, programs: &[&str]) -> bool {
        programs.contains(&self.program())
    }

    /// An option is given: short ones also within a cluster (`-y` in `-qy`), long ones also with `=value`.
    pub fn has(&self, options: &[&str]) -> bool {
        options.iter().any(|option| self.option(option).is_some())
    }

    /// The word that gives an option.
    pub fn option(&self, option: &str) -> Option<&Word> {
        let until = self.arguments().iter().position(|word| word.text == "--").unwrap_or(usize::MAX);
        self.arguments().iter().take(until).find(|word| is_option(&word.text, option))
    }

    /// The value of an option that takes one: `-o value`, `-ovalue`, `--option value`, `--option=value`.
    pub fn value_of(&self, options: &[&str]) -> Option<&str> {
        let arguments = self.arguments();
        for (at, word) in arguments.iter().enumerate() {
            for option in options {
                if word.text == *option {
                    return arguments.get(at + 1).map(|next| next.text.as_str());
                }
                if let Some(rest) = word.text.strip_prefix(option) {
                    if let Some(value) = rest.strip_prefix('=') {
                        return Some(value);
                    }
                    if !option.starts_with("--") && !rest.is_empty() {
                        return Some(rest);
                    }
                }
            }
        }
        None
    }

    /// Arguments that are no options; options named in `with_value` take the word after them away.
    pub fn operands(&self, with_value: &[&str]) -> Vec<&Word> {
        let mut operands = Vec::new();
        let mut arguments = self.arguments().iter();
        let mut only_operands = false;
        while let Some(word) = arguments.next() {
            if only_operands || !word.text.starts_with('-') || word.text == "-" {
                operands.push(word);
            } else if word.text == "--" {
                only_operands = true;
            } else if with_value.contains(&word.text.as_str()) {
                arguments.next();
            }
        }
        operands
    }
}

impl Script {
    /// The calls of these programs.
    pub fn calls<'s>(&'s self, programs: &'s [&'s str]) -> impl Iterator<Item = &'s Call> {
        self.commands.iter().filter(|call| call.is(programs))
    }

    /// The call that a call's output is piped into.
    pub fn piped_into(&self, call: &Call) -> Option<&Call> {
        let at = self.commands.iter().position(|each| std::ptr::eq(each, call))?;
        self.commands
            .get(at + 1..)?
            .iter()
            .find(|next| next.pipeline == call.pipeline && next.join == Join::Pipe && next.depth == call.depth)
    }
}

pub(super) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn is_option(word: &str, option: &str) -> bool {
    if word == option {
        return true;
    }
    if option.starts_with("--") {
        return word.strip_prefix(option).is_some_and(|rest| rest.starts_with('='));
    }
    let (Some(letter), Some(cluster)) = (option.strip_prefix('-'), word.strip_prefix('-')) else { return false };
    letter.len() == 1
        && !cluster.starts_with('-')
        && cluster.chars().all(|each| each.is_ascii_alphanumeric())
        && cluster.contains(letter)
}
