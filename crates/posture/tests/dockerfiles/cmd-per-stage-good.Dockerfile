FROM node:22.11.0-slim AS dev
CMD ["npm", "run", "dev"]
FROM node:22.11.0-slim AS test
CMD ["npm", "test"]
FROM node:22.11.0-slim
USER node
CMD ["npm", "start"]
