FROM golang:1.22
RUN go install github.com/golangci/golangci-lint/cmd/golangci-lint@latest
RUN go install golang.org/x/tools/cmd/goimports@v0.26.0
RUN go get -u github.com/cosmtrek/air
RUN go install ./...
WORKDIR $GOPATH/src/app
COPY . .
RUN go build -o app
CMD ./app
