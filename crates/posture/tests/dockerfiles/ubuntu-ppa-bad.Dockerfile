FROM ubuntu
RUN apt-get update && apt-get install software-properties-common -y
RUN add-apt-repository ppa:deadsnakes/ppa && apt-get update && apt-get install -y python3.12
RUN update-alternatives --install /usr/bin/python python /usr/bin/python3.12 1
RUN curl https://bootstrap.pypa.io/get-pip.py | python
RUN pip install numpy
ENV A=1 B=$A C=${A}
COPY . .
CMD python main.py
