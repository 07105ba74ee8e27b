FROM gcr.io/distroless/cc-debian12:nonroot@sha256:3310655aac1a2b1f0c9ef3b3c2a2b7ec6d6f3a9a2b6c4d5e6f7a8b9c0d1e2f3a
COPY --chown=65532:65532 target/release/agent /agent
EXPOSE 9100
ENTRYPOINT ["/agent"]
