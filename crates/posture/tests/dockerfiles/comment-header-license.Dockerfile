# Copyright 2024 The Example Authors
# SPDX-License-Identifier: Apache-2.0
#
# escape=`
FROM alpine:3.20.3

# the tool
RUN apk add --no-cache curl=8.10.1-r0 # not a Docker comment

USER 1000

CMD ["curl"]
