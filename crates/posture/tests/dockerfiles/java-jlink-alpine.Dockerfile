FROM eclipse-temurin:21-jdk-alpine AS jre
RUN $JAVA_HOME/bin/jlink --add-modules java.base,java.net.http --strip-debug --no-man-pages --no-header-files --output /jre
FROM alpine:3.20
COPY --from=jre /jre /opt/jre
ENV JAVA_HOME=/opt/jre PATH=$PATH:/opt/jre/bin
COPY app.jar /opt/app/
RUN adduser -D -u 2000 java
USER java
ENTRYPOINT ["java", "-jar", "/opt/app/app.jar"]
