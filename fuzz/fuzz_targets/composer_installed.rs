//! Fuzzes Composer's installed.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("composer_installed", data);
});
