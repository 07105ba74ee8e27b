//! Fuzzes the fixes of Dockerfiles.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("fix_dockerfile", data);
});
