//! Options as programs read them, and what package managers are asked to do.

use crate::dockerfile::Word;
use crate::dockerfile::shell::Call;

/// The options and operands of a call, by getopt's reading: letters may be joined, values may be attached.
#[derive(Debug, Default)]
pub(in super::super) struct Options<'c> {
    flags: Vec<(&'c str, Option<&'c str>, &'c Word)>,
    /// What is no option.
    pub operands: Vec<&'c Word>,
}

impl<'c> Options<'c> {
    /// Reads a call's arguments: `short` are the letters that take a value, `long` the long options that take the next
    /// word for one.
    pub(in super::super) fn read(call: &'c Call, short: &str, long: &[&str]) -> Self {
        let mut options = Self::default();
        let mut words = call.arguments().iter();
        while let Some(word) = words.next() {
            if word.text == "--" {
                options.operands.extend(words);
                break;
            }
            if let Some(name) = word.text.strip_prefix("--") {
                let (name, value) = match name.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None if long.contains(&name) => (name, words.next().map(|next| next.text.as_str())),
                    None => (name, None),
                };
                options.flags.push((name, value, word));
                continue;
            }
            let Some(cluster) = word.text.strip_prefix('-').filter(|cluster| !cluster.is_empty()) else {
                options.operands.push(word);
                continue;
            };
            for (at, letter) in cluster.char_indices() {
                let end = at + letter.len_utf8();
                let name = cluster.get(at..end).unwrap_or_default();
                if !short.contains(letter) {
                    options.flags.push((name, None, word));
                    continue;
                }
                let rest = cluster.get(end..).unwrap_or_default();
                let value = if rest.is_empty() { words.next().map(|next| next.text.as_str()) } else { Some(rest) };
                options.flags.push((name, value, word));
                break;
            }
        }
        options
    }

    /// One of these is given; names stand without dashes.
    pub(in super::super) fn has(&self, names: &[&str]) -> bool {
        self.word(names).is_some()
    }

    /// The word that gives one of these.
    pub(in super::super) fn word(&self, names: &[&str]) -> Option<&'c Word> {
        self.flags.iter().find(|(name, _, _)| names.contains(name)).map(|(_, _, word)| *word)
    }

    /// The values of these, each with the word of its option.
    pub(in super::super) fn values(&self, names: &[&str]) -> impl Iterator<Item = (&'c str, &'c Word)> {
        self.flags
            .iter()
            .filter(|(name, _, _)| names.contains(name))
            .filter_map(|(_, value, word)| value.map(|value| (value, *word)))
    }

    /// How often a letter is given.
    pub(in super::super) fn count(&self, name: &str) -> usize {
        self.flags.iter().filter(|(each, _, _)| *each == name).count()
    }
}

/// A program of the kind `program [option…] verb [option…] name…`.
pub(in super::super) struct Manager {
    /// What it is called.
    pub programs: &'static [&'static str],
    /// Letters that take a value.
    pub short: &'static str,
    /// Long options that take the next word.
    pub long: &'static [&'static str],
}

/// A call of a [`Manager`].
pub(in super::super) struct Action<'c> {
    /// Its options, before and after the verb.
    pub options: Options<'c>,
    /// What it shall do.
    pub verb: &'c Word,
    /// To what.
    pub names: Vec<&'c Word>,
}

impl Manager {
    /// What a call asks of this program.
    pub(in super::super) fn action<'c>(&self, call: &'c Call) -> Option<Action<'c>> {
        if !call.is(self.programs) {
            return None;
        }
        let mut options = Options::read(call, self.short, self.long);
        if options.operands.is_empty() {
            return None;
        }
        let verb = options.operands.remove(0);
        let names = std::mem::take(&mut options.operands);
        Some(Action { options, verb, names })
    }

    /// The call does one of these things.
    pub(in super::super) fn does(&self, call: &Call, verbs: &[&str]) -> bool {
        self.action(call).is_some_and(|action| action.is(verbs))
    }
}

impl Action<'_> {
    /// It does one of these things.
    pub(in super::super) fn is(&self, verbs: &[&str]) -> bool {
        verbs.contains(&self.verb.text.as_str())
    }
}

/// The word is a variable or a substitution as a whole, so that nobody knows what it says.
pub(in super::super) fn is_variable(word: &str) -> bool {
    word.starts_with(['$', '`'])
}

/// `` `a`, `b` and 3 more ``
pub(in super::super) fn list(names: &[&Word]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|word| format!("`{}`", shown(&word.text))).collect();
    match (shown.as_slice(), names.len().saturating_sub(3)) {
        ([only], 0) => only.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// One text or the other, by how many there are.
pub(in super::super) fn plural<'t>(names: &[&Word], one: &'t str, several: &'t str) -> &'t str {
    if names.len() == 1 { one } else { several }
}

/// `` `a` is ``, or `` `a` and `b` are ``.
pub(in super::super) fn list_is(names: &[&Word]) -> String {
    format!("{} {}", list(names), plural(names, "is", "are"))
}

/// An address as a message may show it: without what is before `@`, which may be a password, and not too long.
pub(in super::super) fn shown(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, after)) = rest.split_once("://") {
        text.push_str(before);
        text.push_str("://");
        let end = after.find(['/', '?', '#', ' ', '\'', '"']).unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or_default();
        rest = authority.rfind('@').and_then(|at| after.get(at + 1..)).unwrap_or(after);
    }
    text.push_str(rest);
    if text.chars().count() > 60 {
        text = text.chars().take(57).collect();
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn messages_show_no_password_of_an_address() {
        assert_eq!(shown("https://user:s3cret@github.com/a/b.git"), "https://github.com/a/b.git");
        assert_eq!(shown("http://a:b@c d=https://e:f@g"), "http://c d=https://g");
        assert_eq!(shown("https://github.com/a@v1"), "https://github.com/a@v1");
        assert_eq!(shown(&format!("https://example.com/{}", "a".repeat(80))).len(), 60);
    }
}
