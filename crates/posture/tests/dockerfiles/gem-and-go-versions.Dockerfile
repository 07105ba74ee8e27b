FROM golang:1.23.2 AS tools
RUN go install github.com/a/b@latest && go install github.com/c/d@v1.0.0
RUN go install github.com/e/f
RUN go run github.com/g/h@latest
FROM ruby:3.3.5
RUN gem install rake
RUN gem install rake:13.2.1 rails -v 7.2.1
RUN gem install --no-document bundler -v '~> 2.5'
RUN gem install nokogiri --platform=ruby && gem cleanup
USER 1000
CMD ["ruby"]
