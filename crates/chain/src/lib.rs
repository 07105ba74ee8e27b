//! Everything known of one digest, and the verdict on it.
