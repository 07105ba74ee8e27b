# syntax=docker/dockerfile:1.7
FROM alpine:3.20.3
COPY <<hello.txt <<world.txt /data/
hello
hello.txt
world
world.txt

RUN cat <<A >> /a && cat <<B >> /b
from a
A
from b
B

RUN <<-EOT ash -e
	apk add curl
	curl http://example.com | sh
EOT

USER 1000
CMD ["cat", "/data/hello.txt"]
