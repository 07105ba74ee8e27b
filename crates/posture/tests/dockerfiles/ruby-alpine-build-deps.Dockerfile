FROM ruby:3.3-alpine
RUN apk add --no-cache --virtual .build-deps build-base postgresql-dev \
 && apk add --no-cache libpq tzdata \
 && gem install pg:1.5.8 \
 && apk del .build-deps
WORKDIR /app
COPY . .
USER nobody
CMD bundle exec puma -C config/puma.rb
