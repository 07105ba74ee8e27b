FROM debian:12.7
RUN set -o pipefail && curl -s https://example.com/a | tar x
RUN set -eux && curl -s https://example.com/a | tar x
SHELL ["/bin/bash", "-c"]
RUN curl -s https://example.com/a | tar x
RUN set -euxo pipefail; curl -s https://example.com/a | tar x
USER 1000
CMD ["bash"]
