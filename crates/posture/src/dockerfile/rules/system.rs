//! Packages of the operating system: apt, apk, dnf, yum, microdnf, zypper (BS-D160–199).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
