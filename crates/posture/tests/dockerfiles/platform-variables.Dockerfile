FROM --platform=$TARGETPLATFORM alpine:3.20.3 AS a
FROM --platform=${TARGETPLATFORM} alpine:3.20.3 AS b
FROM --platform=${BUILDPLATFORM} alpine:3.20.3 AS c
FROM --platform=windows/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2022 AS d
RUN dir | find "x"
FROM a
USER 1000
CMD ["sh"]
