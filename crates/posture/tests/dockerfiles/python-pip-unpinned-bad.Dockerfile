FROM python:3
ADD . /code
WORKDIR /code
RUN pip install flask requests
RUN pip install --upgrade pip
RUN pip3 install gunicorn==21.2.0 celery
EXPOSE 5000
ENTRYPOINT python app.py
