FROM ubuntu:22.04
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update
RUN apt-get install -y curl wget git xvfb libgtk-3-0
RUN curl -sL https://deb.nodesource.com/setup_18.x | bash -
RUN apt-get install nodejs
RUN wget https://example.com/tool.tgz
RUN npm i -g electron electron-builder@24.9.1
CMD ["/bin/bash"]
