//! Finding, attaching and copying what hangs on an image, in registries and layouts.

// `cfg(test)` says to clippy that these are tests, too, where they are no test function.
#[cfg(test)]
mod attach;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod discover;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod real;
