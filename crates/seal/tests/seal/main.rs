//! Finding, attaching and copying what hangs on an image, in registries and layouts.

mod attach;
mod copy;
mod discover;
mod hostile;
mod lab;
