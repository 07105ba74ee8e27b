//! Fuzzes COSE signatures of the Notary Project.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("trust_notation_cose", data);
});
