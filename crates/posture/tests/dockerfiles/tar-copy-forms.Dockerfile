FROM debian:12.7-slim
COPY app.tar.gz /tmp/
COPY app.zip /tmp/
COPY data.tar.xz /opt/data.tar.xz
RUN tar -xf /tmp/app.tar.gz -C /opt && unzip /tmp/app.zip && tar xJf /opt/data.tar.xz
ADD more.tgz /opt/
ADD config.json /etc/
ADD https://example.com/file.tar.gz /tmp/
USER 1000
CMD ["true"]
