//! Fuzzes the fixes of Kubernetes objects.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("fix_kubernetes", data);
});
