FROM quay.io/helmpack/chart-testing:v3.11.0
RUN apk add --no-cache --repository=http://dl-cdn.alpinelinux.org/alpine/edge/community helm
COPY ct.yaml /etc/ct/ct.yaml
ENTRYPOINT ["ct"]
