//! Fuzzes archives of OCI layouts.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("oci_archive", data);
});
