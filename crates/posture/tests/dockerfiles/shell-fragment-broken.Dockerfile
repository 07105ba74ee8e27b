FROM alpine:3.20.3
RUN if true; then echo a
RUN echo "open
apk add curl
USER 1000
