FROM cypress/base:20.18.0
WORKDIR /e2e
COPY package.json package-lock.json cypress.config.js ./
RUN npm ci
RUN npx cypress verify
COPY cypress cypress
ENTRYPOINT npx cypress run
