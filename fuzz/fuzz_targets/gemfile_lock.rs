//! Fuzzes Gemfile.lock.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("gemfile_lock", data);
});
