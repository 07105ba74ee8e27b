FROM ubuntu:22.04
ARG RUNNER_VERSION=2.320.0
RUN apt-get update && apt-get install -y --no-install-recommends curl jq sudo ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd -m runner && usermod -aG sudo runner && echo "%sudo ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers
WORKDIR /home/runner
RUN curl -fsSLO https://github.com/actions/runner/releases/download/v${RUNNER_VERSION}/actions-runner-linux-x64-${RUNNER_VERSION}.tar.gz \
    && tar xzf ./actions-runner-linux-x64-${RUNNER_VERSION}.tar.gz \
    && ./bin/installdependencies.sh
USER runner
ENTRYPOINT ["./run.sh"]
