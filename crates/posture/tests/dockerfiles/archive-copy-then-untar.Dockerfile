FROM debian:12.7-slim
COPY jdk.tar.gz /opt/jdk.tar.gz
RUN mkdir /opt/jdk && tar -xzf /opt/jdk.tar.gz -C /opt/jdk --strip-components=1
COPY tools.zip tools.tar.bz2 /tmp/
RUN tar xjf /tmp/tools.tar.bz2 -C /usr/local
COPY backup.tgz /srv/
USER 1000
CMD ["/opt/jdk/bin/java", "-version"]
