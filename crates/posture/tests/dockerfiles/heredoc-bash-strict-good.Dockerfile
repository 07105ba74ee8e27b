# syntax=docker/dockerfile:1
FROM debian:12.7-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN <<EOF
apt-get update
apt-get install -y --no-install-recommends curl=7.88.1-10+deb12u7
rm -rf /var/lib/apt/lists/*
curl -fsSL https://example.com/list | sort > /list
EOF

USER 1000
CMD ["cat", "/list"]
