//! Fuzzes checks in Rego, and their metadata.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("rego_checks", data);
});
