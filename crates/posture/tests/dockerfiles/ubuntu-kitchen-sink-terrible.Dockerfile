FROM ubuntu:latest
MAINTAINER me
ENV DEBIAN_FRONTEND=noninteractive
ADD . /
RUN apt update -y
RUN apt upgrade -y
RUN apt install -y curl wget sudo vim git python3-pip nodejs npm
RUN curl -k https://example.com/install.sh | sudo bash
RUN wget http://example.com/a.zip
RUN pip3 install ansible awscli
RUN npm install -g yarn
RUN cd /srv && git clone https://user:s3cr3tpass@github.com/example/app.git
RUN chmod 777 -R /srv
EXPOSE 22 3306
USER root
CMD cd /srv/app && ./start.sh
