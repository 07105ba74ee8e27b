FROM alpine:3.20.3 AS one
COPY a b
FROM one AS two
COPY c d
FROM one AS three
WORKDIR /w
COPY c d
FROM three
COPY e f
COPY ["g", "h"]
COPY i ${HOME}/i
COPY j C:/j
USER 1000
CMD ["sh"]
