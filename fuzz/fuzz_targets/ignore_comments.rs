//! Fuzzes the comments by which people decide not to act.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("ignore_comments", data);
});
