FROM maven:3.9-amazoncorretto-21 AS build
WORKDIR /x
COPY . .
RUN mvn package
FROM gcr.io/distroless/java21-debian12:debug
COPY --from=build /x/target/app.jar /app.jar
CMD ["/app.jar"]
