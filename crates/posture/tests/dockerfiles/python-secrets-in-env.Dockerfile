FROM python:3.11-slim
ENV DB_PASSWORD=hunter2 \
    AWS_SECRET_ACCESS_KEY=notarealkeynotarealkeynotarealkeynotreal
ARG API_TOKEN=changeme
LABEL maintainer="data@example.com"
WORKDIR /app
COPY id_rsa /root/.ssh/id_rsa
COPY . .
RUN chmod 777 /app
RUN pip install -r requirements.txt --no-cache-dir
CMD ["python", "app.py"]
