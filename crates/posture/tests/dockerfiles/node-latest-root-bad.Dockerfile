FROM node:latest
MAINTAINER Shop Team <shop@example.com>
COPY . /app
RUN cd /app && npm install
RUN npm install -g pm2
RUN npm install -g nodemon
EXPOSE 3000
CMD pm2-runtime /app/server.js
