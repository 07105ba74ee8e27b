//! Fuzzes Alpine's security database.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("secdb", data);
});
