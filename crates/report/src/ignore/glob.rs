//! Path patterns: `?` and `*` within a name, `**` over any number of directories.

/// A path pattern.
#[derive(Debug, Clone)]
pub(super) struct Glob(Vec<Token>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Star,
    Deep,
    /// `**/`: nothing, or directories and their slash.
    Directories,
}

/// The longest pattern and the longest path that are compared, in characters.
const LONGEST: usize = 4_096;

impl Glob {
    /// The pattern of `text`; a leading `/` is left out, as paths have none.
    pub(super) fn new(text: &str) -> Self {
        let mut tokens = Vec::new();
        let mut rest = text.strip_prefix('/').unwrap_or(text);
        while let Some(character) = rest.chars().next() {
            let at_start = matches!(tokens.last(), None | Some(Token::Char('/') | Token::Directories));
            let (token, after) = if let Some(after) = rest.strip_prefix("**/").filter(|_| at_start) {
                (Token::Directories, after)
            } else if let Some(after) = rest.strip_prefix("**") {
                (Token::Deep, after)
            } else {
                let after = rest.get(character.len_utf8()..).unwrap_or_default();
                (Self::single(character), after)
            };
            // Repeated stars match the same and would only cost time.
            if tokens.last() != Some(&token) || matches!(token, Token::Char(_) | Token::One) {
                tokens.push(token);
            }
            rest = after;
        }
        Self(tokens)
    }

    fn single(character: char) -> Token {
        match character {
            '*' => Token::Star,
            '?' => Token::One,
            other => Token::Char(other),
        }
    }

    /// The whole of `path` matches. Takes time in proportion to the product of both lengths, whatever they hold.
    pub(super) fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.strip_prefix('/').unwrap_or(path).chars().take(LONGEST).collect();
        // `reached[i]`: the tokens so far can match the first `i` characters.
        let mut reached = vec![false; path.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for token in self.0.iter().take(LONGEST) {
            reached = step(*token, &reached, &path);
        }
        reached.last().copied().unwrap_or(false)
    }
}

fn step(token: Token, before: &[bool], path: &[char]) -> Vec<bool> {
    let mut after = Vec::with_capacity(before.len());
    // Some earlier place was reached, and nothing since stops the star.
    let mut open = false;
    for (index, reached) in before.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|previous| path.get(previous)).copied();
        let reached_before = index.checked_sub(1).and_then(|previous| before.get(previous)).copied().unwrap_or(false);
        open = match token {
            Token::Star => *reached || (open && previous != Some('/')),
            Token::Deep | Token::Directories => *reached || open,
            Token::Char(_) | Token::One => false,
        };
        after.push(match token {
            Token::Char(character) => reached_before && previous == Some(character),
            Token::One => reached_before && previous.is_some_and(|character| character != '/'),
            Token::Star | Token::Deep => open,
            Token::Directories => *reached || (open && previous == Some('/')),
        });
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_as_people_expect() {
        for (pattern, path, expect) in [
            ("opt/*.jar", "opt/app.jar", true),
            ("opt/*.jar", "opt/lib/app.jar", false),
            ("opt/**/*.jar", "opt/app.jar", true),
            ("opt/**/*.jar", "opt/a/b/app.jar", true),
            ("**/package.json", "package.json", true),
            ("**/package.json", "my-package.json", false),
            ("/usr/**", "usr/lib/x", true),
            ("usr/lib?/x", "usr/lib6/x", true),
            ("usr/lib?x", "usr/lib/x", false),
            ("", "usr", false),
            ("a*b*c", "aXbXc", true),
            ("a*b*c", "aXbXcX", false),
        ] {
            assert_eq!(Glob::new(pattern).matches(path), expect, "{pattern} {path}");
        }
    }

    proptest! {
        #[test]
        fn a_path_matches_itself_and_everything_matches_two_stars(path in "[a-z/.]{0,40}") {
            prop_assert!(Glob::new(&path).matches(&path));
            prop_assert!(Glob::new("**").matches(&path));
        }
    }
}
