FROM quay.io/wildfly/wildfly:34.0.0.Final-jdk17
USER root
COPY modules.tar.gz /opt/jboss/
RUN tar xzf /opt/jboss/modules.tar.gz -C /opt/jboss && rm /opt/jboss/modules.tar.gz
ADD drivers.tar.xz /opt/jboss/wildfly/modules
USER jboss
CMD ["/opt/jboss/wildfly/bin/standalone.sh", "-b", "0.0.0.0"]
