//! Fuzzes apk's list of repositories.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("apk_repositories", data);
});
