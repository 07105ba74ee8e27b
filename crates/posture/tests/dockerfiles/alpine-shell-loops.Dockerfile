FROM alpine:3.20.3
RUN set -eux; \
    for name in a b c; do \
      mkdir -p "/data/$name"; \
      echo "$name" > "/data/$name/name"; \
    done; \
    case "$(uname -m)" in \
      x86_64) arch=amd64 ;; \
      aarch64) arch=arm64 ;; \
      *) echo >&2 "unknown"; exit 1 ;; \
    esac; \
    wget -q -O /usr/bin/tool "https://example.com/tool-$arch"; \
    echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  /usr/bin/tool" | sha256sum -c -
USER 1000
CMD ["tool"]
