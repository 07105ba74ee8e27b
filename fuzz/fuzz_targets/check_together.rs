//! Fuzzes the rules on all files together, and the policies of namespaces.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("check_together", data);
});
