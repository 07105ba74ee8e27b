//! Fuzzes dpkg's file lists.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("dpkg_list", data);
});
