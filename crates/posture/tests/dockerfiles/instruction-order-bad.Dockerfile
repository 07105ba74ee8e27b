RUN echo before from
ENV A=b
FROM alpine:3.20
COPY a b /c
COPY d relative
WORKDIR /w
COPY e relative
CMD ["sh"]
