FROM ubuntu:22.04
LABEL Maintainer_Name="x" .vendor=y com..example=z io.docker.thing=1
LABEL org.opencontainers.image.created="yesterday" \
      org.opencontainers.image.version="v-one" \
      org.opencontainers.image.licenses="Apache" \
      org.opencontainers.image.url="example dot com" \
      org.opencontainers.image.revision="head" \
      org.opencontainers.image.authors="nobody at nowhere" \
      org.opencontainers.image.title=""
USER 1000
CMD ["true"]
