FROM node:20.18-bookworm-slim
WORKDIR /web
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile --production \
    && yarn cache clean
COPY . ./
USER node
CMD ["node", "."]
