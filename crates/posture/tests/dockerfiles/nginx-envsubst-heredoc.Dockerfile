# syntax=docker/dockerfile:1
FROM nginx:1.27.2-alpine
COPY <<'EOT' /etc/nginx/templates/default.conf.template
server {
  listen ${PORT};
  # not a comment of the Dockerfile
  location / { return 200; }
}
EOT

RUN rm /etc/nginx/conf.d/default.conf
USER nginx
