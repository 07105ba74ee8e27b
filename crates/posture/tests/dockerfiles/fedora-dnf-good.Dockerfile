FROM fedora:40
RUN dnf install -y --setopt=install_weak_deps=False \
      git-2.46.0-1.fc40 \
      make-1:4.4.1-6.fc40 \
    && dnf clean all
USER 1000
CMD ["make"]
