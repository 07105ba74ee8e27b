ARG ALPINE_VERSION=3.20
ARG BASE=alpine:${ALPINE_VERSION}
ARG FLAVOUR
FROM --platform=$TARGETPLATFORM ${BASE} AS base
FROM --platform=linux/amd64 debian:${DEBIAN:-12}-slim AS tools
ARG TARGETARCH
RUN echo "$TARGETARCH" > /arch
FROM base${FLAVOUR:+-$FLAVOUR}
COPY --from=tools /arch /arch
USER 1000
CMD ["cat", "/arch"]
