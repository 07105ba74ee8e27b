//! Fuzzes package-lock.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("package-lock.json", data));
