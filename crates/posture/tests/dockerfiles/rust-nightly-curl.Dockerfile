FROM debian:12
RUN apt-get update && apt-get install -y curl build-essential
RUN curl https://sh.rustup.rs -sSf | sh -s -- -y --default-toolchain nightly
ENV PATH=/root/.cargo/bin:$PATH CARGO_HOME=/root/.cargo BIN=$CARGO_HOME/bin
RUN cargo install cargo-audit
RUN cargo install --locked --version 0.9.72 cargo-nextest
COPY . .
RUN cargo build
CMD ["cargo", "run"]
