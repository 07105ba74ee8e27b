FROM alpine:3.20
ARG TERRAFORM_VERSION=1.9.8
RUN wget https://releases.hashicorp.com/terraform/${TERRAFORM_VERSION}/terraform_${TERRAFORM_VERSION}_linux_amd64.zip && \
    unzip terraform_*.zip && mv terraform /usr/bin && rm *.zip
RUN pip3 install --break-system-packages checkov
RUN apk add --no-cache aws-cli kubectl && curl -s https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-3 | sh
ENTRYPOINT ["terraform"]
