//! How old the image is.

mod time;

pub(crate) use time::{Age, Span, age, moment, told};
