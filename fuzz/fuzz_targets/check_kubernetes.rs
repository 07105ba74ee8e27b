//! Fuzzes Kubernetes objects, the rules on them and the Pod Security Standards.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("check_kubernetes", data);
});
