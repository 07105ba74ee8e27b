FROM python:3.11
ENV GIT_SSL_NO_VERIFY=1
RUN pip install git+https://github.com/example/pkg.git
RUN pip install --no-cache-dir git+https://github.com/example/pkg@v2.0#egg=pkg
RUN pip install .
RUN pip install -e ".[dev]"
WORKDIR /x
COPY . .
USER 1:1
CMD ["true"]
