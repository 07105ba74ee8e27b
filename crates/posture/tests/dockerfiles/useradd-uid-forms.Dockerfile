FROM rockylinux:9.3
RUN useradd --no-log-init --uid 1200000000 one
RUN useradd --uid 1200000001 two
RUN groupadd -g 1200000002 three && useradd -u 1200000002 -g three three
RUN useradd -lm -u 1200000003 four
RUN useradd -u 99999 five
USER 1200000000
CMD ["id"]
