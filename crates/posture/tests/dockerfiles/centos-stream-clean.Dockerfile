FROM quay.io/centos/centos:stream9
RUN yum install -y bind-utils-9.16.23 && yum clean all
RUN yum -y install nmap-ncat && rm -rf /var/cache/yum/*
RUN yum -y reinstall glibc-common && yum clean all
USER nobody
CMD ["dig"]
