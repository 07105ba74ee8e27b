FROM debian:12.7-slim
RUN service ssh start
RUN vim -c q
RUN systemctl enable nginx
RUN nano /etc/hosts && top -b -n 1
RUN echo "service nginx start" > /start.sh
RUN apt-get install -y --no-install-recommends vim=2:9.0.1378-2
RUN which ps && command -v kill
USER 1000
CMD ["true"]
