//! What rules on settings ask: a setting must be, must not be, must be there.

use super::{Component, Host};
use crate::finding::{Found, Report};
use crate::source::Span;
use crate::yaml::{Node, append, set};

/// What a setting must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Must {
    /// One of these.
    Be(&'static [&'static str]),
    /// None of these.
    NotBe(&'static [&'static str]),
    /// Set to anything.
    BeSet,
    /// Not set at all.
    NotBeSet,
    /// A list that has this.
    Have(&'static str),
    /// A list that does not have this.
    NotHave(&'static str),
    /// A number of at least this.
    AtLeast(i64),
    /// An address that only the host itself reaches.
    BeLocal,
}

/// What is said of a setting that is missing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Missing {
    /// Nothing: the default is good.
    Fine,
    /// What the default does.
    Bad(&'static str),
    /// The same, where it is set by flags: a file has another default.
    BadAsFlag(&'static str),
    /// The same, where it is set in a file.
    BadInFile(&'static str),
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// The components that have the setting.
    pub(super) of: &'static [Component],
    /// Its path in the file; empty if it is a flag only.
    pub(super) path: &'static [&'static str],
    /// Its flag; empty if it stands in files only.
    pub(super) flag: &'static str,
    /// What it must be.
    pub(super) must: Must,
    /// What goes on with a wrong value, after the setting: `lets anyone in`.
    pub(super) wrong: &'static str,
    /// What is said if it is missing.
    pub(super) missing: Missing,
    /// The value that is safe to write.
    pub(super) fix: Option<&'static str>,
}

/// A question to start from.
pub(super) const ASK: Ask =
    Ask { of: &[], path: &[], flag: "", must: Must::BeSet, wrong: "", missing: Missing::Fine, fix: None };

/// A setting as it is written.
#[derive(Debug)]
pub(super) struct Setting<'h> {
    /// As it is shown: `--profiling=true`, `readOnlyPort: 10255`.
    pub(super) shown: String,
    /// Its value; a list with commas.
    pub(super) value: String,
    /// Where it stands.
    pub(super) span: Span,
    /// It is written in a file.
    pub(super) node: Option<&'h Node>,
    /// It is a flag, in an item of its own.
    item: Option<&'h Node>,
}

impl Setting<'_> {
    /// The items of a list.
    pub(super) fn items(&self) -> impl Iterator<Item = &str> {
        self.value.split(',').map(str::trim).filter(|item| !item.is_empty())
    }
}

/// How Go reads booleans.
fn normal(value: &str) -> &str {
    match value {
        "1" | "t" | "T" | "TRUE" | "True" => "true",
        "0" | "f" | "F" | "FALSE" | "False" => "false",
        value => value,
    }
}

/// Only the host itself reaches what listens on this address.
pub(super) fn is_local(address: &str) -> bool {
    let address = address.rsplit_once("://").map_or(address, |(_, address)| address);
    ["127.", "localhost", "[::1]", "::1", "unix:", "/"].iter().any(|local| address.starts_with(local))
}

impl<'a> Host<'a> {
    /// A setting by its path in the file or its flag; of several flags the last.
    pub(super) fn setting(&self, path: &[&str], flag: &str) -> Option<Setting<'_>> {
        if !path.is_empty()
            && let Some(node) = self.root.at(path).filter(|node| !node.is_null())
        {
            let value = match node.as_str() {
                Some(text) => text.to_owned(),
                None => node.items().iter().filter_map(Node::as_str).collect::<Vec<_>>().join(","),
            };
            let shown = format!("`{}: {}`", path.join("."), shortened(&value));
            return Some(Setting { shown, value, span: node.span, node: Some(node), item: None });
        }
        let flag = self.flags.iter().rev().find(|each| !flag.is_empty() && each.name == flag)?;
        let shown = format!("`--{}={}`", flag.name, shortened(&flag.value));
        Some(Setting { shown, value: flag.value.clone(), span: flag.span, node: None, item: flag.item })
    }

    /// A flag is set, also by default.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|each| each.name == flag && !each.value.is_empty())
    }

    /// Reports the current rule at a place.
    pub(super) fn report<'f, 'b>(
        &self,
        found: &'f mut Found<'b>,
        span: Span,
        message: impl Into<String>,
    ) -> Report<'f, 'b> {
        found.report(span, message).within(&self.subject)
    }

    /// It is one of these components.
    pub(super) fn is(&self, components: &[Component]) -> bool {
        components.contains(&self.component)
    }
}

