FROM jupyter/base-notebook:python-3.11
USER root
RUN apt-get update -qq && apt-get install -qq graphviz && apt-get clean
RUN pip install --quiet seaborn==0.13 "plotly>=5" && fix-permissions /home/jovyan
ENTRYPOINT start.sh jupyter notebook
