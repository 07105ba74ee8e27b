FROM node:22.11.0-slim
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install --production && yarn cache clean --all
RUN yarn install
RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile
RUN yarn
USER node
CMD ["node", "."]
