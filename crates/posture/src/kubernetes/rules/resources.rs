//! Requests, limits, probes and life cycle (BS-K120–149).

mod amount;
mod job;
mod probe;
mod quantity;
mod replica;
mod rollout;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    amount::NO_CPU_REQUEST,
    amount::NO_CPU_LIMIT,
    amount::NO_MEMORY_REQUEST,
    amount::NO_MEMORY_LIMIT,
    amount::BELOW_REQUEST,
    amount::NO_STORAGE_LIMIT,
    amount::WRONG_UNIT,
    amount::HUGE,
    probe::NO_LIVENESS,
    probe::NO_READINESS,
    probe::SAME,
    probe::NO_SUCH_PORT,
    probe::THRESHOLD,
    rollout::NO_GRACE,
    job::NO_DEADLINE,
    job::NEVER_REMOVED,
    job::CONCURRENT,
    job::NO_START_DEADLINE,
    job::SHORT_START_DEADLINE,
    job::RESTART_POLICY,
    replica::SINGLE,
    rollout::RECREATE,
    rollout::ALL_AWAY,
    rollout::ON_DELETE,
    rollout::NO_HISTORY,
    replica::TOGETHER,
];
