//! Fuzzes Dockerfiles, and the rules on them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("dockerfile", data);
});
