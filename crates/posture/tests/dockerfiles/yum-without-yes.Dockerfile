FROM oraclelinux:8.10
RUN yum install httpd mod_ssl
RUN yum install -q tar && yum clean all
RUN yum makecache && yum -y install git
RUN yum localinstall -y /tmp/x.rpm && yum clean all
USER 1000
CMD ["httpd"]
