//! Layers laid over each other.

use boltseal_image::{FileTree, LayerTree, LinkKind};

use crate::build::{Tar, read_tar};

fn trees(layers: &[Tar]) -> Vec<LayerTree> {
    layers.iter().map(|tar| read_tar(&tar.clone().finish()).0.unwrap().tree).collect()
}

/// `path → layer:path` for what resolves, `path → -` for what does not.
fn check(layers: &[Tar], expect: &[&str]) {
    let trees = trees(layers);
    let merged = FileTree::merge(&trees);
    for line in expect {
        let (path, wanted) = line.split_once(" → ").unwrap();
        let got = merged.resolve(path).map_or("-".to_owned(), |origin| format!("{}:{}", origin.layer, origin.path));
        assert_eq!(got, wanted, "{line}");
    }
}

#[test]
fn the_upper_version_hides_the_lower() {
    let layers = [Tar::new().file("a", "1").file("b", "1"), Tar::new().file("a", "2")];
    check(&layers, &["a → 1:a", "b → 0:b", "c → -"]);
    let trees = trees(&layers);
    let merged = FileTree::merge(&trees);
    assert!(!merged.visible(0, "a") && merged.visible(1, "a") && merged.visible(0, "b"));
}

#[test]
fn of_two_entries_with_one_path_the_last_counts() {
    let trees = trees(&[Tar::new().file("a", "1").file("a", "2"), Tar::new()]);
    let merged = FileTree::merge(&trees);
    assert!(!merged.visible_entry(0, 0) && merged.visible_entry(0, 1) && merged.visible(0, "a"));
    assert_eq!(merged.resolve("a").unwrap().entry, 1);
}

#[test]
fn whiteouts_act_on_lower_layers_only_wherever_they_stand() {
    let base = Tar::new().file("d/x", "1").file("d/y", "1").file("e/z", "1");
    let middle = Tar::new().file("d/x", "2").file("d/.wh.x", "").file("d/.wh.y", "").file(".wh.e", "");
    let top = Tar::new().file("e/new", "3");
    check(&[base.clone(), middle.clone()], &["d/x → 1:d/x", "d/y → -", "e/z → -"]);
    check(&[base, middle, top], &["d/x → 1:d/x", "d/y → -", "e/z → -", "e/new → 2:e/new"]);
}

#[test]
fn an_opaque_directory_hides_all_below_but_not_its_own() {
    let base = Tar::new().file("d/sub/x", "1").file("d/y", "1").file("e", "1");
    let middle = Tar::new().file("d/own", "2").file("d/.wh..wh..opq", "").file("d/sub/own", "2");
    let expect = ["d/sub/x → -", "d/y → -", "d/own → 1:d/own", "d/sub/own → 1:d/sub/own", "e → 0:e"];
    check(&[base.clone(), middle.clone()], &expect);
    let top = Tar::new().file("d/.wh.own", "").file("d/y", "3");
    check(&[base.clone(), middle, top], &["d/own → -", "d/y → 2:d/y", "d/sub/own → 1:d/sub/own"]);
    check(&[base, Tar::new().file(".wh..wh..opq", "").file("n", "2")], &["d/y → -", "e → -", "n → 1:n"]);
}

#[test]
fn files_and_directories_take_each_others_place() {
    let base = Tar::new().file("d/x", "1").file("f", "1");
    let top = Tar::new().file("d", "2").file("f/x", "2");
    check(&[base.clone(), top], &["d/x → -", "d → 1:d", "f/x → 1:f/x", "f → -"]);
    check(&[base.clone(), Tar::new().symlink("d", "elsewhere")], &["d/x → -"]);
    check(&[base, Tar::new().directory("d/")], &["d/x → 0:d/x"]);
}

