FROM alpine:3.20.3
USER 1000
ENTRYPOINT ['tini', '--']
CMD [ "a", "b", ]
HEALTHCHECK CMD ["wget", "-q", "localhost"
