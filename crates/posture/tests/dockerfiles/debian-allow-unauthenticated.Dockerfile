FROM debian:stretch
RUN echo "deb http://packages.example.com/debian stretch main" > /etc/apt/sources.list.d/example.list
RUN apt-get update --allow-unauthenticated && apt-get install -y --allow-unauthenticated --force-yes example-agent
RUN apt-key adv --keyserver keyserver.ubuntu.com --recv-keys 0xDEADBEEF
RUN wget -qO - https://packages.example.com/key.asc | apt-key add -
RUN dpkg -i /tmp/agent.deb || apt-get -f install
ENTRYPOINT ["/usr/bin/example-agent"]
