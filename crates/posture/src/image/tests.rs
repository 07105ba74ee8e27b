//! What holds for all rules on images.

use super::{Entry, EntryKind, Files};
use crate::{Options, check, check_image};

#[test]
fn the_output_of_inspect_is_read_too() {
    let text = r#"[{"Id": "sha256:0", "Architecture": "amd64", "Os": "linux", "Config": {"User": "", "Env": ["A_TOKEN=ghp_0123456789abcdefghijklmnopqrstuvwxyz"]}, "RootFS": {"Type": "layers", "Layers": []}}]"#;
    let checked = check("inspect.json", text.as_bytes(), &Options::default());
    let rules: Vec<&str> = checked.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(rules.contains(&"BS-I001") && rules.contains(&"BS-I004"), "{rules:?}");
    assert_eq!(checked.subjects.get("image"), Some(&1));
}

#[test]
fn a_configuration_that_is_none_is_a_problem_and_no_image() {
    let checked = check_image("c.json", b"{", None, &Options::default());
    assert!(!checked.problems.is_empty());
    let checked = check_image("c.json", b"\xff", None, &Options::default());
    assert!(!checked.problems.is_empty());
}

#[test]
fn files_are_noted_by_path_and_mode() {
    let mut files = Files::default();
    let entry = |path, kind, mode| Entry { path, kind, mode, uid: 0, size: 1 };
    files.note(&entry("/usr/bin/su", EntryKind::File, 0o4755));
    files.note(&entry("/bin/sh", EntryKind::Link, 0o777));
    files.note(&entry("/opt/x/bin/sh", EntryKind::File, 0o755));
    files.note(&entry("/tmpfiles", EntryKind::File, 0o666));
    files.note(&entry("/tmp/a", EntryKind::File, 0o666));
    assert_eq!(files.setuid, ["/usr/bin/su"]);
    assert_eq!(files.shells, ["/bin/sh"]);
    assert_eq!(files.world_writable, ["/tmpfiles"]);
    assert_eq!(files.executables, 2);
}
