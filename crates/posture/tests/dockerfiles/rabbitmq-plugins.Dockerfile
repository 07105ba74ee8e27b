FROM rabbitmq:3.13-management
RUN rabbitmq-plugins enable --offline rabbitmq_mqtt rabbitmq_federation
ENV RABBITMQ_DEFAULT_USER=guest RABBITMQ_DEFAULT_PASS=guest
EXPOSE 5672/tcp 15672/tcp
