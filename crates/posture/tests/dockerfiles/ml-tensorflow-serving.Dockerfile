FROM tensorflow/serving:2.16.1
COPY models/ /models/
ENV MODEL_NAME=resnet MODEL_BASE_PATH=/models
EXPOSE 8500 8501
