FROM debian:12.7-slim
RUN useradd -u 123456789 alice
RUN useradd --uid=987654321 --no-log-init bob
RUN useradd -l -u 123456789 carol && useradd -u 5000 dave
RUN adduser --disabled-password erin
USER alice
CMD ["id"]
