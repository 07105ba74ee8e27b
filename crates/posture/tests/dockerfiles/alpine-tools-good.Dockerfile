FROM alpine:3.20.3@sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d
RUN apk add --no-cache \
      bash=5.2.26-r0 \
      jq=1.7.1-r0 \
      ca-certificates=20240705-r0
COPY scripts/ /usr/local/bin/
USER guest
ENTRYPOINT ["bash"]
