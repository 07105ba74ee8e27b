FROM alpine:3.20.3
WORKDIR /app
COPY one.txt two.txt dest
COPY one.txt two.txt dest/
COPY ["one.txt", "two.txt", "dest"]
COPY *.txt dest
ADD one.json two.json ./
COPY one.txt two.txt .
USER 1000
CMD ["ls"]
