FROM python:3.12.7-slim-bookworm
ENV PIP_NO_CACHE_DIR=1
WORKDIR /worker
COPY constraints.txt requirements.txt ./
RUN pip install --constraint constraints.txt celery redis && pip install -r requirements.txt
COPY . .
USER nobody:nogroup
CMD celery -A worker worker --loglevel=INFO
