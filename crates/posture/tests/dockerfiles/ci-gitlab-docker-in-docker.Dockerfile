FROM docker:27.3.1-dind
RUN apk add bash curl git
RUN curl -L https://github.com/docker/compose/releases/download/v2.29.7/docker-compose-linux-x86_64 -o /usr/local/bin/docker-compose && chmod +x /usr/local/bin/docker-compose
VOLUME /var/lib/docker
ENTRYPOINT ["dockerd-entrypoint.sh"]
