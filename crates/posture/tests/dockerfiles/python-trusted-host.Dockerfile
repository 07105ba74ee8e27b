FROM python:3.9-slim
RUN pip install --trusted-host pypi.example.com --index-url http://pypi.example.com/simple internal-lib==1.0
RUN pip install --no-cache-dir --extra-index-url https://pypi.example.com/simple other-lib
ENV PYTHONHTTPSVERIFY=0
WORKDIR /srv
COPY . .
CMD ["python", "main.py"]
