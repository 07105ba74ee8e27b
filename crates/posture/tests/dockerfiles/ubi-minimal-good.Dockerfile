FROM registry.access.redhat.com/ubi9/ubi-minimal:9.4-1227
RUN microdnf install -y --nodocs tar-1.34-6.el9_1 gzip-1.12-1.el9 && microdnf clean all
COPY --chown=1001:0 app /opt/app
USER 1001
ENTRYPOINT ["/opt/app/run"]
