FROM eclipse-temurin:17-jdk AS build
WORKDIR /home/gradle/app
COPY gradlew settings.gradle build.gradle ./
COPY gradle gradle
RUN ./gradlew --no-daemon dependencies
COPY src src
RUN ./gradlew --no-daemon bootJar
FROM eclipse-temurin:17-jre
COPY --from=build /home/gradle/app/build/libs/*.jar /app/app.jar
EXPOSE 8080 8081/tcp 9999/udp
CMD ["java", "-jar", "/app/app.jar"]
