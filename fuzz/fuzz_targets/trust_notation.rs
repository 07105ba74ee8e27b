//! Fuzzes JWS signatures of the Notary Project, trust policies and stores.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("trust_notation", data);
});