#[test]
fn entries_below_a_linked_directory_land_where_it_leads() {
    let base = Tar::new().directory("usr/lib/").symlink("lib", "usr/lib").file("usr/lib/a", "1");
    let top = Tar::new().file("lib/a", "2").file("lib/b", "2").file("lib/.wh.c", "");
    check(
        &[base.clone().file("lib/c", "1"), top.clone()],
        &["usr/lib/a → 1:lib/a", "lib/a → 1:lib/a", "usr/lib/b → 1:lib/b", "lib/c → -"],
    );
    let trees = trees(&[base, top]);
    let merged = FileTree::merge(&trees);
    assert!(merged.visible(1, "lib/a") && !merged.visible(0, "usr/lib/a"));
    assert_eq!(merged.visible_path(1, "lib/b").as_deref(), Some("usr/lib/b"));
}

#[test]
fn links_lead_across_layers_and_never_out() {
    let base = Tar::new().file("usr/bin/tool-1", "1").symlink("usr/bin/tool", "tool-1").symlink("opt", "/usr");
    let top = Tar::new()
        .symlink("bin", "usr/bin")
        .symlink("escape", "../../../../usr/bin/tool-1")
        .symlink("absolute", "/opt/bin/tool")
        .symlink("loop-a", "loop-b")
        .symlink("loop-b", "loop-a")
        .symlink("self", "self/x")
        .symlink("dangling", "nowhere")
        .symlink("directory", "usr");
    let tool = "0:usr/bin/tool-1";
    check(
        &[base, top],
        &[
            &format!("bin/tool → {tool}"),
            &format!("escape → {tool}"),
            &format!("absolute → {tool}"),
            "loop-a → -",
            "self → -",
            "dangling → -",
            "directory → -",
            "usr/bin/tool/.. → -",
        ],
    );
}

#[test]
fn hard_links_lead_to_the_bytes_even_when_the_first_name_goes() {
    let base = Tar::new().file("a", "1").hard_link("b", "a").hard_link("c", "b");
    let top = Tar::new().file(".wh.a", "").hard_link("d", "c").hard_link("lost", "nowhere");
    check(&[base.clone(), top.clone()], &["a → -", "b → 0:a", "c → 0:a", "d → 0:a", "lost → -"]);
    let trees = trees(&[base, top]);
    let merged = FileTree::merge(&trees);
    assert_eq!(merged.problems().len(), 1);
    assert_eq!(merged.problems()[0].path.as_deref(), Some("lost"));
    let links: Vec<_> = merged.links().map(|link| (link.path, link.layer, link.kind)).collect();
    let hard = |path: &str, layer| (path.to_owned(), layer, LinkKind::Hard);
    assert_eq!(links, [hard("b", 0), hard("c", 0), hard("d", 1)]);
}

#[test]
fn only_visible_links_are_listed() {
    let base = Tar::new().file("f", "1").symlink("d/l", "../f").symlink("k", "f").symlink("m", "f");
    let trees = trees(&[base, Tar::new().file(".wh.d", "").file("k", "2")]);
    let links: Vec<_> = FileTree::merge(&trees).links().map(|link| (link.path, link.origin.path)).collect();
    assert_eq!(links, [("m".to_owned(), "f".to_owned())]);
}

#[test]
fn aufs_leftovers_serve_links_and_are_not_seen() {
    let layer = Tar::new().file(".wh..wh.plnk/7.1", "1").hard_link("a", ".wh..wh.plnk/7.1");
    check(&[layer], &["a → 0:.wh..wh.plnk/7.1", ".wh..wh.plnk/7.1 → -"]);
}

#[test]
fn parents_in_a_circle_cost_a_problem_and_not_the_layer() {
    let trees = trees(&[Tar::new().symlink("a", "b").symlink("b", "a").file("a/x", "1").file("y", "1")]);
    let merged = FileTree::merge(&trees);
    assert_eq!(merged.problems().len(), 1);
    assert!(merged.visible(0, "y") && !merged.visible(0, "a/x"));
}

#[test]
fn a_chain_of_links_that_doubles_at_each_step_ends() {
    let mut tar = Tar::new().file("d0/f", "1").symlink("l0", "d0");
    for step in 1..60 {
        let last = step - 1;
        tar = tar.symlink(&format!("l{step}"), &format!("l{last}/../l{last}"));
    }
    check(&[tar], &["l1/f → 0:d0/f", "l59/f → -"]);
}
