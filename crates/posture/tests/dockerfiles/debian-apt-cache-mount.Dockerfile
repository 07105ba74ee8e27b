# syntax=docker/dockerfile:1
FROM debian:12.7
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get --no-install-recommends install -y gcc=4:12.2.0-3
USER 1000
CMD ["gcc", "--version"]
