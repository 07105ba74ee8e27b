//! Fuzzes configurations of images, and the rules on them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("check_image", data);
});
