FROM node:22.11.0 AS build
WORKDIR /app
COPY .yarnrc.yml package.json yarn.lock ./
RUN corepack enable && yarn install --immutable
RUN yarn workspaces focus --production
FROM node:22.11.0-slim
COPY --from=build /app /app
USER node
CMD ["node", "/app"]
