//! The lab project: an application's files with mistakes that one meets every week, few enough for one screen.

use std::path::Path;

/// Its files. What is not a mistake to learn from is done well, so that the others stand out.
const FILES: [(&str, &str); 3] =
    [("Dockerfile", DOCKERFILE), ("compose.yaml", COMPOSE), ("deploy/shop.yaml", DEPLOYMENT)];

const DOCKERFILE: &str = "\
FROM python:latest
ENV DJANGO_SECRET_KEY=x9f2-lab-only-71c4
WORKDIR /srv/shop
RUN curl -fk https://example.com/install-node.sh | sh
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY shop/ shop/
CMD [\"gunicorn\", \"shop.wsgi\"]
";

const COMPOSE: &str = "\
services:
  shop:
    build: .
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
  db:
    image: postgres:16.4
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db-password
    ports:
      - \"5432:5432\"
";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop
spec:
  selector:
    matchLabels: { app: shop }
  template:
    metadata:
      labels: { app: shop }
    spec:
      hostNetwork: true
      automountServiceAccountToken: false
      containers:
        - name: shop
          image: registry.example.com/shop:1.4.2
          env:
            - name: DATABASE_PASSWORD
              value: hunter2-lab
          securityContext:
            privileged: true
            runAsNonRoot: true
            capabilities: { drop: [ALL] }
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { memory: 256Mi }
";

/// The path of a file within the project, of its path on this machine.
pub(super) fn named(path: &str) -> &str {
    let name = FILES.iter().map(|(name, _)| *name).find(|name| path.ends_with(name));
    name.unwrap_or(path)
}

/// The content of a file of the project.
pub(super) fn content(path: &str) -> Option<String> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, content)| (*content).to_owned())
}

/// Writes the files below `folder`.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    for (path, content) in FILES {
        let path = folder.join(path);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        written
            .and_then(|()| std::fs::write(&path, content))
            .map_err(|error| anyhow::anyhow!("cannot write `{}`: {error}", path.display()))?;
    }
    Ok(())
}
