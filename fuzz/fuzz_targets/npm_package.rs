//! Fuzzes npm's package.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| boltseal_fuzz::catalog("app/node_modules/x/package.json", data));
