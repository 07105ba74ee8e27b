FROM alpine:3.20.3
WORKDIR /abs
WORKDIR rel
WORKDIR "/quoted path"
WORKDIR ${HOME}
WORKDIR ./dot
WORKDIR C:/win
USER 1000
CMD ["pwd"]
