FROM debian:12.7
RUN bash -c 'curl -fsSL https://example.com/install.sh | bash'
RUN bash -c "apt-get update && apt-get install -y git"
RUN sh -ec 'cd /tmp; wget https://example.com/z'
RUN ["bash", "-c", "apt-get install -y nano"]
RUN ["/bin/bash", "-o", "pipefail", "-c", "curl -s https://example.com | tee /x"]
USER 1000
CMD ["bash"]
