//! Fuzzes installed gem specifications.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("var/lib/gems/specifications/x-1.gemspec", data));
