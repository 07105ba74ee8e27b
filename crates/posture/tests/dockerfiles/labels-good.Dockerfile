FROM alpine:3.20.3
LABEL org.opencontainers.image.created="2025-01-02T03:04:05Z" \
      org.opencontainers.image.version="2.0.0-rc.1" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.url="https://example.com/app" \
      org.opencontainers.image.revision="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b" \
      org.opencontainers.image.authors="Ann Example <ann@example.com>" \
      org.opencontainers.image.title="app" \
      com.example.team="platform"
USER 1000
CMD ["sh"]
