//! Writes the seed of every target into `corpus/TARGET`, where `cargo fuzz run TARGET` looks for it.

use std::path::Path;

fn main() -> std::io::Result<()> {
    for (name, _) in boltseal_fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        std::fs::create_dir_all(&folder)?;
        if let Some(seed) = boltseal_fuzz::seeds::of(name) {
            std::fs::write(folder.join("seed"), seed)?;
        }
    }
    Ok(())
}