fn shortened(value: &str) -> String {
    let mut characters = value.chars();
    let start: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}

/// Asks, and reports what is wrong.
pub(super) fn ask(host: &Host<'_>, found: &mut Found<'_>, ask: &Ask) {
    if !host.is(ask.of) {
        return;
    }
    match host.setting(ask.path, ask.flag) {
        Some(setting) => {
            if !holds(ask.must, &setting) {
                let change = ask.fix.and_then(|value| replacement(host, &setting, ask, value));
                let title = ask.fix.map(|value| format!("set it to `{value}`")).unwrap_or_default();
                let message = format!("{} {}", setting.shown, ask.wrong);
                host.report(found, setting.span, message).fix(title, change);
            }
        }
        None => {
            let in_file = !host.root.is_null();
            let said = match ask.missing {
                Missing::Bad(said) => Some(said),
                Missing::BadAsFlag(said) if !in_file => Some(said),
                Missing::BadInFile(said) if in_file => Some(said),
                _ => None,
            };
            if let Some(said) = said.filter(|_| host.is_complete) {
                let name = if in_file && !ask.path.is_empty() { ask.path.join(".") } else { format!("--{}", ask.flag) };
                let change = ask.fix.and_then(|value| addition(host, ask, value));
                let title = ask.fix.map(|value| format!("set `{name}` to `{value}`")).unwrap_or_default();
                host.report(found, host.heading, format!("`{name}` is not set: {said}")).fix(title, change);
            }
        }
    }
}

fn holds(must: Must, setting: &Setting<'_>) -> bool {
    let value = setting.value.as_str();
    let is_among = |values: &[&str]| values.contains(&value) || values.contains(&normal(value));
    match must {
        Must::Be(values) => is_among(values),
        Must::NotBe(values) => !is_among(values),
        Must::BeSet => !setting.value.is_empty(),
        Must::NotBeSet => setting.value.is_empty(),
        Must::Have(item) => setting.items().any(|each| each == item),
        Must::NotHave(item) => !setting.items().any(|each| each == item),
        Must::AtLeast(least) => value.parse::<i64>().map_or(true, |value| value >= least),
        Must::BeLocal => setting.value.is_empty() || is_local(&setting.value),
    }
}

type Change = (Span, String);

/// JSON wants quotes around text; YAML takes them.
fn written(value: &str) -> String {
    let bare = matches!(value, "true" | "false") || value.parse::<f64>().is_ok();
    if bare { value.to_owned() } else { format!("\"{value}\"") }
}

fn replacement(host: &Host<'_>, setting: &Setting<'_>, ask: &Ask, value: &str) -> Option<Change> {
    if setting.node.is_some() {
        return (host.component != Component::Containerd)
            .then(|| set(host.source, host.root, ask.path, &written(value)))?;
    }
    let item = setting.item.filter(|item| !item.shared)?;
    let text = host.source.slice(item.span);
    let at = text.find('=')? + 1;
    let end = text.trim_end_matches(['"', '\'']).len();
    (at <= end).then(|| (Span::new(item.span.start + at, item.span.start + end), value.to_owned()))
}

fn addition(host: &Host<'_>, ask: &Ask, value: &str) -> Option<Change> {
    if !host.root.is_null() {
        return (host.component != Component::Containerd)
            .then(|| set(host.source, host.root, ask.path, &written(value)))?;
    }
    append(host.source, host.list?, &format!("--{}={value}", ask.flag))
}
