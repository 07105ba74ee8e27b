FROM debian:12.7-slim AS a
RUN wget -q https://example.com/1
FROM debian:12.7-slim AS b
RUN curl -fsSLO https://example.com/2
FROM debian:12.7-slim
RUN curl -fsSLO https://example.com/3 && wget -q https://example.com/4
USER 1000
CMD ["true"]
