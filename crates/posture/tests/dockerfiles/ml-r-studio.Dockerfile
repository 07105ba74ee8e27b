FROM rocker/r-ver:4.4.1
RUN apt-get update && apt-get install -y --no-install-recommends libcurl4-openssl-dev libxml2-dev \
    && rm -rf /var/lib/apt/lists/*
RUN R -e "install.packages(c('shiny', 'dplyr'), repos='https://cloud.r-project.org')"
COPY app.R /srv/
USER rstudio
CMD R -e "shiny::runApp('/srv')"
