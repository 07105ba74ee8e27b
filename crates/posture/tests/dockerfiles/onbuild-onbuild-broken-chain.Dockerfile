FROM busybox:1.36
ONBUILD ONBUILD RUN echo nested
ONBUILD
CMD ["sh"]
