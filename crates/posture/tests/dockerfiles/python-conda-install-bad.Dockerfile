FROM continuumio/anaconda3
RUN conda install -y numpy pandas scikit-learn
RUN conda update --all -y
RUN pip install jupyterlab
RUN mkdir notebooks
WORKDIR notebooks
EXPOSE 8888
CMD jupyter lab --ip=0.0.0.0 --allow-root --no-browser
