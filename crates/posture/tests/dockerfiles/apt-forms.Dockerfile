FROM debian:12.7
RUN apt-get -qq update && apt-get -qqy --no-install-recommends install a=1 && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y -o APT::Install-Recommends=false b=2 && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install --assume-yes --no-install-recommends ./c.deb d/bookworm && rm -r /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y -t bookworm-backports --no-install-recommends e=5 && apt-get clean
RUN apt-get update && apt-get build-dep -y f && rm -rf /var/lib/apt/lists
RUN apt-get download g && apt-mark hold g && apt-cache policy g
RUN aptitude install h
USER 1000
CMD ["true"]
