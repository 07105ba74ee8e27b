//! `gradle.lockfile` and its siblings for build scripts and settings (Gradle 6.8 and later).

use boltseal_evidence::{PackageType, Scope};

use super::listing::{Listing, excerpt, package};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const GRADLE: LockFile = LockFile {
    name: "gradle-lock",
    patterns: &[
        Pattern::Name("gradle.lockfile"),
        Pattern::Name("buildscript-gradle.lockfile"),
        Pattern::Name("settings-gradle.lockfile"),
    ],
    max_size: STREAMED,
    read,
};

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let builds = listing.path().ends_with("-gradle.lockfile");
    for (number, line) in source.lines() {
        if listing.is_full() {
            break;
        }
        let line = line.trim();
        let (module, configurations) = line.split_once('=').unwrap_or((line, ""));
        if line.is_empty() || line.starts_with('#') || module == "empty" {
            continue;
        }
        let mut parts = module.split(':');
        let (Some(group), Some(name), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            listing.unread(Some(number), format!("`{}` is not `group:artifact:version=configurations`", excerpt(line)));
            continue;
        };
        let mut found = package(PackageType::Maven, name, Some(version));
        found.namespace = Some(group.to_owned());
        found.scope = Some(if builds { Scope::Development } else { scope(configurations) });
        listing.add(found, Some(number));
    }
    Ok(())
}

/// A module is for development if every configuration that has it is of tests or tools.
fn scope(configurations: &str) -> Scope {
    let ships = |configuration: &str| {
        let configuration = configuration.to_ascii_lowercase();
        let tool = ["test", "annotationprocessor", "checkstyle", "pmd", "spotbugs", "jacoco", "ktlint", "detekt"];
        !tool.iter().any(|word| configuration.contains(word))
    };
    if configurations.is_empty() || configurations.split(',').any(ships) { Scope::Runtime } else { Scope::Development }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cataloger::{Cataloger, File};
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn modules_are_listed_with_the_scope_of_their_configurations() {
        assert_snapshot!(check(GRADLE, "# This is a Gradle generated file for dependency locking.
org.apache.logging.log4j:log4j-core:2.14.1=compileClasspath,runtimeClasspath,testRuntimeClasspath
junit:junit:4.13=testCompileClasspath,testRuntimeClasspath
nonsense
empty=annotationProcessor
"), @"
        2 pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 runtime
        3 pkg:maven/junit/junit@4.13 development
        problem: line 4: `nonsense` is not `group:artifact:version=configurations`
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn what_a_build_script_needs_is_for_development() {
        let file = File { path: "a/buildscript-gradle.lockfile", content: b"g:a:1=classpath\n" };
        assert_eq!(GRADLE.catalog(&file).packages[0].scope, Some(Scope::Development));
    }
}
