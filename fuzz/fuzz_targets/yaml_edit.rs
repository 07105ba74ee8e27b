//! Fuzzes edits of YAML at every place of a tree.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    boltseal_fuzz::run("yaml_edit", data);
});
