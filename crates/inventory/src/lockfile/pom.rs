//! `pom.xml` (Maven).
//!
//! Read on its own, without its parents: what they and imported BOMs decide is not known here, and each such
//! dependency is listed without a version and told at its line.

use std::collections::HashMap;

use boltseal_evidence::{PackageType, Scope};

use super::listing::{Listing, excerpt, package};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

mod properties;
mod xml;

use properties::Properties;
use xml::Dependency;

pub(super) const POM: LockFile =
    LockFile { name: "maven-pom", patterns: &[Pattern::Name("pom.xml")], max_size: STREAMED, read };

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let project = xml::read(source)?;
    let properties = Properties::of(&project);
    let mut managed = HashMap::new();
    for entry in &project.managed {
        if let (Some(group), Some(artifact)) = (properties.resolve(&entry.group), properties.resolve(&entry.artifact)) {
            managed.entry((group, artifact)).or_insert(entry);
        }
    }
    for dependency in &project.dependencies {
        if listing.is_full() {
            break;
        }
        add(dependency, &properties, &managed, listing);
    }
    Ok(())
}

fn add(
    dependency: &Dependency,
    properties: &Properties<'_>,
    managed: &HashMap<(String, String), &Dependency>,
    listing: &mut Listing<'_>,
) {
    let line = Some(dependency.line);
    let (Some(group), Some(artifact)) =
        (properties.resolve(&dependency.group), properties.resolve(&dependency.artifact))
    else {
        let name = format!("{}:{}", dependency.group, dependency.artifact);
        return listing.unread(line, format!("`{}` names no group and artifact that are known here", excerpt(&name)));
    };
    let manager = managed.get(&(group.clone(), artifact.clone()));
    let stated = [Some(dependency.version.as_str()), manager.map(|manager| manager.version.as_str())];
    let version = match stated.into_iter().flatten().find(|version| !version.is_empty()) {
        None => Err("has no version here: a parent or an imported BOM decides it".to_owned()),
        Some(text) => match properties.resolve(text) {
            None => Err(format!("has the version `{}`, which nothing in this file defines", excerpt(text))),
            Some(version) => fixed(&version).ok_or_else(|| format!("has the version range `{}`", excerpt(&version))),
        },
    };
    let scope = [Some(dependency.scope.as_str()), manager.map(|manager| manager.scope.as_str())];
    let scope = scope.into_iter().flatten().find(|scope| !scope.is_empty()).unwrap_or("compile");
    if let Err(reason) = &version {
        let name = format!("{group}:{artifact}");
        listing.problem(line, format!("`{}` {reason}, so it was not assessed", excerpt(&name)));
    }
    let mut found = package(PackageType::Maven, &artifact, version.ok().as_deref());
    found.namespace = Some(group);
    found.scope = Some(match scope {
        "test" | "provided" | "system" => Scope::Development,
        _ if dependency.optional == "true" => Scope::Optional,
        _ => Scope::Runtime,
    });
    listing.add(found, line);
}

/// The one version that a version or an exact range (`[1.0]`) stands for.
fn fixed(version: &str) -> Option<String> {
    let exact = version.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(version).trim();
    let range = exact.is_empty() || exact.contains(['[', ']', '(', ')', ',']) || matches!(exact, "LATEST" | "RELEASE");
    (!range).then(|| exact.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn versions_come_from_properties_parent_and_management_of_the_same_file() {
        assert_snapshot!(check(POM, r#"<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.acme</groupId><artifactId>parent</artifactId><version>3.0</version></parent>
  <artifactId>app</artifactId>
  <properties>
    <log4j.version>2.14.1</log4j.version>
    <indirect>${log4j.version}</indirect>
    <loop>${loop}</loop>
  </properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>g</groupId><artifactId>managed</artifactId><version>1.5</version><scope>test</scope></dependency>
    <dependency>
      <groupId>g</groupId><artifactId>bom</artifactId><version>1</version><type>pom</type><scope>import</scope>
    </dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-core</artifactId>
      <version>${indirect}</version>
      <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>sibling</artifactId><version>${project.version}</version></dependency>
    <dependency><groupId>g</groupId><artifactId>from-bom</artifactId></dependency>
    <dependency><groupId>g</groupId><artifactId>loop</artifactId><version>${loop}</version></dependency>
    <dependency><groupId>g</groupId><artifactId>range</artifactId><version>[1,2)</version></dependency>
    <dependency><groupId>g</groupId><artifactId>exact</artifactId><version>[1.0]</version><optional>true</optional></dependency>
    <dependency><groupId>${nowhere}</groupId><artifactId>z</artifactId></dependency>
    <dependency><groupId>g&amp;h</groupId><artifactId><![CDATA[c]]></artifactId><version>1<!-- not 2 --></version></dependency>
  </dependencies>
  <build><plugins><plugin><dependencies>
    <dependency><groupId>g</groupId><artifactId>plugin</artifactId><version>1</version></dependency>
  </dependencies></plugin></plugins></build>
  <profiles><profile><dependencies>
    <dependency><groupId>g</groupId><artifactId>profiled</artifactId><version>1</version></dependency>
  </dependencies></profile></profiles>
</project>
"#), @"
        17 pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 runtime
        23 pkg:maven/g/managed@1.5 development
        24 pkg:maven/org.acme/sibling@3.0 runtime
        25 pkg:maven/g/from-bom runtime
        26 pkg:maven/g/loop runtime
        27 pkg:maven/g/range runtime
        28 pkg:maven/g/exact@1.0 optional
        30 pkg:maven/g&h/c@1 runtime
        36 pkg:maven/g/profiled@1 runtime
        problem: line 25: `g:from-bom` has no version here: a parent or an imported BOM decides it, so it was not assessed
        problem: line 26: `g:loop` has the version `${loop}`, which nothing in this file defines, so it was not assessed
        problem: line 27: `g:range` has the version range `[1,2)`, so it was not assessed
        problem: line 29: `${nowhere}:z` names no group and artifact that are known here
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn broken_and_other_xml_is_unreadable() {
        assert_snapshot!(check(POM, "<project>\n<dependencies></project>"), @"unreadable: line 2: not XML: ill-formed document: expected `</dependencies>`, but `</project>` was found");
        assert_snapshot!(check(POM, "<project>\n"), @"unreadable: not XML: it ends within an element");
        assert_snapshot!(check(POM, "<html></html>"), @"unreadable: not a Maven project: the root element is not `project`");
    }

    #[test]
    fn properties_that_multiply_each_other_stay_small() {
        let mut text = "<project><properties><a0>xxxxxxxxxx</a0>".to_owned();
        for level in 1..40 {
            let lower = level - 1;
            text += &format!("<a{level}>${{a{lower}}}${{a{lower}}}${{a{lower}}}</a{level}>");
        }
        text += "</properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId>\
                 <version>${a39}</version></dependency></dependencies></project>";
        assert_snapshot!(check(POM, &text), @"
        1 pkg:maven/g/a runtime
        problem: line 1: `g:a` has the version `${a39}`, which nothing in this file defines, so it was not assessed
        ");
    }
}
