//! Fuzzes Python's METADATA.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("usr/lib/python3/dist-packages/x-1.dist-info/METADATA", data));
