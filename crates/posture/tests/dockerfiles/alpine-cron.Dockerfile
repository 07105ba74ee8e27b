FROM alpine:3.18
RUN apk add -U tzdata && cp /usr/share/zoneinfo/UTC /etc/localtime && rm -rf /var/cache/apk/*
COPY crontab /etc/crontabs/root
RUN chmod 600 /etc/crontabs/root
CMD ["crond", "-f", "-l", "2"]
