FROM alpine:3.20.3
ARG CREATED
ARG REVISION
ARG VERSION=0.0.0
LABEL org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.revision=${REVISION} \
      org.opencontainers.image.version="${VERSION}"
USER 1000
CMD ["sh"]
