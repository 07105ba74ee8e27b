FROM debian:12
RUN apt update
RUN apt install -y nginx
RUN apt-get -y dist-upgrade
RUN apt-get install git
RUN apt-get autoremove
CMD service nginx start && tail -f /var/log/nginx/access.log
