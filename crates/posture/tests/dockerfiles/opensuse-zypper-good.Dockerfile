FROM registry.suse.com/bci/bci-base:15.6
RUN zypper --non-interactive install --no-recommends curl=8.6.0 git-core=2.43.0 && zypper clean --all
RUN zypper -n in "jq>=1.6" && zypper cc -a
USER 1000
CMD ["curl", "--version"]
