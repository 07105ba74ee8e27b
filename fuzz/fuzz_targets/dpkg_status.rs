//! Fuzzes dpkg's status file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("var/lib/dpkg/status", data));
