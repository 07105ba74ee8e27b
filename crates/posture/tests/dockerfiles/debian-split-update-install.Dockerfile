FROM debian:11
RUN apt-get update
RUN apt-get install -y --no-install-recommends imagemagick ghostscript
RUN rm -rf /var/lib/apt/lists/*
RUN cd /opt
RUN cd /opt && ls
WORKDIR /opt
COPY . ./
CMD ["./run"]
