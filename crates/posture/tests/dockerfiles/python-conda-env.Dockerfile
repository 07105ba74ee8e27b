FROM continuumio/miniconda3:24.7.1-0
COPY environment.yml /tmp/environment.yml
RUN conda env create -f /tmp/environment.yml && conda clean -afy
SHELL ["conda", "run", "-n", "ml", "/bin/bash", "-c"]
RUN pip install --no-cache-dir xgboost
RUN python -c "import xgboost"
WORKDIR /work
COPY train.py ./
ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "ml", "python", "train.py"]
