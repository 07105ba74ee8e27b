FROM amazonlinux:2
RUN yum -y install python3-3.7.16 && yum clean all
RUN amazon-linux-extras install nginx1
RUN yum -y update --security && yum clean all && rm -rf /var/cache/yum
CMD ["nginx", "-g", "daemon off;"]
