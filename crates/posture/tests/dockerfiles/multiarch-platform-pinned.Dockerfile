FROM --platform=linux/arm64 arm64v8/alpine:3.20
FROM --platform=linux/amd64 golang:1.23 AS tools
COPY . .
RUN go build
