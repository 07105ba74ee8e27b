FROM ubuntu:22.04
RUN ln -snf /bin/bash /bin/sh
RUN mv /bin/sh /bin/sh.orig && ln -s /bin/bash /bin/sh
RUN ln -s /opt/tool/bin/tool /usr/bin/tool
USER 1000
CMD ["sh"]
