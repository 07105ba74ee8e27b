//! `requirements.txt` (pip's requirements file format, with requirements as in PEP 508).
//!
//! Only a pin (`==`, `===`) says which version is installed. Any other requirement is a problem at its line: what pip
//! would choose for it is not known here.

use boltseal_evidence::{Package, PackageType};

use super::listing::{Listing, excerpt, package, set_vcs_url};
use super::{LockFile, STREAMED, Source};
use crate::cataloger::Pattern;

pub(super) const REQUIREMENTS: LockFile =
    LockFile { name: "requirements-txt", patterns: PATTERNS, max_size: STREAMED, read };

const PATTERNS: &[Pattern] = &[
    Pattern::Name("requirements.txt"),
    Pattern::Suffix("-requirements.txt"),
    Pattern::Suffix("_requirements.txt"),
    Pattern::Suffix(".requirements.txt"),
    Pattern::Name("requirements-dev.txt"),
    Pattern::Name("requirements_dev.txt"),
    Pattern::Name("requirements-test.txt"),
    Pattern::Name("requirements_test.txt"),
    Pattern::Name("requirements-tests.txt"),
    Pattern::Name("requirements-prod.txt"),
    Pattern::Name("requirements_prod.txt"),
    Pattern::Name("requirements-base.txt"),
    Pattern::Name("requirements-docs.txt"),
    Pattern::Name("requirements-lint.txt"),
    Pattern::Name("requirements-ci.txt"),
    Pattern::Name("requirements-build.txt"),
    Pattern::Name("requirements-lock.txt"),
    Pattern::Name("requirements-all.txt"),
    Pattern::Within("requirements", "base.txt"),
    Pattern::Within("requirements", "common.txt"),
    Pattern::Within("requirements", "dev.txt"),
    Pattern::Within("requirements", "development.txt"),
    Pattern::Within("requirements", "test.txt"),
    Pattern::Within("requirements", "tests.txt"),
    Pattern::Within("requirements", "prod.txt"),
    Pattern::Within("requirements", "production.txt"),
    Pattern::Within("requirements", "docs.txt"),
    Pattern::Within("requirements", "main.txt"),
    Pattern::Within("requirements", "local.txt"),
    Pattern::Within("requirements", "ci.txt"),
];

fn read(source: &Source<'_>, listing: &mut Listing<'_>) -> Result<(), String> {
    let mut logical = String::new();
    let mut first = None;
    for (number, line) in source.lines() {
        if listing.is_full() {
            break;
        }
        let line = without_comment(line);
        let start = *first.get_or_insert(number);
        match line.trim_end().strip_suffix('\\') {
            Some(part) => {
                logical.push_str(part);
                logical.push(' ');
            }
            None => {
                logical.push_str(line);
                read_line(logical.trim(), start, listing);
                logical.clear();
                first = None;
            }
        }
    }
    read_line(logical.trim(), first.unwrap_or(1), listing);
    Ok(())
}

/// A comment begins at the line's start or after white space.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    let comment =
        line.match_indices('#').find(|(at, _)| line.get(..*at).is_some_and(|before| before.ends_with([' ', '\t'])));
    comment.and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}

fn read_line(line: &str, number: u32, listing: &mut Listing<'_>) {
    if line.is_empty() {
        return;
    }
    if line.starts_with('-') {
        return read_option(line, number, listing);
    }
    // Options of one requirement: `--hash=…`, `--config-settings …`.
    let line = line.find(" --").and_then(|at| line.get(..at)).unwrap_or(line).trim_end();
    read_requirement(line, number, listing);
}

fn read_option(line: &str, number: u32, listing: &mut Listing<'_>) {
    let value = |option: &str| -> Option<&str> {
        let rest = line.strip_prefix(option)?;
        let short = !option.starts_with("--");
        (short || rest.starts_with(['=', ' ', '\t'])).then(|| rest.trim_start_matches(['=', ' ', '\t']))
    };
    if let Some(editable) = value("--editable").or_else(|| value("-e")) {
        return read_requirement(editable, number, listing);
    }
    if let Some(included) = value("--requirement").or_else(|| value("-r"))
        && !is_read_by_itself(included)
    {
        listing.unread(
            Some(number),
            format!(
                "includes `{}`, whose name is not one that is read: name it `…-requirements.txt`",
                excerpt(included)
            ),
        );
    }
}

