FROM alpine:3.20.3 AS scratch
RUN echo one > /one
FROM alpine:3.20.3 AS context
RUN echo two > /two
FROM alpine:3.20.3
COPY --from=context /two /two
USER 1000
CMD ["cat", "/two"]
