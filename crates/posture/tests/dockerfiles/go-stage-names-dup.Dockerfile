FROM golang:1.23 AS builder
WORKDIR /a
COPY . .
RUN go build -o /a/a .
FROM golang:1.23 AS builder
WORKDIR /b
COPY . .
RUN go build -o /b/b .
FROM alpine:3.20.3 AS final
COPY --from=builder /b/b /usr/bin/b
COPY --from=final /etc/os-release /tmp/os
COPY --from=missing /x /y
COPY --from=0 /a/a /usr/bin/a
USER 1000
CMD ["b"]
