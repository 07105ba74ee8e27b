FROM nvidia/cuda:12.6.2-runtime-ubuntu24.04 AS base
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends \
    python3=3.12.3-0ubuntu2 python3-venv=3.12.3-0ubuntu2 \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /venv
ENV PATH="/venv/bin:${PATH}"
COPY requirements.lock /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock
COPY --chmod=755 serve.py /srv/serve.py
USER 1000
CMD ["python", "/srv/serve.py"]
