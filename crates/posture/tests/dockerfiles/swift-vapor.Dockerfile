FROM swift:6.0-jammy AS build
RUN export DEBIAN_FRONTEND=noninteractive && apt-get -q update && apt-get -q dist-upgrade -y && apt-get install -y libjemalloc-dev
WORKDIR /build
COPY ./Package.* ./
RUN swift package resolve
COPY . .
RUN swift build -c release --static-swift-stdlib
FROM ubuntu:jammy
COPY --from=build /build/.build/release/App /app/
RUN useradd --user-group --create-home --system --skel /dev/null --home-dir /app vapor
USER vapor:vapor
ENTRYPOINT ["./App"]
