FROM tomcat:10.1.31-jre17-temurin-jammy
RUN rm -rf /usr/local/tomcat/webapps/*
COPY target/shop.war /usr/local/tomcat/webapps/ROOT.war
COPY conf/server.xml conf/context.xml /usr/local/tomcat/conf
RUN useradd -M -s /usr/sbin/nologin tomcat && chown -R tomcat:tomcat /usr/local/tomcat
USER tomcat
EXPOSE 8080
CMD ["catalina.sh", "run"]
