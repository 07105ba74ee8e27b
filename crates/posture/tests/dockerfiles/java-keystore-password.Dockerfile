FROM amazoncorretto:17
ARG KEYSTORE_PASSWORD=changeit
COPY corp.crt /tmp/
RUN keytool -importcert -noprompt -storepass $KEYSTORE_PASSWORD -file /tmp/corp.crt -keystore $JAVA_HOME/lib/security/cacerts
RUN yum install -y tar gzip && yum update
RUN yum -y install procps-ng-3.3.10 && yum clean all && rm -rf /var/cache/yum
WORKDIR /app
COPY app.jar .
CMD java -jar app.jar
