FROM rockylinux:9.3 AS build
RUN dnf -y install dnf-plugins-core && dnf config-manager --set-enabled crb && dnf -y install ninja-build-1.10.2 && dnf clean all
RUN dnf install -y gcc-c++
COPY . /src/
WORKDIR /src
RUN ninja
FROM rockylinux:9.3-minimal
RUN microdnf install -y libstdc++ && microdnf clean all
COPY --from=build /src/out /usr/local/bin
USER 2000
CMD ["out"]
