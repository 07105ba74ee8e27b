FROM centos:7
RUN yum update -y
RUN yum install httpd
RUN yum -y install epel-release; yum -y install nginx redis-6.2.7
RUN yum groupinstall -y "Development Tools"
RUN yum install -y --nogpgcheck http://example.com/pkg-1.0-1.noarch.rpm
RUN sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.conf
CMD ["/usr/sbin/httpd", "-DFOREGROUND"]
