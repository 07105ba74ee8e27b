FROM debian:12.7-slim AS a
RUN wget -qO- https://example.com/x | gunzip > /x
RUN grep -q a /x || echo "a|b"
RUN if dpkg -l | grep -q curl; then echo curl; fi
RUN echo "a | b"
FROM a AS b
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN wget -qO- https://example.com/y | gunzip > /y
FROM b AS c
RUN wget -qO- https://example.com/z | gunzip > /z
FROM debian:12.7-slim
SHELL ["/bin/sh", "-c"]
RUN cat /etc/passwd | cut -d: -f1 | sort > /users
SHELL ["/bin/bash", "-e", "-o", "pipefail", "-c"]
RUN cat /etc/group | sort
USER 1000
CMD ["true"]
