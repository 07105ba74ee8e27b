# syntax=docker/dockerfile:1-labs
FROM alpine:3.20.3
RUN --security=insecure cat /proc/self/status
RUN --network=none echo offline
RUN --mount=type=tmpfs,target=/tmp --network=host wget -q -O /x http://example.com/x
COPY --parents ./x/a.txt ./y/a.txt /parents/
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/linux.tar.xz /
ADD --keep-git-dir=true https://github.com/moby/buildkit.git#v0.10.1 /buildkit
USER 1000
CMD ["true"]
