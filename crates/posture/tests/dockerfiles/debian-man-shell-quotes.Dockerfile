FROM debian:12.7-slim
ARG NAMES
RUN echo $NAMES > /names
RUN for f in $(ls *.txt); do cat $f; done
RUN rm -rf "$HOME"/* `which foo`
RUN [ $NAMES == x ] && echo yes
RUN echo 'it is $NAMES'
RUN cd /tmp; rm -rf *
RUN export X=$(date); echo "$X"
USER 1000
CMD ["true"]
