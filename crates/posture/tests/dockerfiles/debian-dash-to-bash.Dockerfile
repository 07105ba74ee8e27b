FROM debian:12
RUN ln -sf /bin/bash /bin/sh
RUN rm /bin/sh && ln -s /bin/bash /bin/sh
RUN source /etc/profile && pushd /opt && popd
RUN echo -e "a\nb" &> /tmp/out
RUN [[ -f /tmp/out ]] && mv /tmp/{out,in}
CMD /bin/sh
