//! Comparing a report with what the ecosystems' own tools wrote down.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// Fails with every line that one side has and the other has not.
pub(crate) fn compare(report: &Value, expected: &Path) {
    let packages = report["packages"].as_array().unwrap();
    let mut wrong = Vec::new();
    let mut check = |file: &str, actual: BTreeSet<String>, keep: &dyn Fn(&str) -> Option<String>| {
        let text = std::fs::read_to_string(expected.join(file)).unwrap();
        let truth: BTreeSet<String> = text.lines().filter_map(keep).collect();
        assert!(!truth.is_empty(), "{file} says nothing");
        println!("{file}: {} packages", truth.len());
        wrong.extend(truth.difference(&actual).map(|line| format!("{file}: missing {line}")));
        wrong.extend(actual.difference(&truth).map(|line| format!("{file}: too many {line}")));
    };
    let all = |line: &str| Some(line.to_owned());
    let of = |kind: &'static str| packages.iter().filter(move |package| package["type"] == kind);

    let deb = of("deb").map(|package| {
        let source = &package["source"];
        let name = text(package, "name");
        let version = text(package, "version");
        let source_name = source["name"].as_str().unwrap_or(name);
        let source_version = source["version"].as_str().unwrap_or(version);
        format!("{name} {version} {} {source_name} {source_version}", text(package, "architecture"))
    });
    check("dpkg.txt", deb.collect(), &all);

    let python = |below: &'static str| {
        of("pypi")
            .filter(move |package| at(package, below))
            .map(|package| format!("{}=={}", text(package, "name").to_lowercase(), text(package, "version")))
    };
    let lower = |line: &str| Some(line.to_lowercase());
    check("pip-system.txt", python("usr/lib/python3/").collect(), &lower);
    check("pip-local.txt", python("usr/local/").collect(), &lower);

    let npm = |package: &Value, path: &str| {
        let scope = package["namespace"].as_str().map(|scope| format!("{scope}/")).unwrap_or_default();
        format!(
            "{scope}{} {} {}",
            text(package, "name"),
            text(package, "version"),
            path.trim_end_matches("/package.json")
        )
    };
    let installed = of("npm").flat_map(|package| paths(package).map(move |path| npm(package, path)));
    check("npm.txt", installed.filter(|line| line.contains(" app/")).collect(), &all);

    // The list has every file with a name and a version; the packages are those right below Debian's directories.
    let root = |path: &str| {
        let inside = path.strip_prefix("usr/share/nodejs/").or_else(|| path.strip_prefix("usr/lib/nodejs/"));
        let directory = inside.and_then(|inside| inside.strip_suffix("/package.json"));
        directory.is_some_and(|name| name.matches('/').count() == usize::from(name.starts_with('@')))
    };
    let system = of("npm").flat_map(|package| {
        paths(package).filter(|path| root(path)).map(move |path| format!("{}/package.json", npm(package, path)))
    });
    check("node-system.txt", system.collect(), &|line| {
        line.rsplit(' ').next().is_some_and(root).then(|| line.to_owned())
    });

    // A gem that is there twice is one gem with two places, and Ruby names only the one it would load.
    let name_version = |line: &str| Some(line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    let gems = of("gem").map(|package| format!("{} {}", text(package, "name"), text(package, "version")));
    check("gem.txt", gems.collect(), &name_version);

    let jars = of("maven").filter(|package| package["namespace"].is_string()).flat_map(|package| {
        paths(package).map(move |path| {
            format!("{} {} {} {path}", text(package, "namespace"), text(package, "name"), text(package, "version"))
        })
    });
    // Archives that say nothing of themselves are named by their file alone, as the field does.
    check("jar.txt", jars.filter(|line| line.contains(" app/")).collect(), &|line| {
        (!line.starts_with("- ")).then(|| line.to_owned())
    });

    let go = of("golang").map(|package| {
        let namespace = package["namespace"].as_str().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        format!("{namespace}{} {}", text(package, "name"), package["version"].as_str().unwrap_or("(devel)"))
    });
    check("go.txt", go.collect(), &all);

    let rust = of("cargo").map(|package| format!("{} {}", text(package, "name"), text(package, "version")));
    check("rust.txt", rust.collect(), &name_version);

    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("-")
}

fn paths(package: &Value) -> impl Iterator<Item = &str> {
    package["locations"].as_array().into_iter().flatten().filter_map(|location| location["path"].as_str())
}

fn at(package: &Value, below: &str) -> bool {
    paths(package).any(|path| path.starts_with(below))
}
