//! From the bytes of a policy to the policy, or to every mistake in it.

use std::collections::BTreeMap;

use boltseal_evidence::{Digest, Mode};
use boltseal_posture::yaml::{Limits, Node, Value, parse};
use boltseal_posture::{Source, Span};
use boltseal_trust::PublicKey;

use super::node::{self, listed, nearest, unknown};
use super::{Exception, OnUnknown, Policy, PolicyFiles, Profile, Rule, Scope, Subjects, is_day, keys};
use crate::ask::{KINDS, Kind};
use crate::{Ask, KnownBase, PolicyError};

/// Bytes of a policy; far above any that people write.
const LARGEST: usize = 1 << 20;
/// Values in it, and levels of nesting.
const LIMITS: Limits = Limits { depth: 32, nodes: 100_000 };
/// Rules of a policy.
const MOST_RULES: usize = 1_000;
/// Exceptions of a policy.
const MOST_EXCEPTIONS: usize = 10_000;
/// A broken file shows this many mistakes.
const MOST_ERRORS: usize = 50;
/// Bytes of a list of bases.
const LARGEST_BASES: usize = 16 << 20;

const KEYS: [&str; 8] = ["version", "name", "description", "profile", "keys", "bases", "rules", "exceptions"];
const RULE_KEYS: [&str; 6] = ["id", "description", "mode", "unknown", "subjects", "except-subjects"];
const EXCEPTION_KEYS: [&str; 6] = ["rule", "subjects", "covers", "reason", "owner", "expires"];

/// Reads a policy.
pub(super) fn policy(path: &str, bytes: &[u8], files: &dyn PolicyFiles) -> Result<Policy, Vec<PolicyError>> {
    let general = |message: String| vec![PolicyError::general(path, message)];
    if bytes.len() > LARGEST {
        return Err(general(format!("the policy is larger than {LARGEST} bytes: split it")));
    }
    let source = Source::new(path, bytes).map_err(general)?;
    let mut reader = Reader { source: &source, files, errors: Vec::new(), profile: false };
    let parsed = reader.file();
    let policy = match parsed {
        Some(root) if reader.errors.is_empty() => Some(reader.policy(&root, Digest::sha256_of(bytes))),
        _ => None,
    };
    let mut errors = reader.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    errors.dedup();
    errors.truncate(MOST_ERRORS);
    policy.filter(|_| errors.is_empty()).ok_or(errors)
}

/// The rules of a profile. They are ours, so that a mistake in them is found by the tests.
fn profile_rules(profile: Profile) -> Result<Vec<Rule>, Vec<PolicyError>> {
    let path = format!("profile {}", profile.name());
    let source = Source::from_text(&path, profile.text());
    let mut reader = Reader { source: &source, files: &super::NoFiles, errors: Vec::new(), profile: true };
    let root = reader.file();
    let rules = root.map(|root| reader.policy(&root, Digest::sha256_of(b"")).rules);
    rules.filter(|_| reader.errors.is_empty()).ok_or(reader.errors)
}

struct Reader<'a> {
    source: &'a Source<'a>,
    files: &'a dyn PolicyFiles,
    errors: Vec<PolicyError>,
    /// It is a profile that is read.
    profile: bool,
}

