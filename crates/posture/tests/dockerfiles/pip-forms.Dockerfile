FROM python:3.12.7-slim
RUN pip install --no-cache-dir a==1 'b>=2' c~=3 d
RUN pip install --no-cache-dir -r req.txt -c con.txt
RUN pip install --no-cache-dir --requirement=req.txt
RUN pip install --no-cache-dir e[extra]==1.0 ./local /abs/path file.whl
RUN python3 -m pip install --no-cache-dir f
RUN pip install --no-cache-dir -U pip setuptools wheel
RUN pip install --no-cache-dir git+https://example.com/repo.git@abc
RUN PIP_NO_CACHE_DIR=1 pip install g==1
RUN pip install --user --no-cache h==2
RUN pipx install i==3
USER 1000
CMD ["python"]
