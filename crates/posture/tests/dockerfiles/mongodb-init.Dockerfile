FROM mongo:7.0.14
COPY --chmod=0755 init.js replica.sh /docker-entrypoint-initdb.d/
COPY mongod.conf keyfile /etc/mongo
RUN chmod 400 /etc/mongo/keyfile && chown mongodb /etc/mongo/keyfile
USER mongodb
CMD ["mongod", "--config", "/etc/mongo/mongod.conf"]
