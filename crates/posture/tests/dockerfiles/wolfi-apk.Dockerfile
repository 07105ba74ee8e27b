FROM cgr.dev/chainguard/wolfi-base
RUN apk add --no-cache python-3.12 py3.12-pip
RUN apk update --no-cache && apk upgrade
USER nonroot
CMD ["python"]
