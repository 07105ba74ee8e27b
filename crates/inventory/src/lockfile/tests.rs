//! What holds for every format: nothing panics, whatever the bytes.

use super::*;
use proptest::prelude::*;

/// What a format makes of a text, one line each: packages with their lines, then problems.
pub(super) fn check(format: LockFile, text: &str) -> String {
    let records = format.catalog(&File { path: "f", content: text.as_bytes() });
    let mut lines = Vec::new();
    for package in &records.packages {
        let at: Vec<String> = package
            .locations
            .iter()
            .map(|at| at.line.map_or_else(|| "?".to_owned(), |line| line.to_string()))
            .collect();
        let scope = package.scope.map_or_else(String::new, |scope| format!(" {scope:?}").to_lowercase());
        lines.push(format!("{} {}{scope}", at.join(","), package.purl()));
    }
    lines.extend(records.problems.iter().map(|problem| format!("problem: {}", problem.message)));
    lines.extend(records.omitted.iter().map(|omitted| format!("omitted: {:?} {}", omitted.reason, omitted.packages)));
    lines.extend(records.unreadable.map(|reason| format!("unreadable: {reason}")));
    lines.join("\n")
}

#[test]
fn every_name_that_package_managers_write_is_wanted() {
    let catalogers = crate::Catalogers::new(catalogers());
    for (path, name) in [
        ("a/Cargo.lock", "cargo-lock"),
        ("package-lock.json", "npm-lock"),
        ("npm-shrinkwrap.json", "npm-lock"),
        ("yarn.lock", "yarn-lock"),
        ("pnpm-lock.yaml", "pnpm-lock"),
        ("poetry.lock", "poetry-lock"),
        ("uv.lock", "uv-lock"),
        ("requirements.txt", "requirements-txt"),
        ("requirements-dev.txt", "requirements-txt"),
        ("dev-requirements.txt", "requirements-txt"),
        ("requirements/base.txt", "requirements-txt"),
        ("Gemfile.lock", "gemfile-lock"),
        ("gems.locked", "gemfile-lock"),
        ("composer.lock", "composer-lock"),
        ("go.mod", "go-mod"),
        ("pom.xml", "maven-pom"),
        ("gradle.lockfile", "gradle-lock"),
        ("buildscript-gradle.lockfile", "gradle-lock"),
        ("Pipfile.lock", "pipfile-lock"),
        ("deno.lock", "deno-lock"),
        ("bun.lock", "bun-lock"),
        ("pdm.lock", "pdm-lock"),
        ("pylock.toml", "pylock"),
        ("packages.lock.json", "nuget-lock"),
    ] {
        let wanting = catalogers.wanting(&crate::FileMeta { path, size: 1, executable: false });
        let names: Vec<_> = wanting.into_iter().map(|number| catalogers.name(number)).collect();
        assert_eq!(names, [name], "{path}");
    }
}

