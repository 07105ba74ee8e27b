//! Dockerfiles: the syntax tree, and the rules on it.
//!
//! The parser is tolerant: whatever the bytes are, there is a tree, and what cannot be read is an
//! [`Body::Unknown`] or [`Body::Invalid`] instruction that a rule reports. Syntax: Dockerfile reference,
//! <https://docs.docker.com/reference/dockerfile/>.

mod parse;
mod rules;
pub mod shell;
mod syntax;
mod text;

pub use parse::parse;
pub(crate) use rules::RULES;
pub use syntax::{
    Body, Command, Copy, Directive, Dockerfile, Flag, From, Healthcheck, Heredoc, Instruction, Pair, Stage, Word,
};

/// Where the whole build context is copied, for the rule on a missing `.dockerignore`.
pub(crate) fn context_copies(file: &Dockerfile<'_>) -> Vec<boltseal_evidence::Region> {
    let copies = file.all().filter_map(|instruction| match &instruction.body {
        Body::Copy(copy) | Body::Add(copy) if instruction.flag("from").is_none() => Some(copy),
        _ => None,
    });
    let whole =
        copies.flat_map(|copy| &copy.sources).filter(|source| matches!(source.text.as_str(), "." | "./" | "*" | "./*"));
    whole.map(|source| file.source.region(source.span)).collect()
}
