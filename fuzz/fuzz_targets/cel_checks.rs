//! Fuzzes checks in CEL, and what they are asked about.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("cel_checks", data);
});
