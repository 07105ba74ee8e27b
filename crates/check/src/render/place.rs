//! From a place in a rendered manifest back to the file that it came from.

use std::collections::HashMap;

use boltseal_evidence::Region;
use boltseal_posture::{Source, Span};

/// A text by its lines, to look them up.
pub(super) struct Lines<'t> {
    source: Source<'t>,
    lines: Vec<&'t str>,
    /// Numbers of lines by their text without indentation and the dash of an item.
    by_text: HashMap<&'t str, Vec<usize>>,
    /// Numbers of lines by their key.
    by_key: HashMap<&'t str, Vec<usize>>,
}

/// More lines that fit than this tell nothing.
const MOST: usize = 64;
/// More parents than this no manifest has.
const DEPTH: usize = 32;
/// Lines above that are searched for parents.
const REACH: usize = 4000;

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let source = Source::from_text("", text);
        let lines: Vec<&'t str> = source.text.lines().collect();
        let mut by_text: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, line) in lines.iter().enumerate() {
            by_text.entry(bare(line)).or_default().push(number);
            if let Some(key) = key(bare(line)) {
                by_key.entry(key).or_default().push(number);
            }
        }
        Self { source, lines, by_text, by_key }
    }

    /// The place in `file` of the line at `region` of this text: the line that is the same but for its indentation. Of
    /// several the one whose parents fit best; `None` where none or no single one does.
    pub(super) fn exact(&self, region: &Region, file: &Lines<'_>) -> Option<Region> {
        let number = usize::try_from(region.line).ok()?.checked_sub(1)?;
        file.place(self.same(number, file)?)
    }

    /// Else the line with the same key whose value is a template's, else any with the key, else that of its closest parent
    /// that can be told.
    pub(super) fn near(&self, region: &Region, file: &Lines<'_>) -> Option<Region> {
        let number = usize::try_from(region.line).ok()?.checked_sub(1)?;
        let mut all = std::iter::once(number).chain(self.parents(number));
        file.place(all.find_map(|number| {
            let keyed = || self.keyed(number, file, |line| line.contains("{{"));
            self.same(number, file).or_else(keyed).or_else(|| self.keyed(number, file, |_| true))
        })?)
    }

    fn place(&self, number: usize) -> Option<Region> {
        let span = self.source.line(number + 1);
        let text = self.source.slice(span);
        let blank = text.len() - text.trim_start().len();
        (!text.trim().is_empty()).then(|| self.source.region(Span::new(span.start + blank, span.end)))
    }

    fn line(&self, number: usize) -> &'t str {
        self.lines.get(number).copied().unwrap_or_default()
    }

    fn same(&self, number: usize, file: &Lines<'_>) -> Option<usize> {
        let wanted = bare(self.line(number));
        let all = file.by_text.get(wanted).filter(|_| !wanted.is_empty())?;
        self.best(number, all, file)
    }

    fn keyed(&self, number: usize, file: &Lines<'_>, counts: impl Fn(&str) -> bool) -> Option<usize> {
        let all = file.by_key.get(key(bare(self.line(number)))?).filter(|all| all.len() <= MOST)?;
        let all: Vec<usize> = all.iter().copied().filter(|number| counts(file.line(*number))).collect();
        self.best(number, &all, file)
    }

    /// The line of `file` among `all` whose parents are most like those of ours.
    fn best(&self, number: usize, all: &[usize], file: &Lines<'_>) -> Option<usize> {
        if all.len() <= 1 || all.len() > MOST {
            return all.first().copied().filter(|_| all.len() == 1);
        }
        let parents: Vec<&str> = self.parents(number).map(|parent| bare(self.line(parent))).collect();
        let score = |candidate: usize| {
            let theirs: Vec<&str> = file.parents(candidate).map(|parent| bare(file.line(parent))).collect();
            let likeness = |ours: &str, their: &str| match ours == their {
                true => 2,
                false => usize::from(their.contains("{{") && key(ours).is_some() && key(ours) == key(their)),
            };
            let best = |ours: &&str| theirs.iter().map(|their| likeness(ours, their)).max().unwrap_or(0);
            parents.iter().map(best).sum::<usize>()
        };
        let scores: Vec<(usize, usize)> = all.iter().map(|candidate| (score(*candidate), *candidate)).collect();
        let most = scores.iter().map(|(score, _)| *score).max()?;
        let mut winners = scores.iter().filter(|(score, _)| *score == most);
        let (_, winner) = winners.next()?;
        winners.next().is_none().then_some(*winner)
    }

    /// The lines that hold a line, innermost first: for an item of a list its first line too, since that often names it.
    fn parents(&self, number: usize) -> impl Iterator<Item = usize> {
        let mut depth = indentation(self.line(number));
        let mut at = number;
        let end = number.saturating_sub(REACH);
        std::iter::from_fn(move || {
            while at > end && depth > 0 {
                at -= 1;
                let line = self.line(at);
                let text = line.trim();
                if text.starts_with("---") {
                    return None;
                }
                let counts = !text.is_empty() && !text.starts_with('#') && !text.starts_with("{{");
                if counts && indentation(line) < depth {
                    depth = indentation(line);
                    return Some(at);
                }
            }
            None
        })
        .take(DEPTH)
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A line without indentation and without the dash of an item: programs order the keys of an item anew.
fn bare(line: &str) -> &str {
    let text = line.trim();
    text.strip_prefix("- ").map_or(text, str::trim_start)
}

/// `name: x` has the key `name`.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let plain = !key.is_empty() && (rest.is_empty() || rest.starts_with(' ')) && !key.contains("{{");
    plain.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
kind: Pod
spec:
  hostPID: true
  containers:
    - name: a
      image: {{ .Values.image }}
      securityContext:
        {{- toYaml .Values.security | nindent 8 }}
    - name: b
      tty: true
      securityContext:
        privileged: true
  initContainers:
    - name: c
      tty: true
";
    const RENDERED: &str = "\
kind: Pod
spec:
    hostPID: true
    containers:
        - name: a
          image: x
          securityContext:
              allowed: true
        - name: b
          tty: true
          securityContext:
              privileged: true
    initContainers:
        - name: c
          tty: true
";

    fn region(line: u32) -> Region {
        Region { line, column: 1, end_line: line, end_column: 2, start: 0, end: 1 }
    }

    fn exact(line: u32) -> Option<u32> {
        Lines::new(RENDERED).exact(&region(line), &Lines::new(FILE)).map(|region| region.line)
    }

    fn near(line: u32) -> Option<u32> {
        Lines::new(RENDERED).near(&region(line), &Lines::new(FILE)).map(|region| region.line)
    }

    #[test]
    fn lines_are_found_by_their_text_and_their_parents() {
        assert_eq!(exact(3), Some(3));
        assert_eq!(exact(12), Some(12));
        assert_eq!(exact(10), Some(10), "in container b");
        assert_eq!(exact(15), Some(15), "in container c");
        assert_eq!(exact(6), None);
    }

    #[test]
    fn what_an_action_wrote_is_found_by_its_key_or_its_parent() {
        assert_eq!(near(6), Some(6));
        assert_eq!(near(8), Some(7), "the parent of what toYaml wrote");
    }
}
