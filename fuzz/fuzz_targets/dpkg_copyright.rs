//! Fuzzes Debian's copyright files.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("dpkg_copyright", data);
});