/// The name of an included file is among those that this cataloger wants.
fn is_read_by_itself(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = directory.rsplit('/').next().unwrap_or(directory);
    PATTERNS.iter().any(|pattern| match pattern {
        Pattern::Name(wanted) => name == *wanted,
        Pattern::Suffix(suffix) => name.ends_with(suffix),
        // `requirements/dev.txt` includes its neighbour as `base.txt`.
        Pattern::Within(folder, wanted) => name == *wanted && (directory.is_empty() || parent.ends_with(folder)),
        _ => false,
    })
}

fn read_requirement(requirement: &str, number: u32, listing: &mut Listing<'_>) {
    let line = Some(number);
    if is_address(requirement) {
        return read_address(None, requirement, line, listing);
    }
    if requirement.starts_with(['.', '/', '~']) {
        return;
    }
    let (name, rest) = name(requirement);
    if name.is_empty() {
        return listing.unread(line, format!("`{}` is not a requirement", excerpt(requirement)));
    }
    if let Some(address) = rest.strip_prefix('@') {
        return read_address(Some(name), address.trim(), line, listing);
    }
    let specifiers = rest.split(';').next().unwrap_or_default().trim();
    if !specifiers.is_empty() && !specifiers.starts_with(['=', '<', '>', '!', '~', '(']) {
        // `./folder` was dealt with; `folder/file.whl` is local too.
        if specifiers.starts_with('/') {
            return;
        }
        return listing.unread(line, format!("`{}` is not a requirement", excerpt(requirement)));
    }
    match pin(specifiers) {
        Some(version) => listing.add(package(PackageType::PyPi, name, Some(version)), line),
        None => listing.unpinned(
            line,
            format!("`{}` is not pinned to one version and was not assessed: pin it with `==`", excerpt(requirement)),
        ),
    }
}

/// The name of a requirement, and what follows it and its extras.
fn name(requirement: &str) -> (&str, &str) {
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at_checked(end).unwrap_or((requirement, ""));
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map_or("", |(_, rest)| rest),
        None => rest,
    };
    (name, rest.trim_start())
}

/// The version of `==1.0` or `===1.0` among comma-separated specifiers; a wildcard (`==1.*`) pins nothing.
fn pin(specifiers: &str) -> Option<&str> {
    let specifiers = specifiers.trim_start_matches('(').trim_end_matches(')');
    specifiers.split(',').find_map(|specifier| {
        let version = specifier.trim().strip_prefix("==")?;
        let version = version.strip_prefix('=').unwrap_or(version).trim();
        let plain = !version.is_empty() && !version.contains(['*', '$', ' ', '{', '"', '\'']);
        plain.then_some(version)
    })
}

fn is_address(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '+')).unwrap_or(text.len());
    end > 0 && text.get(end..).is_some_and(|rest| rest.starts_with("://") || text.starts_with("file:"))
}

