FROM debian:12.7-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN source /etc/os-release && echo "$ID"
RUN if [[ "$HOME" == /root ]]; then echo root; fi
RUN diff <(echo a) <(echo a)
RUN cp /etc/{passwd,group} /tmp
USER 1000
CMD ["true"]
