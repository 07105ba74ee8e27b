FROM debian:12.7-slim
RUN cd /opt && make
RUN cd relative && make
RUN (cd /opt && make)
RUN mkdir x && cd x && cmake ..
RUN cd "$HOME" && ls
RUN echo cd /opt
WORKDIR /opt
RUN make -C sub
USER 1000
CMD ["true"]
