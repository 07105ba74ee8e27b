//! Work on some threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Runs `work` on every number below `count`, on `jobs` threads that each take `handful` at a time; results come in any
/// order.
pub(crate) fn in_parallel<T: Send>(
    jobs: usize,
    count: usize,
    handful: usize,
    work: impl Fn(usize) -> Option<T> + Sync,
) -> Vec<T> {
    let jobs = jobs.clamp(1, count.div_ceil(handful.max(1)).max(1));
    if jobs == 1 {
        return (0..count).filter_map(work).collect();
    }
    let handful = handful.max(1);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let mut own = Vec::new();
                loop {
                    let start = next.fetch_add(handful, Ordering::Relaxed);
                    if start >= count {
                        break;
                    }
                    own.extend((start..count.min(start + handful)).filter_map(&work));
                }
                results.lock().unwrap_or_else(PoisonError::into_inner).extend(own);
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}
