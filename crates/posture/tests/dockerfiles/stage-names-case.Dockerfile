FROM debian:12.7-slim AS Builder
RUN echo one > /one
FROM debian:12.7-slim AS builder
RUN echo two > /two
FROM debian:12.7-slim AS dev
FROM debian:12.7-slim AS dev
COPY --from=builder /two /two
USER 1000
CMD ["cat", "/two"]
