//! Clients of Sigstore's services: Fulcio, Rekor, timestamps, the trusted root.
