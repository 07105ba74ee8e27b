//! Fuzzes Cargo.lock.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("Cargo.lock", data));
