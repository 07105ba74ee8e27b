//! Kernel isolation: seccomp, AppArmor, SELinux, sysctls, user namespaces (BS-K030–049).

mod kernel;
mod label;
mod profile;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    profile::SECCOMP_UNSET,
    profile::SECCOMP_OFF,
    profile::SECCOMP_ANNOTATION,
    profile::LOCALHOST,
    label::APPARMOR_OFF,
    label::APPARMOR_ANNOTATION,
    label::APPARMOR_NOBODY,
    label::SELINUX_USER,
    label::SELINUX_TYPE,
    kernel::SYSCTL,
    kernel::SHARED_USERS,
    kernel::PROC,
    kernel::SYSCTL_OF_HOST,
];
