//! Bounds on hostile input, before anything takes it apart.

/// The largest bundle, envelope or payload that is read.
pub(super) const MAX_SIZE: usize = 16 << 20;
/// How deep a bundle, an envelope or a simple-signing payload may nest: what is right needs eight levels.
pub(super) const MAX_DEPTH: usize = 32;
/// How deep a predicate may nest. The parser itself gives up at 128.
pub(super) const MAX_PREDICATE_DEPTH: usize = 120;
/// How many certificates may come along.
pub(super) const MAX_CERTIFICATES: usize = 16;
/// How many entries of logs may come along.
pub(super) const MAX_ENTRIES: usize = 16;
/// How many timestamps may come along: each is tried with each authority.
pub(super) const MAX_TIMESTAMPS: usize = 16;
/// How many hashes a proof may have: one for each level of a tree, and no tree has more.
pub(super) const MAX_PROOF: usize = 64;
/// How many lines a checkpoint may have: each of its signatures is tried.
pub(super) const MAX_CHECKPOINT_LINES: usize = 64;

/// Size and nesting of JSON; an error is a sentence. Linear, and nothing is kept.
pub(super) fn check(what: &str, json: &[u8], deepest: usize) -> Result<(), String> {
    if json.len() > MAX_SIZE {
        return Err(format!("the {what} has {} bytes, at most {MAX_SIZE} are read", json.len()));
    }
    if depth(json) > deepest {
        return Err(format!("the {what} nests deeper than {deepest} levels"));
    }
    Ok(())
}

/// How deep brackets nest outside of strings.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut within, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if within => escaped = true,
            b'"' => within = !within,
            b'{' | b'[' if !within => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !within => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(depth(br#"{"a":["[[[\"[[","\\"],"b":{}}"#), 2);
        assert_eq!(depth(b"[[[["), 4);
        assert_eq!(depth(b"]]]["), 1);
        assert!(check("bundle", &[b'['; 33], MAX_DEPTH).is_err());
        assert!(check("bundle", &vec![b' '; MAX_SIZE + 1], MAX_DEPTH).is_err());
    }
}
