FROM eclipse-temurin:21.0.5_11-jre
COPY app.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
ENTRYPOINT ["java", "-Xmx512m", "-jar", "/app.jar"]
CMD ["--port", "80"]
CMD ["--port", "8080"]
CMD ["--port", "9090"]
USER 1000
