//! Python: PEP 440, appendix B (the grammar that `packaging` reads) and its section on ordering.

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Pep440Version<'a> {
    epoch: &'a str,
    release: &'a str,
    /// The phase (alpha, beta, candidate) and its number.
    pre: Option<(Phase, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Alpha,
    Beta,
    Candidate,
}

/// Longer spellings before those that they begin with.
const PHASES: [(&str, Phase); 8] = [
    ("alpha", Phase::Alpha),
    ("a", Phase::Alpha),
    ("beta", Phase::Beta),
    ("b", Phase::Beta),
    ("preview", Phase::Candidate),
    ("pre", Phase::Candidate),
    ("rc", Phase::Candidate),
    ("c", Phase::Candidate),
];

const SEPARATORS: [char; 3] = ['.', '-', '_'];

impl<'a> Pep440Version<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (public, local) = text.split_once('+').map_or((text, None), |(public, local)| (public, Some(local)));
        let (epoch, rest) = public.split_once('!').unwrap_or(("0", public));
        let (release, rest) = take_release(rest)?;
        let (pre, rest) = PHASES
            .iter()
            .find_map(|(word, phase)| take_segment(rest, word).map(|(number, rest)| (Some((*phase, number)), rest)))
            .unwrap_or((None, rest));
        let (post, rest) = take_post(rest);
        let (dev, rest) = take_segment(rest, "dev").map_or((None, rest), |(number, rest)| (Some(number), rest));
        let local_is_fine = local.is_none_or(|local| local_parts(local).all(is_local_part));
        (lexeme::is_number(epoch) && rest.is_empty() && local_is_fine).then_some(Self {
            epoch,
            release,
            pre,
            post,
            dev,
            local,
        })
    }
}

impl Pep440Version<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        lexeme::compare(self.epoch, other.epoch)
            .then_with(|| compare_release(self.release, other.release))
            .then_with(|| self.compare_phase(other))
            .then_with(|| compare_option(self.post, other.post))
            // A development release comes before what it leads to: absent is greatest.
            .then_with(|| match (self.dev, other.dev) {
                (Some(left), Some(right)) => lexeme::compare(left, right),
                (left, right) => right.is_some().cmp(&left.is_some()),
            })
            .then_with(|| match (self.local, other.local) {
                (Some(left), Some(right)) => compare_local(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            })
    }

    fn compare_phase(&self, other: &Self) -> Ordering {
        match (self.pre, other.pre) {
            (Some((left, left_number)), Some((right, right_number))) => {
                left.cmp(&right).then_with(|| lexeme::compare(left_number, right_number))
            }
            _ => self.phase_rank().cmp(&other.phase_rank()),
        }
    }

    /// `1.0.dev1` comes before `1.0a1`, and that before `1.0` and `1.0.post1.dev1`.
    fn phase_rank(&self) -> u8 {
        match (self.pre, self.post, self.dev) {
            (None, None, Some(_)) => 0,
            (Some(_), _, _) => 1,
            (None, _, _) => 2,
        }
    }
}

/// `1.2.3`; a dot that no digit follows belongs to what comes next.
fn take_release(text: &str) -> Option<(&str, &str)> {
    let (first, mut rest) = lexeme::take_digits(text);
    if first.is_empty() {
        return None;
    }
    while let Some((digits, next)) = rest.strip_prefix('.').map(lexeme::take_digits)
        && !digits.is_empty()
    {
        rest = next;
    }
    Some((text.strip_suffix(rest)?, rest))
}

/// `.word.number`, both dots optional and also `-` or `_`, the number optional and then zero.
fn take_segment<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let unseparated = text.strip_prefix(SEPARATORS).unwrap_or(text);
    let (start, rest) = unseparated.split_at_checked(word.len())?;
    if !start.eq_ignore_ascii_case(word) {
        return None;
    }
    Some(lexeme::take_digits(rest.strip_prefix(SEPARATORS).unwrap_or(rest)))
}

/// `.post1`, also spelled `rev` and `r`, or just `-1`.
fn take_post(text: &str) -> (Option<&str>, &str) {
    let (bare, rest) = text.strip_prefix('-').map_or(("", text), lexeme::take_digits);
    if !bare.is_empty() {
        return (Some(bare), rest);
    }
    ["post", "rev", "r"]
        .iter()
        .find_map(|word| take_segment(text, word))
        .map_or((None, text), |(number, rest)| (Some(number), rest))
}

fn compare_release(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (left, right) => lexeme::compare(left.unwrap_or("0"), right.unwrap_or("0")),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_option(left: Option<&str>, right: Option<&str>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => lexeme::compare(left, right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

fn local_parts(local: &str) -> impl Iterator<Item = &str> {
    local.split(SEPARATORS)
}

fn is_local_part(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Numbers come after words, and a longer label after its beginning.
fn compare_local(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (local_parts(left), local_parts(right));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) => match (lexeme::is_number(left), lexeme::is_number(right)) {
                (true, true) => lexeme::compare(left, right),
                (false, false) => lexeme::compare_ignoring_case(left, right),
                (left, right) => left.cmp(&right),
            },
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use crate::{Scheme, compare, testing::check};

    #[test]
    fn the_phases_of_a_release_are_in_order() {
        let phases = [
            "1.0.dev0",
            "1.0a1.dev1",
            "1.0a1",
            "1.0b2",
            "1.0rc1",
            "1.0",
            "1.0+abc",
            "1.0+5",
            "1.0.post1.dev1",
            "1.0-1",
        ];
        for pair in phases.windows(2) {
            check(Scheme::Pep440, &format!("{} < {}", pair[0], pair[1]));
        }
    }

    #[test]
    fn spellings_of_one_version_are_equal() {
        for line in [
            "1.0 = 1.0.0",
            "v1.0-ALPHA.1 = 1.0a1",
            "1.0c1 = 1.0rc1",
            "1.0.rev2 = 1.0-2",
            "1.0a = 1.0a0",
            "1.0+ubuntu-1 = 1.0+UBUNTU.1",
            "0!1.0 = 1.0",
        ] {
            check(Scheme::Pep440, line);
        }
        check(Scheme::Pep440, "99999999999999999999999.1 > 2");
    }

    fn spelling() -> impl Strategy<Value = String> {
        let segment = |words: &'static str| proptest::option::of(proptest::string::string_regex(words).unwrap());
        (
            "(v|[0-2]!)?[0-3](\\.[0-3]){0,3}",
            segment("[-_.]?(a|b|c|rc|alpha|Beta|pre|preview)[-_.]?[0-3]?"),
            segment("(-[0-3]|[-_.]?(post|rev|r)[-_.]?[0-3]?)"),
            segment("[-_.]?(dev|DEV)[-_.]?[0-3]?"),
            segment("\\+[a-c0-2]{1,2}([-_.][A-C0-2]{1,2}){0,2}"),
        )
            .prop_map(|(release, pre, post, dev, local)| {
                [Some(release), pre, post, dev, local].into_iter().flatten().collect()
            })
    }

    proptest! {
        #[test]
        fn pep440_rs_agrees(left in spelling(), right in spelling()) {
            let theirs = (pep440_rs::Version::from_str(&left), pep440_rs::Version::from_str(&right));
            if let (Ok(one), Ok(two)) = theirs {
                prop_assert_eq!(compare(Scheme::Pep440, &left, &right), Ok(one.cmp(&two)), "{} {}", left, right);
            }
        }
    }
}
