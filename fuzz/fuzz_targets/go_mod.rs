//! Fuzzes go.mod.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("go.mod", data));
