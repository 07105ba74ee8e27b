//! Keeping what is told of gaps and problems short enough to read, however many there are.

use boltseal_evidence::{NotAssessed, Problem};

/// Entries that are listed for one reason, and problems that are listed for one layer; of more, the number is told.
const LISTED: usize = 100;

/// Sorts gaps and folds those beyond the first hundred of each reason into one that counts them and their packages.
pub(crate) fn not_assessed(mut all: Vec<NotAssessed>) -> Vec<NotAssessed> {
    all.sort();
    all.dedup();
    let mut bounded = Vec::new();
    for group in all.chunk_by(|a, b| a.reason == b.reason) {
        let (listed, further) = group.split_at(group.len().min(LISTED));
        bounded.extend_from_slice(listed);
        bounded.extend(further.first().map(|first| NotAssessed {
            reason: first.reason,
            what: format!("and {} more", further.len()),
            detail: format!("only the first {LISTED} are listed that were not assessed for this reason"),
            packages: further.iter().map(|gap| gap.packages).sum(),
        }));
    }
    bounded
}

/// Sorts problems and folds those beyond the first hundred of each layer into one that counts them.
pub(crate) fn problems(mut all: Vec<Problem>) -> Vec<Problem> {
    all.sort_by(|a, b| (a.layer, a).cmp(&(b.layer, b)));
    let mut bounded = Vec::new();
    for group in all.chunk_by(|a, b| a.layer == b.layer) {
        let (listed, further) = group.split_at(group.len().min(LISTED));
        bounded.extend_from_slice(listed);
        bounded.extend(further.first().map(|first| Problem {
            path: None,
            layer: first.layer,
            message: format!("and {} more problems, of which only the first {LISTED} are listed", further.len()),
        }));
    }
    bounded.sort();
    bounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use boltseal_evidence::NotAssessedReason::{self, InvalidVersion, NoVersion};

    fn gap(reason: NotAssessedReason, number: usize) -> NotAssessed {
        NotAssessed { reason, what: format!("pkg:maven/g{number:05}"), detail: "why".to_owned(), packages: 1 }
    }

    #[test]
    fn a_reason_with_many_gaps_ends_with_their_number() {
        let many = (0..60_000).rev().map(|number| gap(NoVersion, number));
        let bounded = not_assessed(many.chain([gap(InvalidVersion, 7)]).collect());
        assert_eq!(bounded.len(), 102);
        assert_eq!(bounded[0], gap(NoVersion, 0));
        assert_eq!((bounded[100].what.as_str(), bounded[100].packages), ("and 59900 more", 59_900));
        assert_eq!(bounded[101], gap(InvalidVersion, 7));
    }

    #[test]
    fn a_hundred_gaps_are_listed_and_the_same_gap_counts_once() {
        let all: Vec<_> = (0..100).map(|number| gap(NoVersion, number)).collect();
        assert_eq!(not_assessed([all.clone(), all.clone()].concat()), all);
    }

    #[test]
    fn problems_are_bounded_for_each_layer() {
        let problem = |layer, number| Problem { layer: Some(layer), ..Problem::at(format!("{number:05}"), "broken") };
        let all: Vec<_> = (0..5_000).map(|number| problem(number % 2, number)).chain([problem(2, 1)]).collect();
        let bounded = problems(all);
        assert_eq!(bounded.len(), 203);
        let further = "and 2400 more problems, of which only the first 100 are listed";
        assert_eq!(bounded.iter().filter(|problem| problem.message == further).count(), 2);
        assert!(bounded.contains(&problem(2, 1)));
    }
}
