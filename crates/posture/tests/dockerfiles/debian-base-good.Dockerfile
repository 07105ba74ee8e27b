FROM debian:12.7-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates=20230311 curl=7.88.1-10+deb12u7 \
 && rm -rf /var/lib/apt/lists/* \
 && curl -fsSL https://example.com/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg
RUN useradd --create-home --uid 1500 worker
USER worker
WORKDIR /home/worker
CMD ["bash"]