/// `git+https://host/repository@revision#egg=name`, or the address of a wheel or source archive.
fn read_address(name: Option<&str>, address: &str, line: Option<u32>, listing: &mut Listing<'_>) {
    let address = address.split([' ', '\t']).next().unwrap_or(address);
    if address.starts_with("file:") {
        return;
    }
    let (url, fragment) = address.split_once('#').unwrap_or((address, ""));
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg=")).map(|egg| self::name(egg).0);
    if url.starts_with("git+") {
        let Some(name) = name.or(egg) else {
            return listing.unread(line, format!("`{}` names no package: add `#egg=NAME`", excerpt(address)));
        };
        let mut found = package(PackageType::PyPi, name, None);
        let path = url.find("://").map_or(0, |at| at + 3);
        // An `@` before the path belongs to the user name.
        let path = url.get(path..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| at + path);
        let revision = url.rfind('@').filter(|&at| at > path);
        let split = revision.and_then(|at| Some((url.get(..at)?, url.get(at + 1..)?)));
        let (repository, commit) = split.map_or((url, None), |(repository, commit)| (repository, Some(commit)));
        set_vcs_url(&mut found, repository, commit);
        return listing.add(found, line);
    }
    let file = url.rsplit('/').next().unwrap_or_default();
    match wheel(file) {
        Some(found) => listing.add(with_address(found, url), line),
        None => match name.or(egg) {
            Some(name) => {
                listing.problem(
                    line,
                    format!("the version of `{}` is not told by its address and was not assessed", excerpt(name)),
                );
                listing.add(with_address(package(PackageType::PyPi, name, None), url), line);
            }
            None => listing.unread(line, format!("`{}` names no package: add `#egg=NAME`", excerpt(address))),
        },
    }
}

fn with_address(mut package: Package, url: &str) -> Package {
    package.qualifiers.insert("download_url".to_owned(), url.to_owned());
    package
}

/// Name and version in the name of a wheel (binary distribution format, PyPA).
fn wheel(file: &str) -> Option<Package> {
    let mut parts = file.strip_suffix(".whl")?.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    (parts.count() >= 3).then(|| package(PackageType::PyPi, name, Some(version)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tests::check;
    use insta::assert_snapshot;

    #[test]
    fn pins_are_packages_and_everything_else_is_told_with_its_line() {
        assert_snapshot!(check(REQUIREMENTS, r#"# comment
-i https://pypi.example/simple
-r base.txt
-r other/list.in
-c constraints.txt
Django==3.2.1  # why
requests[security,socks] == 2.19.0 ; python_version >= "3" # note
PyYAML===5.3.1 \
    --hash=sha256:aa \
    --hash=sha256:bb
old (==1.0)
both>1,==1.5
flask>=2.0
bare
wild==1.*
variable==${VERSION}
-e .
./local/folder
folder/x-1.0-py3-none-any.whl
-e git+https://github.com/u/forked.git@abc#egg=forked
plain @ git+ssh://git@github.com/u/plain
wheel @ https://example.com/wheel-2.0-py3-none-any.whl
https://example.com/archive.tar.gz
source @ https://example.com/source.tar.gz
!!!
a prose line
last==9 \"#), @"
        6 pkg:pypi/django@3.2.1
        7 pkg:pypi/requests@2.19.0
        8 pkg:pypi/pyyaml@5.3.1
        11 pkg:pypi/old@1.0
        12 pkg:pypi/both@1.5
        20 pkg:pypi/forked?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fu%2Fforked.git%40abc
        21 pkg:pypi/plain?vcs_url=git%2Bssh:%2F%2Fgit%40github.com%2Fu%2Fplain
        22 pkg:pypi/wheel@2.0?download_url=https:%2F%2Fexample.com%2Fwheel-2.0-py3-none-any.whl
        24 pkg:pypi/source?download_url=https:%2F%2Fexample.com%2Fsource.tar.gz
        27 pkg:pypi/last@9
        problem: line 4: includes `other/list.in`, whose name is not one that is read: name it `…-requirements.txt`
        problem: line 13: `flask>=2.0` is not pinned to one version and was not assessed: pin it with `==`
        problem: line 14: `bare` is not pinned to one version and was not assessed: pin it with `==`
        problem: line 15: `wild==1.*` is not pinned to one version and was not assessed: pin it with `==`
        problem: line 16: `variable==${VERSION}` is not pinned to one version and was not assessed: pin it with `==`
        problem: line 23: `https://example.com/archive.tar.gz` names no package: add `#egg=NAME`
        problem: line 24: the version of `source` is not told by its address and was not assessed
        problem: line 25: `!!!` is not a requirement
        problem: line 26: `a prose line` is not a requirement
        omitted: Unreadable 4
        omitted: Unpinned 4
        ");
    }
}
