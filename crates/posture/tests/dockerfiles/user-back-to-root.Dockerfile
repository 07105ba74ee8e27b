FROM alpine:3.20.3
USER 1000
RUN echo hi
USER root
RUN chown -R 1000 /srv
CMD ["sh"]
