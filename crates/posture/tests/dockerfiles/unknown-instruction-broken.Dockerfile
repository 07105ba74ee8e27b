FROM alpine:3.20.3
RUNN echo hi
INCLUDE common
COPYY a b
USER 1000
CMD ["sh"]
