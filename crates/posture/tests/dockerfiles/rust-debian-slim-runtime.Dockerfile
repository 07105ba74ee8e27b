FROM rust:1.82-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release && cp target/release/api /api
FROM debian:12.7-slim
RUN set -eux; \
    apt-get update; \
    apt-get install -y --no-install-recommends ca-certificates=20230311 libssl3=3.0.14-1~deb12u2; \
    rm -rf /var/lib/apt/lists/*; \
    useradd -r -u 999 api
COPY --from=build /api /api
USER api
CMD ["/api"]
