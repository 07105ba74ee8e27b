//! Fuzzes installed gem specifications.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("gemspec", data);
});
