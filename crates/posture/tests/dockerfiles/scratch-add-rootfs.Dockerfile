FROM scratch
ADD rootfs.tar.xz /
LABEL org.opencontainers.image.title="rootfs" org.opencontainers.image.licenses="GPL-2.0-only"
CMD ["/bin/sh"]
