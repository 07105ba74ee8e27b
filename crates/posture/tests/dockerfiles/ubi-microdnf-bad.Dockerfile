FROM registry.access.redhat.com/ubi8/ubi-minimal
RUN microdnf update
RUN microdnf install nodejs npm
RUN microdnf install -y httpd && rm -rf /var/cache/yum
COPY . app
EXPOSE 8080
CMD httpd -D FOREGROUND
