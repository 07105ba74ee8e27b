//! Operating systems: their package databases, releases and support dates.

mod apk;
mod copyright;
mod dpkg;
mod field;
mod owned;
mod problems;
mod release;
mod release_file;
mod repositories;
mod rpm;
mod support;
mod unread;

use crate::cataloger::Cataloger;

/// The catalogers of this group.
///
/// Several files may name the operating system. The assembler takes the first of these that named one:
/// `etc/os-release`, `usr/lib/os-release`, `etc/lsb-release`, `etc/alpine-release`, `etc/oracle-release`,
/// `etc/centos-release`, `etc/redhat-release`, `etc/system-release`, `etc/debian_version`. That is os-release(5) in
/// its two places, then what older releases have; Debian's and Red Hat's own files come late, since their derivatives
/// ship them too. `etc/apk/repositories` names a `repository_release` alone.
pub(crate) fn catalogers() -> Vec<Box<dyn Cataloger>> {
    vec![
        Box::new(release::OsRelease),
        Box::new(repositories::ApkRepositories),
        Box::new(dpkg::Dpkg),
        Box::new(dpkg::DpkgFiles),
        Box::new(copyright::DpkgCopyright),
        Box::new(apk::Apk),
        Box::new(rpm::Rpm),
        Box::new(unread::UnreadDatabases),
    ]
}
