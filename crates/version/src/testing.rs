//! What the unit tests of the schemes share.

use crate::{Scheme, compare};

/// Checks a line `a < b`, `a = b` or `a > b`, and its mirror image.
#[track_caller]
pub(crate) fn check(scheme: Scheme, line: &str) {
    let mut fields = line.split(' ');
    let (left, sign, right) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
    assert_eq!(fields.next(), None, "{line}");
    let expect = match sign {
        "<" => std::cmp::Ordering::Less,
        "=" => std::cmp::Ordering::Equal,
        ">" => std::cmp::Ordering::Greater,
        _ => panic!("no sign in {line}"),
    };
    assert_eq!(compare(scheme, left, right), Ok(expect), "{scheme}: {line}");
    assert_eq!(compare(scheme, right, left), Ok(expect.reverse()), "{scheme}: mirrored {line}");
}