/// A small valid file of each format, to be mutated.
const VALID: [(LockFile, &str); 12] = [
    (cargo::CARGO, "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://h/a?x=1#c\"\n"),
    (
        npm::NPM,
        r#"{"packages":{"":{},"node_modules/@s/a":{"version":"1.0.0","resolved":"git+ssh://h/a.git#c","dev":true}}}"#,
    ),
    (npm::NPM, r#"{"dependencies":{"a":{"version":"npm:@s/b@1.0.0","dependencies":{"c":{"version":"2.0.0"}}}}}"#),
    (yarn::YARN, "\"@s/a@^1.0.0\", b@npm:c@1:\n  version \"1.0.0\"\n  resolved \"git+https://h/a.git#c\"\n"),
    (
        pnpm::PNPM,
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        version: 1.0.0(p@2)\npackages:\n  a@1.0.0:\n    resolution: {integrity: x}\nsnapshots:\n  a@1.0.0(p@2):\n    dependencies: {b: 1.0.0}\n",
    ),
    (pnpm::PNPM, "lockfileVersion: 5.4\npackages:\n  /@s/a/1.0.0_p@2:\n    dev: true\n  h.example/a/1.0.0: {}\n"),
    (
        poetry::POETRY,
        "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\"]\n[package.source]\ntype = \"git\"\nurl = \"u\"\n",
    ),
    (
        uv::UV,
        "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { git = \"u?r=1#c\" }\ndependencies = [{ name = \"b\" }]\n",
    ),
    (
        requirements::REQUIREMENTS,
        "a[x]==1.0 ; m \\\n --hash=h # c\n-e git+https://u@h/a.git@c#egg=b\nc @ https://h/c-1-py3-none-any.whl\n-r d.txt\n",
    ),
    (
        go_mod::GO_MOD,
        "module m\ngo 1.21\ntoolchain go1.22.3\nrequire (\n\ta.b/c v1.0.0 // indirect\n)\nreplace a.b/c v1.0.0 => ../c\n",
    ),
    (
        pom::POM,
        "<project><properties><v>1</v></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>",
    ),
    (gradle::GRADLE, "g:a:1.0=runtimeClasspath,testRuntimeClasspath\nempty=x\n"),
];

const ALSO_VALID: [(LockFile, &str); 8] = [
    (deno::DENO, r#"{"version":"4","npm":{"@s/a@1.0.0_b@2.0.0":{},"c@1":{}},"remote":{}}"#),
    (bun::BUN, r#"{"lockfileVersion":1,"packages":{"a":["@s/a@1.0.0","",{},"x"],"g":["g@github:u/g#c",{},],},}"#),
    (pipfile::PIPFILE, r#"{"_meta":{},"default":{"a":{"version":"==1.0"},"b":{"git":"u","ref":"c"}},"develop":{}}"#),
    (pylock::PYLOCK, "[[packages]]\nname = \"a\"\nversion = \"1\"\nvcs = { url = \"u\", commit-id = \"c\" }\n"),
    (pylock::PDM, "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"dev\"]\ngit = \"u\"\n"),
    (nuget::NUGET, r#"{"dependencies":{"net6.0":{"A.B":{"type":"Direct","resolved":"1.0.0"}}}}"#),
    (
        gemfile::GEMFILE,
        "GIT\n  remote: u\n  revision: c\n  specs:\n    a (1.0-x86-linux)\n      b (>= 1)\nGEM\n  specs:\n    b (2)\n",
    ),
    (
        composer::COMPOSER,
        r#"{"packages":[{"name":"v/a","version":"dev-main","source":{"type":"git","url":"u","reference":"c"}}],"packages-dev":[]}"#,
    ),
];

#[test]
fn the_files_to_be_mutated_are_valid() {
    for (format, text) in VALID.iter().chain(&ALSO_VALID) {
        let records = format.catalog(&File { path: "f", content: text.as_bytes() });
        assert!(!records.packages.is_empty() && records.unreadable.is_none(), "{}: {records:?}", format.name);
    }
}

#[test]
fn byte_order_marks_and_carriage_returns_change_nothing() {
    for (format, text) in VALID.iter().chain(&ALSO_VALID) {
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(check(*format, text), check(*format, &windows), "{}", format.name);
    }
}

#[test]
fn unresolved_merges_are_named_in_every_format() {
    for format in FORMATS {
        let text = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n";
        assert!(check(format, text).contains("unreadable: line 2: unresolved merge conflict"), "{}", format.name);
    }
}

#[test]
fn deep_nesting_in_any_syntax_is_refused_or_skipped_without_overflow() {
    for opening in [
        "[",
        "{\"a\":",
        "{a: ",
        "a = [",
        "<project>",
        "- ",
        "a:\n ",
        "a.",
        "[[a.",
        "<project><a>",
        "{\"packages\":[",
        "(",
        "${",
    ] {
        for prefix in ["", "lockfileVersion: 6.0\npackages: ", "a = ", "{\"packages\": ", "x==1 "] {
            let text = prefix.to_owned() + &opening.repeat(20_000);
            for format in FORMATS {
                let _ = format.catalog(&File { path: "f", content: text.as_bytes() });
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in FORMATS {
            let _ = format.catalog(&File { path: "f", content: &bytes });
        }
    }

    #[test]
    fn any_text_of_the_formats_own_characters_never_panics(text in "[a-z0-9@/:.=#\"'\\\\{}\\[\\]()<>,;&|$*! \t\r\n_~^-]{0,200}") {
        for format in FORMATS {
            let _ = format.catalog(&File { path: "f", content: text.as_bytes() });
        }
    }

    #[test]
    fn mutated_valid_files_never_panic(
        which in 0..VALID.len() + ALSO_VALID.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), "\\PC{0,3}|[\\[{:@\"(/\n]", 0..4_usize), 1..6),
    ) {
        let (format, text) = VALID.iter().chain(&ALSO_VALID).nth(which).copied().unwrap();
        let mut characters: Vec<char> = text.chars().collect();
        for (at, inserted, removed) in edits {
            let at = at.index(characters.len() + 1);
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, inserted.chars());
        }
        let text: String = characters.into_iter().collect();
        let _ = format.catalog(&File { path: "f", content: text.as_bytes() });
    }
}
