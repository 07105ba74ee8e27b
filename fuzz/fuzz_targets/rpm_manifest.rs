//! Fuzzes the package list of distroless Azure Linux.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("rpm_manifest", data);
});
