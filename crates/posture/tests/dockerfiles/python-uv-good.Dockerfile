# syntax=docker/dockerfile:1.10
FROM ghcr.io/astral-sh/uv:0.4.30 AS uv
FROM python:3.12.7-slim-bookworm
COPY --from=uv /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --frozen --no-install-project --no-dev
COPY . /app
USER nobody
CMD ["/app/.venv/bin/python", "-m", "app"]
