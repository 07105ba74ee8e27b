FROM debian:12.7-slim
RUN source /etc/os-release
RUN if [[ $HOME == /root ]]; then echo root; fi
RUN function greet { echo hi; }; greet
RUN cp /etc/{passwd,group} /tmp
RUN let "x = 1 + 2"
RUN pushd /tmp
RUN cat <(echo a) <(echo b)
RUN echo "$RANDOM $UID"
RUN read -p "name" name
USER 1000
CMD ["true"]
