FROM almalinux:9.4-minimal-20240530
RUN microdnf -y install findutils which && microdnf clean all
RUN find / -name '*.pyc' | xargs rm -f
RUN find / -name '*.log' -print0 | xargs -0 rm -f
USER 1000
CMD find /
