FROM ubuntu:22.04
RUN apt-get update && \
    # tools people ask for
    apt-get install -y \

      jq \
      # and yaml
      yq=3.1.0-3 \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
ENV ONE=1 \
    # two
    TWO=2
EXPOSE \
    80 \
    443
USER 1000
CMD ["jq"]
