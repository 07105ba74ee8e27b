FROM haproxy:3.0-alpine
USER root
RUN apk --no-cache add lua5.4
COPY haproxy.cfg /usr/local/etc/haproxy/haproxy.cfg
USER haproxy
EXPOSE 80 443 8404
