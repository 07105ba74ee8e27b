FROM registry.suse.com/bci/nodejs:20
WORKDIR /app
COPY package.json package-lock.json .
RUN npm ci && zypper clean
ENV PORT 8080
CMD node index.js
