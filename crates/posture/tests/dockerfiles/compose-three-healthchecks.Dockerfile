FROM golang:1.23.2 AS build
HEALTHCHECK NONE
WORKDIR /src
COPY . .
RUN go build -o /bin/svc .

FROM alpine:3.20.3
COPY --from=build /bin/svc /bin/svc
HEALTHCHECK --interval=5s CMD ["/bin/svc", "ping"]
HEALTHCHECK --interval=10s CMD ["/bin/svc", "health"]
USER 1000
ENTRYPOINT ["/bin/svc"]
