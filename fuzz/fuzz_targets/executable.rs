//! Fuzzes executables: Go build info and Rust audit data.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("executable", data);
});