impl Reader<'_> {
    fn error(&mut self, span: Span, message: impl Into<String>) {
        // Some more than are shown, since they are sorted afterwards.
        if self.errors.len() < 4 * MOST_ERRORS {
            self.errors.push(PolicyError::new(self.source, span, message));
        }
    }

    /// The one document of the file.
    fn file(&mut self) -> Option<Node> {
        let parsed = parse(self.source, LIMITS);
        if let Some((span, message)) = parsed.error {
            self.error(span, message);
        }
        for span in parsed.duplicates {
            self.error(span, format!("`{}` stands twice here: remove one", self.source.slice(span)));
        }
        let mut documents = parsed.documents.into_iter();
        let first = documents.next();
        if let Some(second) = documents.next() {
            self.error(second.span, "a policy is one document: remove what follows `---`");
        }
        match &first {
            None if self.errors.is_empty() => {
                self.error(Span::empty(0), "the policy is empty: `boltseal gate init` writes one to begin with");
            }
            Some(root) if !matches!(root.value, Value::Mapping(_)) => {
                self.error(root.span, "a policy is a mapping that begins with `version: 1`");
                return None;
            }
            _ => {}
        }
        first
    }

    fn policy(&mut self, root: &Node, digest: Digest) -> Policy {
        self.known(root, &KEYS, "a key of a policy");
        match root.get("version") {
            None => self.error(start(root), "`version` is missing: write `version: 1`"),
            Some(version) if version.as_int() == Some(1) => {}
            Some(version) => self.error(version.span, "this version is not known here: write `version: 1`"),
        }
        let name = self.text(root, "name");
        self.text(root, "description");
        let profile: Option<Profile> = self.value(root, "profile");
        let keys = self.keys(root);
        let bases = self.bases(root);
        let mut rules = match profile.map(profile_rules) {
            None => Vec::new(),
            Some(Ok(rules)) => rules,
            Some(Err(errors)) => {
                self.errors.extend(errors);
                Vec::new()
            }
        };
        self.rules(root, &mut rules, &keys, &bases);
        let exceptions = self.exceptions(root, &rules);
        Policy {
            name: name.unwrap_or_else(|| self.source.path.to_owned()),
            digest,
            profile,
            keys: keys.into_values().collect(),
            bases,
            rules,
            exceptions,
        }
    }

    /// Every key of a mapping is one of these.
    fn known(&mut self, node: &Node, keys: &[&str], what: &str) {
        for (key, _) in node.entries() {
            match key.as_str() {
                Some(name) if keys.contains(&name) => {}
                Some(name) => self.error(key.span, unknown(name, what, keys)),
                None => self.error(key.span, format!("this is not {what}: write {}", listed(keys))),
            }
        }
    }

    /// What stands under a key.
    fn value<T: serde::de::DeserializeOwned>(&mut self, node: &Node, key: &str) -> Option<T> {
        let value = node.get(key)?;
        match node::read(value) {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.error(wrong.span.unwrap_or(value.span), wrong.message);
                None
            }
        }
    }

    /// The text under a key; a mistake where it is empty.
    fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        let text: String = self.value(node, key)?;
        if text.trim().is_empty() {
            let span = node.entry(key).map_or(node.span, |(key, _)| key.span);
            self.error(span, format!("`{key}` says nothing"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    fn required(&mut self, node: &Node, key: &str, why: &str) -> Option<String> {
        if node.get(key).is_none() {
            self.error(start(node), format!("`{key}` is missing: {why}"));
        }
        self.text(node, key)
    }

    /// The items under a key.
    fn items<'n>(&mut self, node: &'n Node, key: &str, most: usize) -> &'n [Node] {
        let Some(list) = node.get(key) else { return &[] };
        match &list.value {
            Value::Null => &[],
            Value::Sequence(items) if items.len() > most => {
                self.error(list.span, format!("more than {most} {key}: split the policy"));
                &[]
            }
            Value::Sequence(items) => items,
            _ => {
                self.error(list.span, format!("`{key}` is a list: begin each item with `- `"));
                &[]
            }
        }
    }

    fn keys(&mut self, root: &Node) -> BTreeMap<String, PublicKey> {
        let mut keys = BTreeMap::new();
        let Some(node) = root.get("keys") else { return keys };
        if !matches!(node.value, Value::Mapping(_) | Value::Null) {
            self.error(node.span, "`keys` are names with what they stand for: `release: {file: release.pub}`");
        }
        for (name, value) in node.entries() {
            let name = name.as_str().unwrap_or_default();
            let bytes = match &value.value {
                Value::Scalar(pem) => Some(pem.as_bytes().to_vec()),
                Value::Mapping(_) => {
                    self.known(value, &["file", "pem"], "a key here");
                    match (value.get("file"), self.text(value, "pem")) {
                        (Some(file), None) => self.named_file(file),
                        (None, Some(pem)) => Some(pem.into_bytes()),
                        _ => {
                            self.error(start(value), "write either `file` or `pem` here");
                            None
                        }
                    }
                }
                _ => {
                    self.error(value.span, format!("`{name}` has no key: write `{name}: {{file: {name}.pub}}`"));
                    None
                }
            };
            match bytes.map(|bytes| keys::read(name, &bytes)) {
                Some(Ok(key)) => {
                    keys.insert(name.to_owned(), key);
                }
                Some(Err(why)) => self.error(value.span, format!("`{name}` is not a public key: {why}")),
                None => {}
            }
        }
        keys
    }

    fn named_file(&mut self, file: &Node) -> Option<Vec<u8>> {
        let Some(path) = file.as_str() else {
            self.error(file.span, "this is not the path of a file");
            return None;
        };
        self.files.read(path).map_err(|why| self.error(file.span, format!("`{path}` cannot be read: {why}"))).ok()
    }

    fn bases(&mut self, root: &Node) -> Vec<KnownBase> {
        let Some(node) = root.get("bases") else { return Vec::new() };
        let Some(file) = node.get("file") else {
            return self.value(root, "bases").unwrap_or_default();
        };
        self.known(node, &["file"], "a key here");
        let Some(bytes) = self.named_file(file) else { return Vec::new() };
        let path = file.as_str().unwrap_or_default();
        match known_bases(path, &bytes) {
            Ok(bases) => bases,
            Err(why) => {
                self.error(file.span, format!("`{path}` is not a list of bases: {why}"));
                Vec::new()
            }
        }
    }

    /// Adds the rules of the file to those of the profile.
    fn rules(&mut self, root: &Node, rules: &mut Vec<Rule>, keys: &BTreeMap<String, PublicKey>, bases: &[KnownBase]) {
        let inherited = rules.len();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for item in self.items(root, "rules", MOST_RULES) {
            let line = self.line(item.span);
            let Some(id) = self.rule_id(item) else { continue };
            if let Some(first) = seen.insert(id.clone(), line) {
                let span = item.get("id").map_or(item.span, |id| id.span);
                self.error(span, format!("the rule in line {first} is called `{id}` too: an id stands once"));
                continue;
            }
            let place = rules.iter().take(inherited).position(|rule| rule.id == id);
            let ask = self.ask(item, keys, bases, place.is_some());
            match (place.and_then(|place| rules.get_mut(place)), ask) {
                (Some(rule), ask) => {
                    if let Some(ask) = ask {
                        rule.ask = ask;
                        rule.description = None;
                        rule.mode = Mode::default();
                        rule.on_unknown = OnUnknown::default();
                        rule.source = self.place(item.span);
                    } else {
                        rule.source = format!("{}, changed in {}", rule.source, self.place(item.span));
                    }
                    self.adjust(item, rule);
                }
                (None, Some(ask)) => {
                    let mut rule = Rule {
                        id,
                        description: None,
                        mode: Mode::default(),
                        on_unknown: OnUnknown::default(),
                        subjects: Subjects::default(),
                        except_subjects: Subjects::default(),
                        ask,
                        source: self.place(item.span),
                    };
                    self.adjust(item, &mut rule);
                    rules.push(rule);
                }
                (None, None) => {
                    // Its other keys may be wrong too; a mistake in the ask is told already.
                    let _: Option<Mode> = self.value(item, "mode");
                    let _: Option<OnUnknown> = self.value(item, "unknown");
                    let _ = (self.subjects(item, "subjects"), self.subjects(item, "except-subjects"));
                }
            }
        }
    }

    fn rule_id(&mut self, item: &Node) -> Option<String> {
        if !matches!(item.value, Value::Mapping(_)) {
            self.error(item.span, "a rule is a mapping: `- id: …` and what it asks");
            return None;
        }
        let kinds: Vec<&str> = RULE_KEYS.into_iter().chain(KINDS.iter().map(|kind| kind.key)).collect();
        self.known(item, &kinds, "a key of a rule");
        let id = self.required(item, "id", "name the rule, so that reports and exceptions can")?;
        let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) && id.len() <= 100;
        if !plain {
            let span = item.get("id").map_or(item.span, |id| id.span);
            self.error(span, "an id is made of letters, digits, `-`, `_` and `.`, at most 100 of them");
            return None;
        }
        Some(id)
    }

    /// What a rule asks; `None` where it has no ask, or a wrong one, which is told.
    fn ask(
        &mut self,
        item: &Node,
        keys: &BTreeMap<String, PublicKey>,
        bases: &[KnownBase],
        optional: bool,
    ) -> Option<Ask> {
        let written: Vec<(&'static Kind, &Node, &Node)> =
            KINDS.iter().filter_map(|kind| item.entry(kind.key).map(|(name, value)| (kind, name, value))).collect();
        let (kind, name, value) = match written.as_slice() {
            [] if optional => return None,
            [] => {
                let all: Vec<&str> = KINDS.iter().map(|kind| kind.key).collect();
                // A misspelt ask is told as an unknown key.
                let known = |key: &Node| key.as_str().is_some_and(|key| RULE_KEYS.contains(&key));
                if item.entries().iter().all(|(key, _)| known(key)) {
                    self.error(start(item), format!("the rule asks nothing: add {}", listed(&all)));
                }
                return None;
            }
            [one] => *one,
            [_, (_, second, _), ..] => {
                self.error(second.span, "a rule asks one thing: write a rule of its own for this");
                return None;
            }
        };
        let mut scope = Scope::new(keys, bases);
        match Ask::read(kind, value, &mut scope) {
            Ok(ask) => {
                let wrong = !scope.mistakes.is_empty();
                for (place, message) in scope.mistakes {
                    self.error(below(value, &place).unwrap_or(name.span), message);
                }
                (!wrong).then_some(ask)
            }
            Err(wrong) => {
                self.error(wrong.span.filter(|span| !span.is_empty()).unwrap_or(name.span), wrong.message);
                None
            }
        }
    }

    /// Takes over what a rule says beside its ask.
    fn adjust(&mut self, item: &Node, rule: &mut Rule) {
        if let Some(description) = self.text(item, "description") {
            rule.description = Some(description);
        }
        if let Some(mode) = self.value(item, "mode") {
            rule.mode = mode;
        }
        if let Some(on_unknown) = self.value(item, "unknown") {
            rule.on_unknown = on_unknown;
        }
        if let Some(subjects) = self.subjects(item, "subjects") {
            rule.subjects = subjects;
        }
        if let Some(subjects) = self.subjects(item, "except-subjects") {
            rule.except_subjects = subjects;
        }
    }

    /// The patterns under a key.
    fn subjects(&mut self, node: &Node, key: &str) -> Option<Subjects> {
        let list = node.get(key)?;
        let mut subjects = Subjects::default();
        let items = self.items(node, key, 1_000);
        if items.is_empty() && matches!(list.value, Value::Null | Value::Sequence(_)) {
            let span = node.entry(key).map_or(node.span, |(key, _)| key.span);
            self.error(span, format!("`{key}` is empty: name repositories or digests, or remove it"));
        }
        for item in items {
            match item.as_str() {
                Some(pattern) => {
                    if let Err(why) = subjects.add(pattern) {
                        self.error(item.span, why);
                    }
                }
                None => self.error(item.span, "this is no pattern: write a repository or a digest"),
            }
        }
        Some(subjects)
    }

    fn exceptions(&mut self, root: &Node, rules: &[Rule]) -> Vec<Exception> {
        if self.profile {
            return Vec::new();
        }
        let mut exceptions = Vec::new();
        for item in self.items(root, "exceptions", MOST_EXCEPTIONS) {
            if !matches!(item.value, Value::Mapping(_)) {
                self.error(item.span, "an exception is a mapping: `- rule: …`, what it covers, why and until when");
                continue;
            }
            exceptions.extend(self.exception(item, rules));
        }
        exceptions
    }

    fn exception(&mut self, item: &Node, rules: &[Rule]) -> Option<Exception> {
        self.known(item, &EXCEPTION_KEYS, "a key of an exception");
        let rule = self.required(item, "rule", "name the rule that it is an exception from");
        let reason = self.required(item, "reason", "say why the rule need not hold");
        let owner = self.required(item, "owner", "name who answers for it");
        let expires = self.required(item, "expires", "name the last day it holds, as in `2027-01-31`");
        if let (Some(expires), Some(node)) = (&expires, item.get("expires"))
            && !is_day(expires)
        {
            self.error(node.span, format!("`{expires}` is not a day: write `YYYY-MM-DD`"));
        }
        for (key, why) in [
            ("subjects", "name the repositories or digests it is for; `[\"**\"]` is all of them"),
            ("covers", "name the advisories or checks it is for; `[\"*\"]` is whatever the rule says"),
        ] {
            if item.get(key).is_none() {
                self.error(start(item), format!("`{key}` is missing: {why}"));
            }
        }
        let subjects = self.subjects(item, "subjects");
        let covers: Option<Vec<String>> = self.value(item, "covers");
        if let Some(node) = item.get("covers") {
            let blank = |id: &String| id.trim().is_empty();
            if covers.as_ref().is_some_and(|covers| covers.is_empty() || covers.iter().any(blank)) {
                let span = item.entry("covers").map_or(node.span, |(key, _)| key.span);
                self.error(span, "`covers` names nothing: write `[\"*\"]` for whatever the rule says");
            }
        }
        if let (Some(rule), Some(node)) = (&rule, item.get("rule")) {
            let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
            let everything = covers.iter().flatten().any(|id| id == "*");
            if rule == "*" && everything {
                self.error(node.span, "this would allow whatever there is: name the rule, or what is covered");
            } else if rule != "*" && !ids.contains(&rule.as_str()) {
                let way_out = nearest(rule, &ids).map_or_else(
                    || "correct or remove the exception".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(node.span, format!("no rule is called `{rule}`: {way_out}"));
            }
        }
        Some(Exception {
            rule: rule?,
            subjects: subjects?,
            covers: covers?,
            reason: reason?,
            owner: owner?,
            expires: expires?,
            source: self.place(item.span),
        })
    }

    fn line(&self, span: Span) -> usize {
        self.source.line_of(span.start)
    }

    /// File and line, or the profile.
    fn place(&self, span: Span) -> String {
        if self.profile { self.source.path.to_owned() } else { format!("{}:{}", self.source.path, self.line(span)) }
    }
}

/// A list of bases, YAML or JSON.
///
/// # Errors
/// What is wrong with it, by line.
pub(crate) fn known_bases(path: &str, bytes: &[u8]) -> Result<Vec<KnownBase>, String> {
    if bytes.len() > LARGEST_BASES {
        return Err(format!("it is larger than {LARGEST_BASES} bytes"));
    }
    let source = Source::new(path, bytes)?;
    let parsed = parse(&source, Limits { depth: 16, nodes: 1_000_000 });
    let at = |span: Span, message: String| format!("line {}: {message}", source.line_of(span.start));
    if let Some((span, message)) = parsed.error {
        return Err(at(span, message));
    }
    let Some(root) = parsed.documents.first() else { return Ok(Vec::new()) };
    node::read(root).map_err(|wrong| at(wrong.span.unwrap_or(root.span), wrong.message))
}

/// Where a mapping begins: its first key.
fn start(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |(key, _)| key.span)
}

/// What stands at a place below a node, or as near to it as there is something.
fn below(node: &Node, place: &str) -> Option<Span> {
    let mut span = None;
    let mut node = node;
    for step in place.split('/').filter(|step| !step.is_empty()) {
        let next = match &node.value {
            Value::Sequence(items) => step.parse::<usize>().ok().and_then(|number| items.get(number)),
            _ => node.get(step),
        };
        let Some(next) = next else { break };
        span = Some(next.span);
        node = next;
    }
    span
}
