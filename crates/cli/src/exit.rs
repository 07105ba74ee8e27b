//! How the program ends: decided here and in `main`, nowhere else.

use std::fmt;
use std::process::ExitCode;

/// An exit status, the same for every command. Of several targets the later one counts: a denial over all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// Done, and allowed.
    Done,
    /// Could not be assessed.
    NotAssessed,
    /// A policy said no.
    Denied,
    /// Wrong usage.
    Usage,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::Denied => 1,
            Status::Usage => 2,
            Status::NotAssessed => 3,
        })
    }
}

/// Why a command ended early: what the user wrote, or what could not be looked at. Never a verdict.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage.
    Usage(anyhow::Error),
    /// The target, the database or the output could not be read or written.
    NotAssessed(anyhow::Error),
}

impl Failure {
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::Usage(error.into())
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Usage(_) => Status::Usage,
            Self::NotAssessed(_) => Status::NotAssessed,
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::NotAssessed(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(error) | Self::NotAssessed(error)) = self;
        // One line, from the outermost cause to the root; a cause that the one before has already told is left out.
        let mut told = String::new();
        for cause in error.chain().map(ToString::to_string).filter(|cause| !cause.is_empty()) {
            if !told.contains(&cause) {
                told.push_str(if told.is_empty() { "" } else { ": " });
                told.push_str(&cause);
            }
        }
        f.write_str(&told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_once() {
        let error = anyhow::anyhow!("root").context("layer 1: root").context("cannot scan");
        assert_eq!(Failure::from(error).to_string(), "cannot scan: layer 1: root");
    }
}
