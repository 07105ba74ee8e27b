FROM ubuntu:22.04
RUN sudo apt-get update && sudo apt-get install -y --no-install-recommends git
RUN DEBIAN_FRONTEND=noninteractive sudo -E apt-get -y install curl
RUN echo "do not use sudo" && apt-get install -y --no-install-recommends sudo=1.9.9-1ubuntu2.4
RUN gosu nobody true
USER 1000
CMD ["git"]
