FROM node:20.18.1-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
    python3 \
    make \
    # a compiler for native modules
    g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
RUN npm install --no-audit ./vendor/private-1.0.0.tgz && \
    npm install -g git+https://github.com/example/tool.git#v1.2.3 && \
    npm install -g typescript@5.6.2 @scope/cli@2
USER node
CMD ["node", "main.js"]
