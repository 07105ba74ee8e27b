# syntax=docker/dockerfile:1
FROM python:3.12.7
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/pip pip install numpy==2.1.2
RUN --mount=type=bind,target=/app,source=. \
    --mount=type=cache,target=/root/.cache/pip \
    pip install -r requirements.txt
RUN python -m pip install black~=24.10
USER 1000
CMD ["python"]
