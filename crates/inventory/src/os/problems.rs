//! The problems of one file, bounded in number.

use std::fmt::Arguments;

use boltseal_evidence::Problem;

/// Problems kept of one file: a file that is broken throughout needs no sentence for each of a million records.
const MOST: usize = 100;

/// Gathers the problems of one file.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    path: &'a str,
    list: Vec<Problem>,
}

impl<'a> Problems<'a> {
    /// None yet, of the file at `path`.
    pub(super) fn of(path: &'a str) -> Self {
        Self { path, list: Vec::new() }
    }

    /// Adds one. What is beyond the bound is not even put into words; that there was more is said.
    pub(super) fn add(&mut self, message: Arguments<'_>) {
        match self.list.len() {
            0..MOST => self.list.push(Problem::at(self.path, message.to_string())),
            MOST => self.list.push(Problem::at(self.path, "has more problems than are listed")),
            _ => {}
        }
    }

    /// The problems, in order.
    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_bounded_and_the_last_says_so() {
        let mut problems = Problems::of("a");
        for number in 0..1000 {
            problems.add(format_args!("line {number}"));
        }
        let list = problems.into_vec();
        assert_eq!(list.len(), MOST + 1);
        assert_eq!(list[MOST].message, "has more problems than are listed");
    }
}
