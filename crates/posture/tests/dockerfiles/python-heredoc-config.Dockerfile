# syntax=docker/dockerfile:1
FROM python:3.12.7-slim
RUN <<EOF
set -e
apt-get update
apt-get install -y --no-install-recommends libpq5=15.8-0+deb12u1
rm -rf /var/lib/apt/lists/*
EOF

COPY <<EOF /etc/app.ini
[app]
debug = false
EOF

RUN <<EOF
#!/usr/bin/env python3
import sysconfig
print("cd /tmp && sudo rm", sysconfig.get_paths())
EOF

USER 1000
CMD ["python3", "-m", "app"]
