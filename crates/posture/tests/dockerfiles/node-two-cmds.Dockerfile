FROM node:20-slim
WORKDIR /app
COPY . .
CMD ["npm", "run", "migrate"]
CMD ["npm", "start"]
ENTRYPOINT ["docker-entrypoint.sh"]
ENTRYPOINT ["/usr/bin/tini", "--"]
HEALTHCHECK CMD curl -f http://localhost:3000/ || exit 1
HEALTHCHECK CMD wget -qO- http://localhost:3000/ || exit 1
