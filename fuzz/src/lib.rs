//! What the fuzz targets share: one table of them all, so that a test can ask whether each reaches its parser.
//!
//! A target hands its bytes to one parser and returns how much that found. Nothing here may panic, hang or use memory
//! without bound, whatever the bytes.

mod archive;
mod check;
mod custom;
mod gate;
mod layer;
mod notation;
mod parser;
mod report;
pub mod seeds;
mod tree;
mod trust;

use std::sync::OnceLock;

use boltseal_inventory::{Catalogers, File, FileMeta};

/// How a target reads its bytes.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// Every cataloger that wants this path.
    Path(&'static str),
    /// This function, which tells the number of things it found.
    Function(fn(&[u8]) -> usize),
}

use Reader::{Function, Path};

/// Every target by its name, which is that of its file in `fuzz_targets`.
pub const TARGETS: &[(&str, Reader)] = &[
    ("apk_installed", Path("lib/apk/db/installed")),
    ("apk_repositories", Path("etc/apk/repositories")),
    ("bitnami", Path("opt/bitnami/redis/.spdx-redis.spdx")),
    ("bun_lock", Path("bun.lock")),
    ("cargo_lock", Path("Cargo.lock")),
    ("cel_checks", Function(custom::cel_checks)),
    ("check_compose", Function(check::check_compose)),
    ("check_image", Function(check::check_image)),
    ("check_json", Function(check::check_json)),
    ("check_kubernetes", Function(check::check_kubernetes)),
    ("check_report", Function(report::check_report)),
    ("check_text", Function(check::check_text)),
    ("check_together", Function(check::check_together)),
    ("check_toml", Function(check::check_toml)),
    ("composer_installed", Path("app/vendor/composer/installed.json")),
    ("composer_lock", Path("composer.lock")),
    ("debian_tracker", Function(parser::debian_tracker)),
    ("deno_lock", Path("deno.lock")),
    ("deps_json", Path("app/App.deps.json")),
    ("docker_archive", Function(archive::docker)),
    ("dockerfile", Function(parser::dockerfile)),
    ("dpkg_copyright", Path("usr/share/doc/bash/copyright")),
    ("dpkg_list", Path("var/lib/dpkg/info/libc6:amd64.list")),
    ("dpkg_status", Path("var/lib/dpkg/status")),
    ("epss", Function(parser::epss)),
    ("executable", Path("usr/bin/app")),
    ("fix_compose", Function(check::fix_compose)),
    ("fix_dockerfile", Function(check::fix_dockerfile)),
    ("fix_kubernetes", Function(check::fix_kubernetes)),
    ("gate_examples", Function(gate::gate_examples)),
    ("gate_policy", Function(gate::gate_policy)),
    ("gemfile_lock", Path("Gemfile.lock")),
    ("gemspec", Path("var/lib/gems/specifications/x-1.gemspec")),
    ("go_mod", Path("go.mod")),
    ("gradle_lockfile", Path("gradle.lockfile")),
    ("ignore_comments", Function(check::ignore_comments)),
    ("ignore_file", Function(parser::ignore_file)),
    ("index", Function(parser::index)),
    ("jar", Path("app.jar")),
    ("kev", Function(parser::kev)),
    ("npm_package", Path("app/node_modules/x/package.json")),
    ("nuget_lock", Path("packages.lock.json")),
    ("oci_archive", Function(archive::oci)),
    ("os_release", Path("etc/os-release")),
    ("osv", Function(parser::osv)),
    ("package_lock", Path("package-lock.json")),
    ("pdm_lock", Path("pdm.lock")),
    ("pipfile_lock", Path("Pipfile.lock")),
    ("pnpm_lock", Path("pnpm-lock.yaml")),
    ("poetry_lock", Path("poetry.lock")),
    ("pom", Path("pom.xml")),
    ("pylock", Path("pylock.toml")),
    ("python_egg", Path("usr/lib/python3/dist-packages/x-1.egg")),
    ("python_metadata", Path("usr/lib/python3/dist-packages/x-1.dist-info/METADATA")),
    ("rego_checks", Function(custom::rego_checks)),
    ("requirements", Path("requirements.txt")),
    ("rpm_manifest", Path("var/lib/rpmmanifest/container-manifest-2")),
    ("rpmdb_bdb", Path("var/lib/rpm/Packages")),
    ("rpmdb_ndb", Path("var/lib/rpm/Packages.db")),
    ("rpmdb_sqlite", Path("var/lib/rpm/rpmdb.sqlite")),
    ("secdb", Function(parser::secdb)),
    ("shell_script", Function(parser::shell_script)),
    ("tar_walk", Function(layer::walk)),
    ("trust_bundle", Function(trust::trust_bundle)),
    ("trust_notation", Function(notation::jws)),
    ("trust_notation_cose", Function(notation::cose)),
    ("uv_lock", Path("uv.lock")),
    ("version", Function(parser::version)),
    ("yaml", Function(tree::yaml)),
    ("yaml_edit", Function(tree::yaml_edit)),
    ("yarn_lock", Path("yarn.lock")),
];

