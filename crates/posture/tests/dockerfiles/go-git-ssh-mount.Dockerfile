# syntax=docker/dockerfile:1
FROM golang:1.23.2-alpine3.20 AS build
RUN apk add --no-cache git=2.45.2-r0 openssh-client-default=9.7_p1-r4
RUN mkdir -p -m 0700 ~/.ssh && ssh-keyscan github.com >> ~/.ssh/known_hosts
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=ssh git config --global url."git@github.com:".insteadOf https://github.com/ && go mod download
COPY . .
RUN go build -o /app
FROM alpine:3.20.3
COPY --from=build /app /app
USER 405
CMD ["/app"]
