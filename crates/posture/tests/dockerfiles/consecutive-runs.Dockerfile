FROM alpine:3.20.3
RUN echo one
RUN echo two
RUN echo three
COPY x /x
RUN echo four
RUN --mount=type=cache,target=/c echo five
RUN echo six && echo seven
RUN echo eight
USER 1000
CMD ["sh"]
