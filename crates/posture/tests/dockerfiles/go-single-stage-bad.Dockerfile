FROM golang
ADD . /go/src/app
RUN cd /go/src/app && go get ./... && go build -o /app && rm -rf /tmp/*
RUN useradd -u 1234567890 svc
EXPOSE 80 443 99999
USER root
ENTRYPOINT /app
