FROM registry.fedoraproject.org/fedora-toolbox:40
LABEL com.github.containers.toolbox="true" name="my-toolbox"
RUN dnf -y install @development-tools golang && dnf clean all
RUN dnf5 install -y ripgrep
RUN dnf install -y https://example.com/x-1.0.rpm && rm -rf /var/cache/dnf
CMD ["/bin/bash"]
