FROM alpine:3.20.3
LABEL org.opencontainers.image.created="2025-13-45" org.opencontainers.image.version="2.0"
LABEL org.opencontainers.image.licenses="GPLv2" org.opencontainers.image.url="www example com"
LABEL org.opencontainers.image.revision="main" org.opencontainers.image.authors="ann(at)example.com"
LABEL org.opencontainers.image.title=""
LABEL UPPER.Case=1 two__under=2 ends-=3 com.docker.x=4
USER 1000
CMD ["sh"]
