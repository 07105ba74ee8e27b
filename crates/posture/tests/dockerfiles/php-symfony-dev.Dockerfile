FROM php:8.3-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
RUN pecl install xdebug-3.3.2 && docker-php-ext-enable xdebug
ENV COMPOSER_ALLOW_SUPERUSER 1
WORKDIR /app
COPY . .
RUN composer install --no-interaction
CMD php -S 0.0.0.0:8000 -t public
