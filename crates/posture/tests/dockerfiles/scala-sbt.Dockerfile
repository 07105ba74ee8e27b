FROM sbtscala/scala-sbt:eclipse-temurin-jammy-21.0.4_7_1.10.2_3.5.1 AS build
COPY . /build/
WORKDIR /build
RUN sbt assembly
FROM eclipse-temurin:21-jre
COPY --from=build /build/target/app.jar .
ENTRYPOINT ["java", "-jar", "app.jar"]
