FROM node
ADD https://downloads.example.com/fonts.zip /tmp/fonts.zip
ADD package.json package-lock.json app/
WORKDIR app
RUN npm install express@4 lodash
ADD src src
CMD ["npm", "start"]
