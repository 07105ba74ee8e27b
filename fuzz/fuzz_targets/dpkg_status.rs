//! Fuzzes dpkg's status file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("dpkg_status", data);
});
