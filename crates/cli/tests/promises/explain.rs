//! `boltseal explain`: everything that is known of an image on one page, and what is not.

use crate::gate::Lab;
use crate::program::Outcome;

fn explain(lab: &Lab, more: &[&str]) -> Outcome {
    let image = lab.image();
    let outcome = lab.program.run(&[&["explain", image.as_str()], more].concat()).expect_status(0);
    lab.tells_no_secret(&outcome);
    outcome
}

#[test]
fn signatures_are_shown_step_by_step_whether_they_hold_or_not() {
    let lab = Lab::new();
    assert!(explain(&lab, &[]).stdout.contains("none was found"));
    lab.sign("release", &lab.image());
    lab.sign("other", &lab.image());
    let page = explain(&lab, &["--insecure-no-log", "--key", "release.pub"]).stdout;
    for part in
        [lab.digest().as_str(), "2 signatures", "release.pub", "referrer sha256:", "packages", "vulnerabilities"]
    {
        assert!(page.contains(part), "{part}:\n{page}");
    }
    // One holds. Of the other nobody can tell, since its key is not there; each says at which step.
    let holds = page.lines().filter(|line| line.contains('✓')).count();
    assert!(holds >= 2 && page.contains("key"), "{page}");
    assert!(page.contains('?') || page.contains('✗'), "{page}");
}

#[test]
fn evidence_that_is_not_there_is_named_with_the_way_to_it() {
    let lab = Lab::new();
    let page = explain(&lab, &[]).stdout;
    for part in ["known bases", "--bases", "scorecards", "--scorecard"] {
        assert!(page.contains(part), "{part}:\n{page}");
    }
    // Whatever the verdict is, it was explained.
    let page = explain(&lab, &["--policy", "policy.yaml"]).stdout;
    assert!(page.contains("denied") && page.contains("signed"), "{page}");
    lab.program.run(&["explain", "dir:."]).expect_status(3);
    lab.program.run(&["explain", &lab.image(), "--policy", "absent.yaml"]).expect_status(2);
}
