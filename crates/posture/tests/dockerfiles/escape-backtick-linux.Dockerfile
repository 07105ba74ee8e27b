# escape=`
FROM alpine:3.20.3
RUN apk add --no-cache `
      curl=8.10.1-r0 `
    && echo "a\b"
WORKDIR /x
COPY a `
  b `
  ./
USER 1000
CMD ["sh"]
