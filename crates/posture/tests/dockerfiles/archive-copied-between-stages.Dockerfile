FROM alpine:3.20.3 AS fetch
WORKDIR /dl
RUN wget -q https://example.com/dist.tar.gz
FROM alpine:3.20.3
COPY --from=fetch /dl/dist.tar.gz /dist/
RUN tar -xzf /dist/dist.tar.gz -C /dist
USER 1000
CMD ["ls", "/dist"]
