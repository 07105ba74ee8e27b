//! Variables of the environment, wherever a build sets them.

use std::collections::BTreeMap;

use super::runs;
use crate::dockerfile::{Body, Dockerfile, Instruction, Pair};
use crate::source::Span;

/// A variable that is set.
pub(in super::super) struct Setting<'d> {
    /// By `ENV`, `ARG` or `RUN`.
    pub instruction: &'d Instruction,
    /// Its name.
    pub name: String,
    /// Its value; empty for an `ARG` without one.
    pub value: String,
    /// From the name to the end of the value.
    pub span: Span,
}

/// Everywhere that one of these variables is set: `ENV`, `ARG`, `A=b program`, `export A=b`, `env A=b program`.
pub(in super::super) fn settings<'d>(file: &'d Dockerfile<'_>, names: &[&str]) -> Vec<Setting<'d>> {
    let mut settings = Vec::new();
    let wanted = |name: &str| names.iter().any(|each| each.eq_ignore_ascii_case(name));
    for instruction in file.all() {
        let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else { continue };
        for pair in pairs.iter().filter(|pair| wanted(&pair.key.text)) {
            let value = pair.value.as_ref();
            settings.push(Setting {
                instruction,
                name: pair.key.text.clone(),
                value: value.map(|value| value.text.clone()).unwrap_or_default(),
                span: value.map_or(pair.key.span, |value| pair.key.span.to(value.span)),
            });
        }
    }
    for run in runs(file) {
        for call in run.calls.iter() {
            let first = call.words.first().map_or("", |word| word.text.as_str());
            let setter = matches!(first, "export" | "env" | "declare" | "readonly");
            let words = if setter { call.words.get(1..).unwrap_or_default() } else { &[] };
            for word in call.assignments.iter().chain(words) {
                if let Some((name, value)) = word.text.split_once('=')
                    && wanted(name)
                {
                    settings.push(Setting {
                        instruction: run.instruction,
                        name: name.to_owned(),
                        value: value.to_owned(),
                        span: word.span,
                    });
                }
            }
        }
    }
    settings
}

/// The value that a variable has in each of [`runs`], in their order, by the `ENV`s and `ARG`s before it; a stage takes
/// over the `ENV`s of the one that it is built on.
pub(in super::super) fn in_force<'d>(file: &'d Dockerfile<'_>, name: &str) -> Vec<Option<&'d str>> {
    let mut values = Vec::new();
    let mut left: BTreeMap<usize, Option<&'d str>> = BTreeMap::new();
    let (mut lasting, mut passing) = (None, None);
    for instruction in file.all() {
        let set = |pairs: &'d [Pair]| {
            pairs.iter().rfind(|pair| pair.key.text == name)?.value.as_ref().map(|value| value.text.as_str())
        };
        match &instruction.body {
            Body::From(from) => {
                lasting = from.stage.and_then(|stage| left.get(&stage).copied().flatten());
                passing = None;
            }
            Body::Env(pairs) => lasting = set(pairs).or(lasting),
            Body::Arg(pairs) => passing = set(pairs).or(passing),
            Body::Run(_) => values.push(lasting.or(passing)),
            _ => {}
        }
        if let Some(stage) = instruction.stage {
            left.insert(stage, lasting);
        }
    }
    values
}
