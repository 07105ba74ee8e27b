FROM alpine:3.20.3 AS base
RUN adduser -D app
USER app
FROM base AS final
COPY app /app
CMD ["/app"]
