//! Fuzzes the fixes of Compose files.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("fix_compose", data);
});
