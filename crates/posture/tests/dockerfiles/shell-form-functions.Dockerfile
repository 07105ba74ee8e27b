FROM alpine:3.20.3
RUN set -e; \
    fetch() { wget -q -O "$2" "$1"; }; \
    fetch https://example.com/a /a; \
    while ! test -f /a; do sleep 1; done; \
    { echo one; echo two; } > /list; \
    until test -s /list; do :; done
USER 1000
CMD ["cat", "/list"]
