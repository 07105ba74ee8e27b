FROM python:3.12.7-alpine3.20
RUN apk add --no-cache git=2.45.2-r0 \
 && adduser -D -u 1000 scanner \
 && pip install --no-cache-dir semgrep==1.91.0
USER scanner
WORKDIR /scan
ENTRYPOINT ["semgrep"]
CMD ["--help"]
