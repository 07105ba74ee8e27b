//! Advisory feeds: where they are, downloading them, keeping them fresh.
