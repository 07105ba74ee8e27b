FROM debian:12.7-slim
RUN cd /tmp; rm -rf work
RUN find /var -name *.log -delete
RUN find /opt -type f | xargs chmod 644
RUN ls /etc | grep conf | wc -l
RUN cat /etc/passwd | grep root
RUN mkdir -p -m 0700 /a/b/c
RUN echo "tab\there"
RUN test -f /x && echo yes || echo no
USER 1000
CMD ["true"]
