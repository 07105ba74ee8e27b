FROM debian:bullseye-slim
RUN buildDeps='gcc make libpcre3-dev zlib1g-dev' \
    && apt-get update && apt-get install -y $buildDeps --no-install-recommends \
    && curl -fSL http://nginx.org/download/nginx-1.26.2.tar.gz | tar xz -C /usr/src \
    && cd /usr/src/nginx-1.26.2 \
    && ./configure && make -j"$(nproc)" && make install \
    && apt-get purge -y --auto-remove $buildDeps
CMD ["/usr/local/nginx/sbin/nginx", "-g", "daemon off;"]
