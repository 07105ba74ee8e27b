//! Fuzzes what is written of findings with hostile texts and places, in every format.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("check_report", data);
});
