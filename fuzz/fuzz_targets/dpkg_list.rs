//! Fuzzes dpkg's file lists.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("var/lib/dpkg/info/libc6:amd64.list", data));
