FROM alpine:3.20.3
<<<<<<< HEAD
RUN echo ours
=======
RUN echo theirs
>>>>>>> branch
USER 1000
