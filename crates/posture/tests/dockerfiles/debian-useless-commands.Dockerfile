FROM debian:12.7-slim
RUN ps aux
RUN free -m && top -bn1
RUN mount -t tmpfs tmpfs /mnt
RUN kill -9 1 || true
RUN ifconfig eth0
RUN shutdown -h now; vim /etc/hosts
RUN ssh user@host uptime
USER 1
CMD ["sleep", "1"]
