FROM bitnami/spark:3.5.3
USER root
RUN install_packages curl
RUN curl https://repo1.maven.org/maven2/org/postgresql/postgresql/42.7.4/postgresql-42.7.4.jar --output /opt/bitnami/spark/jars/postgresql.jar
USER 1001
COPY job.py /opt/job.py
