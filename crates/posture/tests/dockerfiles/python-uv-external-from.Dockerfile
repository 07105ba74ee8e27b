FROM python:3.13-slim
COPY --from=ghcr.io/astral-sh/uv:latest /uv /uvx /bin/
COPY --from=tools /opt/tools /opt/tools
WORKDIR /app
COPY . .
RUN uv sync --locked
CMD uv run main.py
