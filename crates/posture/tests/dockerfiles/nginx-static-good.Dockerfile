FROM node:22.11.0-alpine3.20 AS site
WORKDIR /site
COPY . .
RUN npm ci && npm run build
FROM nginxinc/nginx-unprivileged:1.27.2-alpine3.20
COPY --from=site /site/dist/ /usr/share/nginx/html/
COPY nginx.conf /etc/nginx/conf.d/default.conf
USER 101
EXPOSE 8080
HEALTHCHECK CMD wget -q --spider http://localhost:8080/ || exit 1
