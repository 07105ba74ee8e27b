from node:20.18.1-alpine3.20 as app
workdir /app
copy package.json ./
run npm install \
  --omit=dev \
  express
user node
cmd node app.js
