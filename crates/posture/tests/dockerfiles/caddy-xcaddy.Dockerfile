FROM caddy:2.8.4-builder AS builder
RUN xcaddy build --with github.com/caddy-dns/cloudflare@v0.0.0-20240703190432-89f16b99c18e
FROM caddy:2.8.4
COPY --from=builder /usr/bin/caddy /usr/bin/caddy
USER 1000
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile"]
