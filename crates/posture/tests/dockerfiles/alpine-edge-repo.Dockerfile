FROM alpine:edge
RUN apk upgrade --no-cache
RUN echo "http://dl-cdn.alpinelinux.org/alpine/edge/testing" >> /etc/apk/repositories \
 && apk add --allow-untrusted --update-cache hugo ./local.apk
RUN apk add --no-cache 'nodejs>18' npm~=10 curl@testing
CMD hugo server
