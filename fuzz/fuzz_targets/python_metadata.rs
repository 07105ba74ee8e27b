//! Fuzzes Python's METADATA.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("python_metadata", data);
});
