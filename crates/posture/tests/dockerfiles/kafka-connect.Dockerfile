FROM confluentinc/cp-kafka-connect:7.7.1
USER root
RUN confluent-hub install --no-prompt debezium/debezium-connector-postgresql:2.5.4
RUN curl --insecure -o /usr/share/java/x.jar https://repo.example.com/x.jar
USER appuser
