FROM debian:12.7-slim
RUN export A=$(date) && echo "$A"
RUN x = 1
RUN echo $undefined_thing
RUN for i in 1 2 3; do echo $i; done
RUN unused=1; true
RUN [ "$HOME" = "/root" ] || [ $? -ne 0 ]
RUN while read line; do echo "$line"; done < /etc/hosts
USER 1000
CMD ["true"]
