FROM debian:12.7-slim
ARG DIR=/srv/data
ARG FILES
RUN mkdir -p $DIR && cp $FILES $DIR
RUN chown -R 1000 $(cat /owner)
RUN rm -rf $DIR/*
RUN if [ -n $FILES ]; then echo yes; fi
RUN echo "today is `date`" > /today
RUN cp "$DIR/a" "$DIR/b" && printf '%s\n' "$FILES"
USER 1000
CMD ["true"]
