FROM alpine:3.20.3
RUN mkdir /a
RUN mkdir /b
ENV X=1
RUN mkdir /c
WORKDIR /c
RUN mkdir /d
RUN mkdir /e && mkdir /f && mkdir /g
RUN --network=none mkdir /h
# a comment between
RUN mkdir /i
USER 1000
CMD ["ls"]
