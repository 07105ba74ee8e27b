FROM alpine:3.20.3
RUN <<EOF
echo never closed
USER 1000
