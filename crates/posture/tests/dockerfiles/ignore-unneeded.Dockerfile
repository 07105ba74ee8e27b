FROM alpine:3.20.3
# hadolint ignore=DL3018
RUN apk add --no-cache curl=8.10.1-r0
# just a comment
# hadolint ignore=DL3059
RUN true
USER 1000
CMD ["sh"]
