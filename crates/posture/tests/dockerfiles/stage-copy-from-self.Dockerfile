FROM alpine:3.20.3 AS base
RUN echo base > /base
FROM base AS web
COPY --from=web /base /web
COPY --from=base /base /base2
FROM base AS api
COPY --from=api /x /y
COPY --from=2 /z /z
COPY --from=1 /web /web
COPY --from=nginx:1.27.2 /etc/nginx/nginx.conf /nginx.conf
USER 1000
CMD ["cat", "/base2"]
