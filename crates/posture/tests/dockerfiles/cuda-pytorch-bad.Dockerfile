FROM nvidia/cuda:12.1.0-cudnn8-devel-ubuntu22.04
ENV NVIDIA_VISIBLE_DEVICES all
RUN apt-get update && apt-get install -y python3 python3-pip git ffmpeg libsm6 && apt-get clean
RUN pip install torch torchvision --index-url https://download.pytorch.org/whl/cu121
RUN pip install transformers[torch] accelerate==0.30.0
RUN wget -O /models/base.bin http://models.example.com/base.bin
RUN cd /opt && git clone https://github.com/NVIDIA/apex && cd apex && python3 setup.py install
COPY . /workspace/
WORKDIR /workspace
CMD python3 train.py
