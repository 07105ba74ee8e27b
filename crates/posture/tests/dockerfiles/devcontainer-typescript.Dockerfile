FROM mcr.microsoft.com/devcontainers/typescript-node:1-20-bookworm
RUN su node -c "npm install -g typescript pnpm@9"
RUN apt-get update && export DEBIAN_FRONTEND=noninteractive \
    && apt-get -y install --no-install-recommends postgresql-client
USER node
