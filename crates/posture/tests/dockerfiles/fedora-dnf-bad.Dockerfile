FROM fedora
RUN dnf upgrade -y
RUN dnf install httpd php
RUN dnf -y install mariadb && systemctl enable mariadb
RUN dnf update -y && dnf clean all
RUN dnf module install -y nodejs:20
CMD ["/usr/sbin/init"]
