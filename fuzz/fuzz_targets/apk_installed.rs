//! Fuzzes apk's installed database.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("apk_installed", data);
});
