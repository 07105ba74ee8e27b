//! Writing images: layers, configurations and manifests, as an OCI layout or a `docker save` archive.
