//! The refresh of the trusted root: repositories that are right, and every attack that TUF is made against.

mod attacks;
mod import;
mod peer;
mod refresh;
mod repository;
