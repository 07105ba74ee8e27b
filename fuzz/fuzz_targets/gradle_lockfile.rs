//! Fuzzes gradle.lockfile.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("gradle_lockfile", data);
});
