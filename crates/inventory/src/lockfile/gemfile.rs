//! `Gemfile.lock` (Ruby's Bundler).
//!
//! A gem built for several platforms is locked once for each (`nokogiri (1.13.6-x86_64-linux)`). These are one release,
//! so they become one package with all its lines, and advisories are matched once.

use boltseal_evidence::PackageType;

use super::listing::{Listing, excerpt, package, set_vcs_url};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const GEMFILE: LockFile = LockFile {
    name: "gemfile-lock",
    patterns: &[Pattern::Name("Gemfile.lock"), Pattern::Name("gems.locked")],
    max_size: STREAMED,
    read,
};

/// Where the gems of a section come from.
#[derive(Default)]
struct Section<'a> {
    name: &'a str,
    remote: &'a str,
    revision: Option<&'a str>,
    in_specs: bool,
}

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let mut section = Section::default();
    for (number, line) in source.lines() {
        if listing.is_full() {
            break;
        }
        let text = line.trim_end();
        if text.is_empty() {
            continue;
        }
        if !text.starts_with(' ') {
            let heading = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ');
            if !heading && section.name.is_empty() {
                return Err(format!("line {number}: not a lock file of Bundler"));
            }
            if !heading {
                listing.unread(Some(number), format!("`{}` is not a section", excerpt(text)));
            }
            section = Section { name: text, ..Section::default() };
        } else {
            read_line(text, number, &mut section, listing);
        }
    }
    Ok(())
}

fn read_line<'a>(text: &'a str, number: u32, section: &mut Section<'a>, listing: &mut Listing<'_>) {
    let content = text.trim_start();
    match text.len() - content.len() {
        2 => match content.split_once(':') {
            Some(("remote", value)) => section.remote = value.trim(),
            Some(("revision", value)) => section.revision = Some(value.trim()),
            Some(("specs", _)) => section.in_specs = true,
            _ => {}
        },
        4 if section.in_specs => read_spec(content, number, section, listing),
        // What a gem asks for.
        6 if section.in_specs => {}
        _ if matches!(section.name, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => {
            listing.unread(Some(number), format!("`{}` is not where a gem is listed", excerpt(content)));
        }
        _ => {}
    }
}

fn read_spec(spec: &str, number: u32, section: &Section<'_>, listing: &mut Listing<'_>) {
    if !matches!(section.name, "GEM" | "GIT" | "PLUGIN SOURCE") {
        return;
    }
    let Some((name, version)) = spec.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)))
    else {
        return listing.unread(Some(number), format!("`{}` is not a gem and its version", excerpt(spec)));
    };
    // A gem's version has no hyphen; what follows one is the platform.
    let version = version.split_once('-').map_or(version, |(version, _)| version);
    let mut found = package(PackageType::Gem, name, Some(version));
    if section.name == "GIT" {
        set_vcs_url(&mut found, section.remote, section.revision);
    }
    listing.add(found, Some(number));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn a_gem_at_no_place_for_one_is_told() {
        for lock in ["GEM\n         rack (1.0)\n", "GEM\n  remote: r\n    rack (1.0)\n", "GEM\n rack (1.0)\n"] {
            let told = check(GEMFILE, lock);
            assert!(told.contains("`rack (1.0)` is not where a gem is listed"), "{told}");
        }
    }

    #[test]
    fn gems_are_listed_by_section_and_platforms_fold_into_one() {
        assert_snapshot!(check(GEMFILE, "GIT
  remote: https://github.com/u/forked.git
  revision: abc
  branch: main
  specs:
    forked (1.2.0)
      rack (>= 2)

PATH
  remote: .
  specs:
    own (0.1.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.13.6)
      racc (~> 1.4)
    nokogiri (1.13.6-x86_64-linux)
      racc (~> 1.4)
    rack (2.2.3.1)
    broken

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  nokogiri (~> 1.13)
  own!

BUNDLED WITH
   2.3.15
"), @"
        6 pkg:gem/forked@1.2.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fforked.git%40abc
        17,19 pkg:gem/nokogiri@1.13.6
        21 pkg:gem/rack@2.2.3.1
        problem: line 22: `broken` is not a gem and its version
        omitted: Unreadable 1
        ");
    }

    #[test]
    fn another_text_is_unreadable() {
        assert_snapshot!(check(GEMFILE, "source 'https://rubygems.org'\n"), @"unreadable: line 1: not a lock file of Bundler");
    }
}
