//! The scan of one target: read its layers once, catalogue, merge, match.
