FROM node:20.18.1-alpine3.20
RUN apk add --no-cache tini=0.19.0-r3 dumb-init=1.2.5-r3
WORKDIR /app
COPY --chown=node:node package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY --chown=node:node . .
USER node
EXPOSE 8080/tcp
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["node", "server.js"]
