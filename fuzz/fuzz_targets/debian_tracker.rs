//! Fuzzes the data of Debian's security tracker.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("debian_tracker", data);
});
