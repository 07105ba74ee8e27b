FROM busybox:1.36.1-musl
COPY ./public /www
USER 1000:1000
EXPOSE 8080
CMD ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"]
