FROM debian:12.7-slim
RUN wget https://example.com/a
RUN wget --progress=dot:giga https://example.com/b
RUN wget -q https://example.com/c && wget --no-verbose https://example.com/d
RUN wget -O - https://example.com/e > /e; wget -nv https://example.com/f
USER 1000
CMD ["true"]
