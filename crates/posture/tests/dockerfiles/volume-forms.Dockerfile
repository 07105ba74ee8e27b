FROM alpine:3.20.3
VOLUME ["/data", "/logs"]
VOLUME /cache /spool
VOLUME ["/var/run/docker.sock"]
STOPSIGNAL SIGTERM
USER 1000
CMD ["sh"]
