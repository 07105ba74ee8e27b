//! Fuzzes rpm's Berkeley DB.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("var/lib/rpm/Packages", data));
