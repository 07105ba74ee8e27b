FROM node:20-alpine
RUN apk update && apk add git python3 make g++
WORKDIR /usr/src/app
COPY package*.json .
RUN npm install --production
COPY . .
RUN apk del make g++
USER node
CMD ["node", "index.js"]
