//! Ending on a signal without leaving anything half-written.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Ends the process on the first SIGINT or SIGTERM, with 128 and the signal's number as shells expect.
///
/// Results are written to a temporary file and renamed; the process waits for such a write to end, then goes. What is
/// kept on purpose (partial downloads, cached layers) is verified before it is used again.
pub(crate) fn install() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            let _held = boltseal_store::hold_writes();
            std::process::exit(128 + signal);
        }
    };
    // Without the thread a signal ends the process as ever, only less tidily.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
}
