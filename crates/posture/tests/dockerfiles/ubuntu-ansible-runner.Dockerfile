FROM ubuntu:22.04
LABEL maintainer="infra@example.com" \
      org.opencontainers.image.created="2024-10-01T12:00:00Z" \
      org.opencontainers.image.version="1.4.2" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.url="https://example.com/runner" \
      org.opencontainers.image.revision="3f786850e387550fdab836ed7e6dc881de23001b"
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    ansible=2.10.7+merged+base+2.10.8+dfsg-1 openssh-client=1:8.9p1-3ubuntu0.10 \
    && rm -rf /var/lib/apt/lists/*
USER 1000
ENTRYPOINT ["ansible-playbook"]
