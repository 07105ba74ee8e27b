FROM fedora:41
RUN dnf install -y a-1.2 b-1:2.3-4.fc41 && dnf clean all
RUN dnf -y --setopt=tsflags=nodocs install c && dnf -y clean all
RUN dnf install --assumeyes d-2 && rm -rf /var/cache/libdnf5
RUN dnf module enable -y nodejs:20 && dnf clean all
RUN dnf reinstall e && dnf clean all
RUN dnf groupinstall -y "X Tools" && dnf clean all
RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y f-1
USER 1000
CMD ["true"]
