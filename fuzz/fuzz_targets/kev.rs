//! Fuzzes CISA's catalogue of known exploited vulnerabilities.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("kev", data);
});
