FROM debian:12.7-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends wget=1.21.3-1+b2 curl=7.88.1-10+deb12u7 && rm -rf /var/lib/apt/lists/*
RUN wget -nv https://example.com/hugo.deb && dpkg -i hugo.deb && rm hugo.deb
RUN curl -fsSLo theme.zip https://example.com/theme.zip
FROM nginx:1.27.2
COPY --from=build /public /usr/share/nginx/html
USER nginx
