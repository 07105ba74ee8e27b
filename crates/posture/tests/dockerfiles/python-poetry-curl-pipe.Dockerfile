FROM python:3.10
RUN curl -sSL https://install.python-poetry.org | python3 -
ENV PATH=/root/.local/bin:$PATH
COPY . project/
WORKDIR /project
RUN poetry config virtualenvs.create false && poetry install
CMD ["poetry", "run", "python", "-m", "project"]
