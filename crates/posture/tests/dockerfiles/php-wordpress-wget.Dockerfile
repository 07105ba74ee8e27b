FROM php:8.2-fpm-alpine
RUN apk add --update less mysql-client
RUN wget https://wordpress.org/latest.tar.gz && tar xzf latest.tar.gz && rm latest.tar.gz
RUN wget --no-check-certificate -O /usr/local/bin/wp https://example.com/wp-cli.phar && chmod +x /usr/local/bin/wp
RUN curl -o /tmp/theme.zip https://example.com/theme.zip
VOLUME ["/var/www/html"]
CMD ["php-fpm"]
