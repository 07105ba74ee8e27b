FROM oraclelinux:8.10
RUN yum install --assumeyes nginx-1.14.1 && yum clean all \
 && rm -rf /var/cache/yum
USER nginx
CMD ["nginx", "-g", "daemon off;"]
