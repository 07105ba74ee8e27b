FROM debian:12.7 AS build
RUN echo built > /usr/local/lib/built
FROM debian:12.7-slim AS squash
COPY --from=build / /
FROM scratch
COPY --from=squash / /
COPY --from=build /usr/local/ /usr/local/
COPY --from=build / /sysroot/
USER 1000
CMD ["/bin/true"]
