FROM alpine:3.20.3
RUN apk add --no-cache curl=8.10.1-r0 tar=1.35-r2
RUN curl -fsSL https://example.com/x.tar.gz | tar xz -C /opt
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
RUN curl -fsSL https://example.com/y.tar.gz | tar xz -C /opt
USER 1000
CMD ["/opt/x/run"]
