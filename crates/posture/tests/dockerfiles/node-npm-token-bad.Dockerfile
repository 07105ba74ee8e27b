FROM node:18
ARG NPM_TOKEN
ENV NPM_TOKEN=$NPM_TOKEN
RUN echo "//npm.example.com/:_authToken=${NPM_TOKEN}" > /root/.npmrc
WORKDIR /app
COPY . .
RUN npm config set strict-ssl false
RUN npm install @corp/ui
RUN rm /root/.npmrc
EXPOSE 70000
CMD npm start
