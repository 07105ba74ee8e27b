# hadolint global ignore=DL3007
FROM debian:latest
# hadolint ignore=DL3008,DL3009
RUN apt-get update && apt-get install -y --no-install-recommends curl
# hadolint ignore=DL3025
CMD curl https://example.com
USER 1000
