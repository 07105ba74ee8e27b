FROM opensuse/tumbleweed:20241020
RUN zypper --non-interactive dist-upgrade && zypper clean
RUN zypper -n dup && zypper clean -a
RUN zypper install -y --force-resolution nginx=1.27.2 && rm -rf /var/cache/zypp/*
RUN zypper -n remove vim
USER 1000
CMD ["nginx"]
