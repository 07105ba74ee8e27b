FROM php:7.4-apache
RUN apt-get update && apt-get install -y git unzip libzip-dev
RUN docker-php-ext-install zip mysqli
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
RUN composer install
RUN chown -R www-data: /var/www/html && chmod -R 777 /var/www/html/storage
EXPOSE 80
