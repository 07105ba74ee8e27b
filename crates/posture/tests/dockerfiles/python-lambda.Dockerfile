FROM public.ecr.aws/lambda/python:3.12
COPY requirements.txt ${LAMBDA_TASK_ROOT}
RUN pip install -r requirements.txt --target "${LAMBDA_TASK_ROOT}" --no-cache-dir
COPY app.py ${LAMBDA_TASK_ROOT}
CMD ["app.handler"]
