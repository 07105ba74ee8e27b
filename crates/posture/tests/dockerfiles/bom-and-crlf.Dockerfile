FROM debian:12.7-slim
RUN apt-get update \
    # a comment in between
    && apt-get install -y --no-install-recommends \
       tree=2.1.0-1 \
    && rm -rf /var/lib/apt/lists/*
USER 1000
CMD ["tree"]
