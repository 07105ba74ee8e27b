FROM ruby:3.2
RUN gem install bundler
RUN gem install rake sinatra:3.0.5 -N
RUN gem install rails --version 7.1.3 && gem install puma -v 6.4.0
RUN gem install jekyll:4.3.3
WORKDIR /site
COPY . /site
RUN bundle install
CMD ["jekyll", "serve"]
