//! Promise: every command explains itself, and shells can complete it.

use crate::program::Program;

/// Every command, as its user types it.
const COMMANDS: &[&[&str]] = &[
    &["scan"],
    &["check"],
    &["rules"],
    &["lsp"],
    &["sbom"],
    &["verify"],
    &["sign"],
    &["attest"],
    &["attest", "sbom"],
    &["attest", "vulnerabilities"],
    &["attest", "vex"],
    &["attest", "provenance"],
    &["attest", "verdict"],
    &["keys"],
    &["keys", "generate"],
    &["keys", "import"],
    &["keys", "show"],
    &["keys", "public"],
    &["trust"],
    &["trust", "update"],
    &["trust", "show"],
    &["trust", "import"],
    &["gate"],
    &["gate", "init"],
    &["gate", "test"],
    &["gate", "diff"],
    &["explain"],
    &["evidence"],
    &["evidence", "export"],
    &["evidence", "verify"],
    &["db"],
    &["db", "update"],
    &["db", "status"],
    &["db", "export"],
    &["db", "import"],
    &["demo"],
    &["completions"],
];

fn help(program: &Program, command: &[&str]) -> String {
    let outcome = program.run(&[command, &["--help"]].concat()).expect_status(0);
    assert_eq!(outcome.stderr, "", "{command:?}");
    outcome.stdout
}

/// The commands that a help text lists.
fn listed(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    // A description that is continued on the next line is indented further.
    let own = |line: &&str| line.strip_prefix("  ").is_some_and(|rest| !rest.starts_with(' '));
    let names = lines.take_while(|line| !line.is_empty()).filter(own).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").collect()
}

#[test]
fn every_command_explains_itself_and_no_command_is_forgotten_here() {
    let program = Program::new();
    for command in COMMANDS {
        let text = help(&program, command);
        assert!(text.contains("Usage: boltseal"), "{command:?}:\n{text}");
        assert!(text.contains(&command.join(" ")), "{command:?}:\n{text}");
    }
    for group in std::iter::once(&[][..]).chain(COMMANDS.iter().copied()) {
        let below = COMMANDS.iter().filter(|command| command.len() == group.len() + 1 && command.starts_with(group));
        let below: Vec<_> = below.filter_map(|command| command.last().copied()).collect();
        assert_eq!(listed(&help(&program, group)), below, "{group:?}");
    }
}

#[test]
fn the_help_lists_every_exit_status_and_every_form_of_target() {
    let program = Program::new();
    let top = help(&program, &[]);
    let lines = top.lines().skip_while(|line| *line != "Exit status:").skip(1);
    let statuses: Vec<_> = lines.map(|line| line.split_whitespace().next().unwrap_or_default()).collect();
    assert_eq!(statuses, ["0", "1", "2", "3"], "one line each:\n{top}");
    let scan = help(&program, &["scan"]);
    for scheme in ["registry:", "oci:", "oci-archive:", "docker-archive:", "rootfs:", "dir:"] {
        assert!(scan.contains(scheme), "{scheme}:\n{scan}");
    }
}

#[test]
fn completions_of_every_shell_know_the_commands() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = program.run(&["completions", shell]).expect_status(0).stdout;
        for word in ["boltseal", "scan", "completions", "fail-on"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    program.run(&["completions", "no-such-shell"]).expect_status(2);
}
