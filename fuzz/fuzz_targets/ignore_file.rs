//! Fuzzes the ignore file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("ignore_file", data);
});
