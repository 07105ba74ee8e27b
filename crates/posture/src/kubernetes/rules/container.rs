//! What a container may do: privileges, users, capabilities (BS-K001–029).

mod capability;
mod command;
mod kernel;
mod privilege;
mod user;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    privilege::PRIVILEGED,
    privilege::ESCALATION,
    user::ROOT,
    user::MAYBE_ROOT,
    user::CONTRADICTION,
    user::ROOT_GROUP,
    user::ROOT_SUPPLEMENT,
    user::LOW_USER,
    user::LOW_GROUP,
    capability::NOT_DROPPED,
    kernel::ALL,
    kernel::SYS_ADMIN,
    kernel::SYS_MODULE,
    kernel::SYS_PTRACE,
    kernel::NET_ADMIN,
    kernel::NET_RAW,
    kernel::READ_ANY,
    kernel::BPF,
    kernel::RAW_DEVICES,
    kernel::WHOLE_NODE,
    capability::ORDINARY,
    capability::UNKNOWN,
    capability::ADDED_AND_DROPPED,
    privilege::WRITABLE_ROOT,
    command::ENTERS_NODE,
    command::FETCHED_SCRIPT,
    command::INSTALLS,
    command::SSHD,
];