/// Lets a target read `data` and tells how much it found: packages, owned files, licences, records and the like.
///
/// # Panics
/// No target has the name, or no cataloger wants its path: it would test nothing.
pub fn run(name: &str, data: &[u8]) -> usize {
    match TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, Path(path))) => catalog(path, data),
        Some((_, Function(function))) => function(data),
        None => panic!("no target is called `{name}`"),
    }
}

fn catalog(path: &str, data: &[u8]) -> usize {
    static CATALOGERS: OnceLock<Catalogers> = OnceLock::new();
    let catalogers = CATALOGERS.get_or_init(Catalogers::everything);
    let executable = path.starts_with("usr/bin/");
    let wanting = catalogers.wanting(&FileMeta { path, size: data.len() as u64, executable });
    assert!(!wanting.is_empty(), "no cataloger wants `{path}`");
    let records = wanting.into_iter().map(|number| catalogers.catalog(number, &File { path, content: data }));
    records
        .map(|records| {
            let system = usize::from(records.os.is_some()) + usize::from(records.repository_release.is_some());
            records.packages.len() + records.owned.len() + records.licenses.len() + system
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_finds_something_in_its_seed() {
        for (name, _) in TARGETS {
            let seed = seeds::of(name).unwrap_or_else(|| panic!("`{name}` has no seed"));
            assert!(run(name, &seed) > 0, "`{name}` finds nothing in a valid input: it tests nothing");
        }
    }

    #[test]
    fn every_target_finds_nothing_in_other_bytes_and_survives_them() {
        let noise: Vec<u8> = (0..4096_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        // These find something in any bytes: a path a line, a name in that of the folder, a version under some scheme.
        let of_any_bytes = ["dpkg_list", "python_metadata", "version"];
        for (name, _) in TARGETS {
            let found = run(name, &noise);
            assert!(found == 0 || of_any_bytes.contains(name), "{name}: {found}");
            run(name, b"");
        }
    }

    #[test]
    fn the_table_the_manifest_and_the_files_name_the_same_targets() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let targets: Vec<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let listed: Vec<String> = manifest
            .lines()
            .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""))
            .map(str::to_owned)
            .collect();
        let entries = std::fs::read_dir(root.join("fuzz_targets")).unwrap();
        let mut files: Vec<String> =
            entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
        files.sort();
        assert_eq!(listed, targets);
        assert_eq!(files, targets);
        for name in &targets {
            let text = std::fs::read_to_string(root.join(format!("fuzz_targets/{name}.rs"))).unwrap();
            assert!(text.contains(&format!("boltseal_fuzz::run(\"{name}\", data)")), "{name}");
        }
    }
}
