FROM haskell:9.8.2 AS build
WORKDIR /opt/build
COPY stack.yaml package.yaml ./
RUN stack build --system-ghc --only-dependencies
COPY . .
RUN stack --system-ghc install --local-bin-path /opt/bin
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends libgmp10 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/bin/app /usr/local/bin/
CMD ["app"]
