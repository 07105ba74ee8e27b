FROM postgres:16.4-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-16-postgis-3=3.5.0+dfsg-1.pgdg120+1 \
 && rm -rf /var/lib/apt/lists/*
COPY initdb/ /docker-entrypoint-initdb.d/
ENV POSTGRES_DB=shop
USER postgres
HEALTHCHECK --interval=10s --timeout=5s --retries=5 CMD pg_isready -U postgres
