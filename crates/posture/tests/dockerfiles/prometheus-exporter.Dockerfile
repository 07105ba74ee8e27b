FROM quay.io/prometheus/busybox:glibc
LABEL maintainer="The Example Authors <dev@example.com>"
COPY exporter /bin/exporter
EXPOSE 9115
USER nobody
ENTRYPOINT [ "/bin/exporter" ]
CMD [ "--config.file=/etc/exporter.yml" ]
