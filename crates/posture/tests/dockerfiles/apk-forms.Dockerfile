FROM alpine:3.20.3
RUN apk add --no-cache a=1 b>2 'c<3' d@edge e
RUN apk --no-cache add --virtual .deps f=1
RUN apk add --repository https://example.com/alpine g=2 --no-cache
RUN apk --update-cache add h=3 && rm -rf /var/cache/apk/*
RUN --mount=type=cache,target=/var/cache/apk apk add i=4
RUN apk update
RUN apk upgrade
RUN apk del a
USER 1000
CMD ["sh"]
