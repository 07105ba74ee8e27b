FROM gcc:14.2.0
RUN apt-get update && apt-get install -y cmake python3-pip \
    && pip install conan --break-system-packages \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN conan install . && cmake -B build && cmake --build build
CMD ["./build/app"]
