FROM registry.access.redhat.com/ubi9/ubi:9.4 AS rootfs
RUN dnf install -y --installroot /mnt/rootfs --releasever 9 --setopt install_weak_deps=false coreutils-single-8.32 glibc-minimal-langpack-2.34 \
 && dnf --installroot /mnt/rootfs clean all
FROM scratch
COPY --from=rootfs /mnt/rootfs/ /
USER 1001
CMD ["/usr/bin/true"]
