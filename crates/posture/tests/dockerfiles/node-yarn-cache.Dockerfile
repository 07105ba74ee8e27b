FROM node:20.18-bookworm
WORKDIR /web
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile
RUN yarn global add serve
COPY public public
COPY src src
RUN yarn build
USER 1000
CMD ["serve", "-s", "build"]
