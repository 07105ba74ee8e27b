# syntax=docker/dockerfile:1
FROM ubuntu
RUN <<EOF
apt-get update
apt-get install python3
sudo pip install flask
cd /opt
wget https://example.com/x.tgz
curl https://example.com/y.sh | bash
EOF

CMD python3 app.py
