FROM ubuntu:24.04
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install --yes --no-install-recommends \
        tzdata=2024a-3ubuntu1.1 \
        locales=2.39-0ubuntu8.3 \
    && locale-gen en_US.UTF-8 \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/*
ENV LANG=en_US.UTF-8
USER ubuntu
CMD ["locale"]
