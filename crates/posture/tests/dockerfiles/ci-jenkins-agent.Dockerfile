FROM jenkins/inbound-agent:3273.v4cfe589b_fd83-1-jdk17
USER root
RUN apt-get update -y && apt-get install -y --no-install-recommends maven=3.8.7-1 docker.io && apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*
RUN usermod -aG docker jenkins
USER jenkins
