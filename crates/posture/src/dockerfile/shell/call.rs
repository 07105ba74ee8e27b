//! What a call asks of its program: name, options and operands, behind `sudo`, `env` and the like.

use super::{Call, Script};
use crate::dockerfile::Word;

/// The program that a call really runs: asked for by most rules, so it is looked for once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its place among the words.
    at: usize,
    /// Where its name begins behind its folder.
    name: usize,
}

impl Program {
    /// The program among the words of a call.
    pub(crate) fn of(all: &[Word]) -> Self {
        let mut words = all;
        while let Some(next) = words.split_first().and_then(|(first, rest)| behind(base_name(&first.text), rest)) {
            words = next;
        }
        let name = words.first().map_or(0, |first| first.text.len() - base_name(&first.text).len());
        Self { at: all.len() - words.len(), name }
    }
}

impl Call {
    /// The words from the program that really runs: behind `sudo -u app`, `env A=b`, `exec`, `nice -n 5`, `timeout 10`,
    /// `xargs -n 1`, `gosu app` and the like.
    pub fn effective(&self) -> &[Word] {
        self.words.get(self.program.at..).unwrap_or_default()
    }

    /// The program's name without its folder: `apt-get`. Empty for assignments alone.
    pub fn program(&self) -> &str {
        self.effective().first().and_then(|word| word.text.get(self.program.name..)).unwrap_or_default()
    }

    /// The words after the program.
    pub fn arguments(&self) -> &[Word] {
        self.effective().get(1..).unwrap_or_default()
    }

    /// The program is one of these.
    pub fn is(&self, programs: &[&str]) -> bool {
        let program = self.program();
        programs.contains(&program)
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
        let start = self.first_at(call);
        let at = self.commands.get(start..)?.iter().position(|each| std::ptr::eq(each, call))?;
        self.commands.get((*self.readers.get(start + at)?)?)
    }

    /// The calls within the words of a call: in its substitutions and in the script that it gives a shell.
    pub fn inside<'s>(&'s self, call: &'s Call) -> impl Iterator<Item = &'s Call> {
        let rest = self.commands.get(self.first_at(call)..).unwrap_or_default().iter();
        rest.take_while(|each| each.span.start < call.span.end).filter(|each| each.depth > call.depth)
    }

    /// The first command that begins where a call does: they are in the order of the text.
    fn first_at(&self, call: &Call) -> usize {
        self.commands.partition_point(|each| each.span.start < call.span.start)
    }
}

/// A program that runs the one behind it: its options that take a value, and how many words come before that one.
fn wrapper(program: &str) -> Option<(&'static [&'static str], usize)> {
    Some(match program {
        "sudo" => (&["-u", "--user", "-g", "--group", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-R", "-T"], 0),
        "doas" => (&["-u", "-C"], 0),
        "env" => (&["-u", "--unset", "-C", "--chdir"], 0),
        "exec" => (&["-a"], 0),
        "nice" => (&["-n", "--adjustment"], 0),
        "ionice" => (&["-c", "-n", "--class", "--classdata"], 0),
        "stdbuf" => (&["-i", "-o", "-e"], 0),
        "xargs" => (&["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--max-args", "--max-procs", "--delimiter"], 0),
        "timeout" => (&["-k", "--kill-after", "-s", "--signal"], 1),
        "gosu" | "su-exec" => (&[], 1),
        "!" | "command" | "builtin" | "time" | "nohup" | "eatmydata" | "busybox" | "setsid" | "fakeroot" => (&[], 0),
        _ => return None,
    })
}

/// What a wrapper runs; `None` if the program is none, or runs nothing.
fn behind<'w>(program: &str, words: &'w [Word]) -> Option<&'w [Word]> {
    let (with_value, mut operands) = wrapper(program)?;
    let mut words = words;
    loop {
        let (first, rest) = words.split_first()?;
        let text = first.text.as_str();
        if text == "--" {
            words = rest;
        } else if program == "command" && matches!(text, "-v" | "-V") {
            // It only asks whether there is such a program.
            return None;
        } else if text.starts_with('-') {
            words = rest.get(usize::from(with_value.contains(&text))..)?;
        } else if matches!(program, "env" | "sudo") && text.contains('=') {
            words = rest;
        } else if operands > 0 {
            operands -= 1;
            words = rest;
        } else {
            return Some(words);
        }
    }
}

pub(super) fn base_name(program: &str) -> &str {
    let slash = program.bytes().rposition(|byte| byte == b'/');
    slash.and_then(|at| program.get(at + 1..)).unwrap_or(program)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::shell::parse;
    use crate::source::{Source, Span};

    fn script(text: &str) -> Script {
        parse(&Source::from_text("a", text), Span::new(0, text.len()))
    }

    #[test]
    fn the_program_stands_behind_its_wrappers() {
        let table = [
            ("/usr/bin/apt-get update", "apt-get"),
            ("sudo -E -u app gem install x", "gem"),
            ("DEBIAN_FRONTEND=x sudo A=b env -u C D=e apt-get", "apt-get"),
            ("! time nice -n 5 make", "make"),
            ("timeout -s KILL 10 curl x", "curl"),
            ("find . | xargs -0 -n 1 rm", "find"),
            ("gosu app pip install x", "pip"),
            ("exec \"$@\"", "$@"),
            ("command -p ls", "ls"),
            ("command -v kill", "command"),
            ("sudo", "sudo"),
            ("env", "env"),
            ("A=b", ""),
        ];
        for (text, program) in table {
            assert_eq!(script(text).commands[0].program(), program, "{text}");
        }
    }

    #[test]
    fn output_goes_through_pipes_and_out_of_groups() {
        let table = [
            ("curl x | tee y | sh", vec!["tee", "sh", ""]),
            ("curl x; sh", vec!["", ""]),
            ("{ a; curl x; } | sh", vec!["sh", "sh", ""]),
            ("(a | b; c) | d", vec!["b", "d", "d", ""]),
            ("a | while read b; do c; done", vec!["read", "", ""]),
            ("a $(b | c) | d", vec!["d", "c", "", ""]),
            ("a && b | c || d", vec!["", "c", "", ""]),
            ("if a | b; then c; fi | d", vec!["b", "d", "d", ""]),
        ];
        for (text, expected) in table {
            let script = script(text);
            let into = |call| script.piped_into(call).map_or("", Call::program);
            assert_eq!(script.commands.iter().map(into).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_inside_a_call_is_found() {
        let script = script("bash -c \"$(curl x)\" && b `c | d` && e");
        let inside = |at: usize| script.inside(&script.commands[at]).map(Call::program).collect::<Vec<_>>();
        assert_eq!(inside(0), ["$(curl x)", "curl"]);
        assert_eq!(inside(3), ["c", "d"]);
        assert!(inside(6).is_empty());
    }
}
