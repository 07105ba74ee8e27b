FROM ubuntu:20.04
RUN apt-get update && apt-get install -y wget build-essential tcl
RUN wget http://download.redis.io/redis-stable.tar.gz && tar xvzf redis-stable.tar.gz && cd redis-stable && make && make install
RUN sysctl vm.overcommit_memory=1 || true
EXPOSE 6379
CMD redis-server --protected-mode no
