FROM ubuntu:22.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends git cmake g++ make ca-certificates && rm -rf /var/lib/apt/lists/*
RUN git clone --depth 1 --branch v1.14.0 https://github.com/google/googletest.git /gt
RUN cd /gt && cmake . && make && make install
WORKDIR /src
COPY . .
RUN cmake -S . -B build && cmake --build build
FROM ubuntu:22.04
COPY --from=build /src/build/app /usr/local/bin/app
USER 1000
CMD ["app"]
