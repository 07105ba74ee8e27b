# syntax=docker/dockerfile:1
FROM node:22.11.0-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN --mount=type=secret,id=token TOKEN="$(cat /run/secrets/token)" node fetch.js
COPY --link . .
USER node
CMD ["node", "."]
