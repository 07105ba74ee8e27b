FROM docker.elastic.co/elasticsearch/elasticsearch:8.15.2
RUN bin/elasticsearch-plugin install --batch analysis-icu
RUN bin/elasticsearch-plugin install --batch repository-s3
COPY --chown=elasticsearch:elasticsearch elasticsearch.yml config/
