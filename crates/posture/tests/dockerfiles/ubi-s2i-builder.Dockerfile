FROM registry.access.redhat.com/ubi9/python-311:1-77
USER 0
RUN yum install -y gcc && yum clean all
RUN rpm -Uvh --nodigest --nosignature https://example.com/tool.rpm
USER 1001
COPY --chown=1001:0 . /tmp/src
RUN /usr/libexec/s2i/assemble
CMD ["/usr/libexec/s2i/run"]
