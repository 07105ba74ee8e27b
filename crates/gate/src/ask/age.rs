//! How old the image is.

mod time;

pub(crate) use time::{Elapsed, elapsed, told};
